"""With which key questions to a shop's plugin are signed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from apps.accounts.models import ApiKey, Store
from apps.accounts.services import sealed
from apps.sync.models import PluginLink
from apps.sync.woo.plugin import Signer


def signer_of(store: Store, at: datetime) -> Signer | None:
    """None where no plugin is connected, or its key opens nothing more.

    Of several, while one takes another's place, the one that the plugin used last.
    """
    link = PluginLink.objects.of(store).first()
    if link is None:
        return None
    known = ApiKey.objects.of(store).filter(pk__in=link.key_ids)
    usable = known.usable(at).filter(kind=ApiKey.Kind.SECRET)
    key = usable.order_by(F("last_used_at").desc(nulls_last=True), "pk").first()
    if key is None:
        return None
    return Signer(key.prefix, sealed.unseal(bytes(key.signing_key)))
