"""Who writes members of a store waits for the one before."""

from __future__ import annotations

from apps.accounts.models import Store
from apps.segmentation.models import Following


def lock(store: Store) -> Following:
    """Inside a transaction, before what decides is read."""
    Following.objects.get_or_create(store=store)
    return Following.objects.of(store).select_for_update().get()
