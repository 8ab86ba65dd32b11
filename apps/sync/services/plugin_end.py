"""What was made for a shop's plugin opens nothing more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.accounts.models import ApiKey, Store, User
from apps.accounts.services import keys, origins
from apps.sync.models import PluginLink


def end_link(store: Store, person: User | None, at: datetime) -> None:
    """The plugin's keys open nothing more. An origin that was allowed for it goes, unless
    another publishable key may be in use on the same pages."""
    found = PluginLink.objects.of(store).first()
    if found is None:
        return
    revoke_all(store, found.key_ids, person, at)
    origins.withdraw(store, found.added_origins, at)
    PluginLink.objects.of(store).filter(pk=found.pk).delete()


def revoke_all(
    store: Store, ids: Collection[int], person: User | None, at: datetime
) -> None:
    for key in ApiKey.objects.of(store).filter(pk__in=ids).select_related("store"):
        keys.revoke(key, at, actor=person)


def end_older(store: Store, at: datetime) -> None:
    """The plugin has used its new key, so it has it: those of before open nothing more."""
    found = PluginLink.objects.of(store).select_related("secret_key").first()
    if found is None or not found.older_keys or found.secret_key is None:
        return
    if found.secret_key.last_used_at is None:
        return
    with transaction.atomic():
        # Who connects at this moment has put other keys there.
        mine = PluginLink.objects.of(store).filter(
            pk=found.pk, secret_key=found.secret_key
        )
        if mine.update(older_keys=[]):
            revoke_all(store, found.older_keys, None, at)


def end_all_older(at: datetime) -> None:
    """Of plugins that used their new key for something else than asking how they are."""
    links = PluginLink.objects.across_stores().filter(
        secret_key__last_used_at__isnull=False
    )
    for link in links.exclude(older_keys=[]).select_related("store"):
        end_older(link.store, at)
