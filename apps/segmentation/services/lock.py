"""Who writes members of a store waits for the one before.

A long job began at some moment, and the one before may have judged of a later one, which
an earlier one would undo: it asks its clock again once it has the lock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from apps.accounts.models import Store
from apps.segmentation.models import Following

Clock = Callable[[], datetime]


def lock(store: Store) -> Following:
    """Inside a transaction, before what decides is read."""
    row, _ = Following.objects.get_or_create(store=store)
    return Following.objects.of(store).select_for_update().get(pk=row.pk)


def lock_if_free(store: Store) -> bool:
    """False where somebody has it: no worker is kept waiting. SQLite knows no
    such locks: there it is always true, and who writes waits for the other one."""
    Following.objects.get_or_create(store=store)
    rows = Following.objects.of(store).select_for_update(skip_locked=True)
    return rows.first() is not None
