"""Customers into the learned segments between two trainings: by the version that
serves, with numpy alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import numpy as np
from django.db.models import Exists, OuterRef

from apps.accounts.models import Store
from apps.features.models import CustomerFeatures
from apps.segmentation.models import Place
from apps.segmentation.services.follow import judge_moved
from apps.segmentation.services.learning import crowd as crowds
from apps.segmentation.services.learning.rows import placed_by, serving, write_places
from apps.segmentation.services.lock import Clock
from ml_models.segments.base import READ, Crowd


def place(
    store: Store, customers: Collection[int] | None, at: datetime
) -> list[int] | None:
    """Place these customers, or all, anew; returns those whose segment changed.

    None where no version serves yet: the next night's training places everybody. Their
    numbers are those kept up in rows, so this comes after a refresh of them; who has no
    numbers yet is a New Customer.
    """
    now = serving(store)
    if now is None:
        return None
    changed: list[int] = []
    seen: set[int] = set()
    for ids, crowd in crowds.served(store, customers):
        seen.update(ids)
        found = placed_by(now.model, ids, crowd, now.averages)
        changed += write_places(now.version, found, at)
    unknown = sorted(set(customers or ()) - seen)
    nothing = Crowd(np.full((len(unknown), len(READ)), np.nan))
    found = placed_by(now.model, unknown, nothing, now.averages)
    return changed + write_places(now.version, found, at)


def keep_up(store: Store, at: datetime, clock: Clock | None = None) -> int:
    """Place whose numbers were worked out after they were placed: everybody after a
    night's refresh, those that something happened to in between. How many moved; they
    enter and leave segments that ask for it at once."""
    now = serving(store)
    if now is None:
        return 0
    fresh = Place.objects.of(store).filter(
        version=now.version,
        customer=OuterRef("customer"),
        placed_at__gte=OuterRef("as_of"),
    )
    stale = CustomerFeatures.objects.of(store).filter(~Exists(fresh))
    customers = list(stale.values_list("customer_id", flat=True))
    moved = place(store, customers, at) or []
    judge_moved(store, moved, at, clock)
    return len(moved)
