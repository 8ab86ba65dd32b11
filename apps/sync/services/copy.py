"""Make our copy of some things what the shop says: the one door of webhooks, polls,
first sync and repairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import uniform
from time import sleep
from typing import Any, TypeVar

import structlog
from django.db import IntegrityError, OperationalError, transaction

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.shop.models import Product, Variant
from apps.shop.services.remove import remove
from apps.shop.services.upsert import Outcome
from apps.sync.services.broken import UNFIT, where
from apps.sync.services.copiers.base import Copy, differing
from apps.sync.services.copiers.orders import drop_refunds
from apps.sync.services.copiers.products import drop_variants
from apps.sync.services.kinds import Kind
from apps.sync.woo.fields import Payload, UnreadableError
from apps.sync.woo.things import Parsed

log = structlog.get_logger(__name__)
Result = TypeVar("Result")
CHANGED = (Outcome.CREATED, Outcome.UPDATED)
# Two writers who wait for each other: the database lets one go, who begins anew.
ATTEMPTS = 4


@dataclass
class Tally:
    changed: int = 0
    # Things whose parts are to be asked for: products and orders, by the shop's id.
    wanting: set[int] = field(default_factory=set)


def copy_payloads(
    store: Store,
    kind: Kind,
    payloads: Iterable[Payload],
    *,
    seen_at: datetime | None = None,
) -> Tally:
    """`seen_at`: when the shop showed them, by its clock; None for a webhook, whose
    payload may be older than what is known."""
    things = []
    for payload in payloads:
        try:
            things.append(kind.read(payload))
        except UnreadableError as error:
            log.warning("sync.unreadable", kind=kind.name, reason=str(error))
    return copy_things(store, kind, things, seen_at=seen_at)


def copy_things(
    store: Store,
    kind: Kind,
    things: Sequence[Parsed],
    *,
    seen_at: datetime | None = None,
) -> Tally:
    """In one transaction: a page is copied whole, or read again."""
    live = [thing for thing in things if thing.is_live]
    gone = [thing for thing in things if not thing.is_live]

    def work() -> Tally:
        with transaction.atomic():
            changed = write(store, kind, live, seen_at)
            for thing in gone:
                moment = seen_at or thing.modified_at
                if moment is not None:
                    changed += drop(store, kind, thing.woo_id, moment)
            wanting = loose_ends(store, kind, live, seen_at)
        return Tally(changed, wanting)

    return patiently(work)


def patiently(work: Callable[[], Result]) -> Result:
    """Again where the database itself broke a tie, unless a caller's transaction is open."""
    is_inside = transaction.get_connection().in_atomic_block
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work()
        except OperationalError:
            if is_inside or attempt == ATTEMPTS:
                raise
            sleep(uniform(0.05, 0.2) * attempt)  # noqa: S311 - jitter
    raise AssertionError("The last attempt returns or raises.")


def write(
    store: Store, kind: Kind, things: Sequence[Parsed], seen_at: datetime | None
) -> int:
    """Only what differs: a poll mostly reads what is known. Returns how many changed."""
    copies = kind.copier.prepare(store, things)
    rows = kind.copier.rows(store, [copy.woo_id for copy in copies])
    todo = [copy for copy in copies if is_news(kind, copy, rows.get(copy.woo_id))]
    if not todo:
        return 0
    try:
        with transaction.atomic():
            done = kind.copier.write_many(store, todo, seen_at)
    except (LuxeBrainError, *UNFIT) as error:
        log.warning("sync.page_refused", kind=kind.name, reason=where(error))
        done = one_by_one(store, kind, todo, seen_at)
    return sum(outcome in CHANGED for outcome in done.values())


def one_by_one(
    store: Store, kind: Kind, copies: Sequence[Copy[Any]], seen_at: datetime | None
) -> dict[int, Outcome]:
    """One thing that our rules refuse must not keep its page out."""
    done = {}
    for copy in copies:
        try:
            done[copy.woo_id] = write_one(store, kind, copy, seen_at)
        except (LuxeBrainError, *UNFIT) as error:
            log.warning(
                "sync.refused", kind=kind.name, woo_id=copy.woo_id, reason=where(error)
            )
    return done


def write_one(
    store: Store, kind: Kind, copy: Copy[Any], seen_at: datetime | None
) -> Outcome:
    try:
        with transaction.atomic():
            return kind.copier.write(store, copy, seen_at)
    except IntegrityError:  # perhaps somebody wrote the same just now
        with transaction.atomic():
            return kind.copier.write(store, copy, seen_at)


def is_news(kind: Kind, copy: Copy[Any], row: Any) -> bool:
    if row is None or row.source_modified_at != copy.thing.modified_at:
        return True
    return bool(differing(kind.copier, copy, row))


def drop(store: Store, kind: Kind, woo_id: int, deleted_at: datetime) -> bool:
    """The shop no longer has it; a product takes its variants along."""
    is_gone = remove(kind.model, store, woo_id, deleted_at)
    if is_gone and kind.model is Product:
        rows = Variant.objects.of(store).live().filter(product__woo_id=woo_id)
        for variant_id in rows.exclude(woo_id=None).values_list("woo_id", flat=True):
            remove(Variant, store, variant_id or 0, deleted_at)
    return is_gone


def loose_ends(
    store: Store, kind: Kind, things: Sequence[Any], seen_at: datetime | None
) -> set[int]:
    if kind.name == "products":
        return drop_variants(store, things, seen_at)
    if kind.name == "orders":
        return drop_refunds(store, things, seen_at)
    return set()
