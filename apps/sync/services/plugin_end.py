"""What was made for a shop's plugin opens nothing more."""

from __future__ import annotations

from datetime import datetime

from apps.accounts.models import Store, User
from apps.accounts.services import keys, origins
from apps.sync.models import PluginLink


def end_link(store: Store, person: User | None, at: datetime) -> None:
    """The plugin's keys open nothing more. An origin that was allowed for it goes, unless
    another publishable key may be in use on the same pages."""
    found = PluginLink.objects.of(store).select_related("secret_key").first()
    if found is None:
        return
    revoke_keys(found, person, at)
    origins.withdraw(store, found.added_origins, at)
    PluginLink.objects.of(store).filter(pk=found.pk).delete()


def revoke_keys(found: PluginLink, person: User | None, at: datetime) -> None:
    for key in (found.secret_key, found.publishable_key):
        if key is not None:
            keys.revoke(key, at, actor=person)
            if key.replaced_by is not None:
                keys.revoke(key.replaced_by, at, actor=person)
