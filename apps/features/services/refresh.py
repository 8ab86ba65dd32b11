"""Writes what `frame` says into the rows that serve.

1. Nightly all are worked out anew: time alone changes numbers.
2. In between those are that something happened to; what is read again is a few minutes
   more than since the last time, as a transaction may end after a later one.
3. Rows are written a chunk a transaction. Killed in the middle, each row is whole and
   says of which moment it is; the place up to which changes were seen moves at the end.
4. Two at once wait for each other's chunks, and no row goes back in time.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from apps.accounts.models import Store
from apps.features.models import CustomerFeatures, ProductFeatures, Refresh
from apps.features.services import states, touched
from apps.features.services.customer.taste import sold_before
from apps.features.services.frame import frame
from apps.shop.models import Customer, Product

CHUNK = 1_000
OVERLAP = timedelta(minutes=5)
CUSTOMER, PRODUCT = "customer", "product"
SERVED: dict[str, Any] = {CUSTOMER: CustomerFeatures, PRODUCT: ProductFeatures}
SUBJECTS: dict[str, Any] = {CUSTOMER: Customer, PRODUCT: Product}


def refresh_all(store: Store, kind: str, at: datetime) -> int:
    """Every row anew; returns how many were written."""
    note_orders(store, kind, at)
    rows = frame(store, kind, at)
    written = write(store, kind, rows, at)
    stale = SERVED[kind].objects.of(store).filter(as_of__lt=at)
    stale.delete()
    states.settle(store, at)
    if kind == CUSTOMER:
        # Added up now: the day's first order need not wait for it.
        sold_before(store, at)
    seen(store, kind, at)
    Refresh.objects.of(store).filter(kind=kind).exclude(full_at__gte=at).update(
        full_at=at
    )
    return written


def keep_up(store: Store, kind: str, at: datetime) -> int:
    """The rows that something happened to since the last time."""
    since = seen_to(store, kind)
    if since is None:
        return refresh_all(store, kind, at)
    note_orders(store, kind, at)
    find = touched.customers if kind == CUSTOMER else touched.products
    changed = find(store, since - OVERLAP)
    written = refresh_some(store, kind, at, changed) if changed else 0
    seen(store, kind, at)
    return written


def refresh_some(
    store: Store, kind: str, at: datetime, subjects: Collection[int]
) -> int:
    """These rows anew; one that is there no more, such as a merged customer, goes."""
    # Price bands move little in a day, and to add up all lines takes a second.
    whole = Refresh.objects.of(store).filter(kind=kind, full_at__lte=at).first()
    rows = frame(store, kind, at, subjects, whole.full_at if whole else None)
    written = write(store, kind, rows, at)
    gone = sorted(set(subjects) - set(rows[kind].to_list()))
    for start in range(0, len(gone), CHUNK):
        chunk = {f"{kind}__in": gone[start : start + CHUNK]}
        SERVED[kind].objects.of(store).filter(as_of__lt=at, **chunk).delete()
    return written


def note_orders(store: Store, kind: str, at: datetime) -> None:
    """Before the numbers: what orders said is lost with their next change."""
    since = seen_to(store, kind)
    first = at - states.YOUNG if since is None else since - OVERLAP
    states.note(store, sorted(touched.orders(store, first)), at)


def write(store: Store, kind: str, rows: pl.DataFrame, at: datetime) -> int:
    return sum(
        write_chunk(store, kind, part.to_dicts(), at)
        for part in rows.iter_slices(CHUNK)
    )


def write_chunk(
    store: Store, kind: str, rows: list[dict[str, Any]], at: datetime
) -> int:
    model, key = SERVED[kind], f"{kind}_id"
    ids = [row[kind] for row in rows]
    with transaction.atomic():
        lock(store, kind)
        served = model.objects.of(store).filter(**{f"{kind}__in": ids}, as_of__gte=at)
        newer = set(served.values_list(key, flat=True))
        there = SUBJECTS[kind].objects.of(store).filter(pk__in=ids)
        wanted = set(there.values_list("pk", flat=True)) - newer
        fresh = [
            row_of(model, store, key, row, at) for row in rows if row[kind] in wanted
        ]
        model.objects.bulk_create(
            fresh,
            update_conflicts=True,
            unique_fields=[kind],
            update_fields=["as_of", "numbers", *sorted(model.columns())],
        )
    return len(fresh)


def row_of(
    model: Any, store: Store, key: str, row: dict[str, Any], at: datetime
) -> Any:
    columns = model.columns()
    numbers = {name: value for name, value in row.items() if name not in columns}
    subject = numbers.pop(key.removesuffix("_id"))
    own = {name: row[name] for name in columns}
    return model(store=store, as_of=at, numbers=numbers, **{key: subject}, **own)


def lock(store: Store, kind: str) -> Refresh:
    Refresh.objects.get_or_create(store=store, kind=kind)
    return Refresh.objects.of(store).select_for_update().get(kind=kind)


def seen_to(store: Store, kind: str) -> datetime | None:
    row = Refresh.objects.of(store).filter(kind=kind).first()
    return row.seen_to_at if row else None


def seen(store: Store, kind: str, at: datetime) -> None:
    Refresh.objects.get_or_create(store=store, kind=kind)
    Refresh.objects.of(store).filter(kind=kind).exclude(seen_to_at__gte=at).update(
        seen_to_at=at
    )
