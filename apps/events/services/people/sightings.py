"""What was seen, kept: the rows that everything else is worked out from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from apps.accounts.models import Store
from apps.events.models import Crowd, Evidence, Sighting
from apps.events.services.people.seen import MOST_KEPT
from apps.shop.models import Customer, Order

# How far apart an order and the page that tells of it are at most.
NEAR = timedelta(hours=1)
AT_ONCE = 2_000
CENT = Decimal("0.01")


class Key(NamedTuple):
    visitor: str
    evidence: str
    woo_id: int
    hour_at: datetime


def key_of(row: Sighting) -> Key:
    return Key(row.visitor, row.evidence, row.woo_id, row.hour_at)


def record(
    store: Store, found: Sequence[dict[str, Any]], at: datetime
) -> list[Sighting]:
    """Keep what seen.seen_in found of one store: all rows that are new or say more now.
    The same frame again says nothing more."""
    changed: list[Sighting] = []
    for start in range(0, len(found), AT_ONCE):
        said = [sighting(store, row, at) for row in found[start : start + AT_ONCE]]
        known = known_like(store, said)
        new = without_surplus(store, [s for s in said if key_of(s) not in known])
        resolve(store, new)
        Sighting.objects.bulk_create(new, batch_size=500)
        wider = [
            known[key_of(row)]
            for row in said
            if key_of(row) in known and widen(known[key_of(row)], row)
        ]
        fields = ["first_at", "last_at", "event_id", "value", "currency"]
        Sighting.objects.of(store).bulk_update(wider, fields, batch_size=500)
        changed += [*new, *wider]
    return changed


def sighting(store: Store, row: dict[str, Any], at: datetime) -> Sighting:
    value = row["value"]
    return Sighting(
        store=store,
        visitor=row["visitor"],
        evidence=row["evidence"],
        woo_id=row["woo_id"],
        hour_at=row["hour_at"].astimezone(UTC),
        first_at=row["first_at"].astimezone(UTC),
        last_at=row["last_at"].astimezone(UTC),
        event_id=UUID(row["event_id"]),
        value=None if value is None else Decimal(str(value)).quantize(CENT),
        currency=row["currency"] or "",
        seen_at=at,
    )


def known_like(store: Store, rows: Sequence[Sighting]) -> dict[Key, Sighting]:
    hours = [row.hour_at for row in rows]
    known = Sighting.objects.of(store).filter(
        visitor__in={row.visitor for row in rows},
        hour_at__range=(min(hours), max(hours)),
    )
    return {key_of(row): row for row in known}


def widen(row: Sighting, other: Sighting) -> bool:
    """Of the earliest event the id, of all the span: the same in any order."""
    before = (row.first_at, row.last_at, row.event_id, row.value, row.currency)
    earliest = min(row, other, key=lambda r: (r.first_at, r.event_id.int))
    row.first_at, row.event_id = earliest.first_at, earliest.event_id
    row.last_at = max(row.last_at, other.last_at)
    row.value = max(
        (v for v in (row.value, other.value) if v is not None), default=None
    )
    row.currency = max(row.currency, other.currency)
    return before != (row.first_at, row.last_at, row.event_id, row.value, row.currency)


def without_surplus(store: Store, rows: list[Sighting]) -> list[Sighting]:
    """Beyond MOST_KEPT it is known that a visitor is many people, or a customer on many
    visitors: more of it is not kept."""
    kept = []
    full_visitors = visitors_full(store, {row.visitor for row in rows})
    full_days = days_full(store, rows)
    for row in rows:
        people = full_visitors.get(row.visitor)
        if people is not None and (row.evidence, row.woo_id) not in people:
            continue
        there = full_days.get((row.evidence, row.woo_id, row.hour_at.date()))
        if there is None or row.visitor in there:
            kept.append(row)
    return kept


def visitors_full(store: Store, visitors: set[str]) -> dict[str, set[tuple[str, int]]]:
    found = defaultdict(set)
    rows = Sighting.objects.of(store).filter(visitor__in=visitors)
    for visitor, evidence, woo_id in rows.values_list(
        "visitor", "evidence", "woo_id"
    ).distinct():
        found[visitor].add((evidence, woo_id))
    return {name: people for name, people in found.items() if len(people) >= MOST_KEPT}


Day = tuple[str, int, date]


def days_full(store: Store, rows: Sequence[Sighting]) -> dict[Day, set[str]]:
    """Only crowded days can be full, and there are few."""
    crowds = set(
        Crowd.objects.of(store)
        .filter(day_on__in={row.hour_at.date() for row in rows})
        .values_list("customer", "day_on")
    )
    found: dict[Day, set[str]] = defaultdict(set)
    for customer, day in crowds:
        there = Sighting.objects.of(store).filter(
            customer=customer, hour_at__range=bounds(day)
        )
        for evidence, woo_id, visitor in there.values_list(
            "evidence", "woo_id", "visitor"
        ).distinct():
            found[evidence, woo_id, day].add(visitor)
    return {day: there for day, there in found.items() if len(there) >= MOST_KEPT}


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first and the last hour of a day (UTC)."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start, start + timedelta(hours=23)


def resolve(store: Store, rows: Sequence[Sighting]) -> list[Sighting]:
    """Find the customers of rows, as far as the copy of the shop has them by now."""
    named = [row for row in rows if row.evidence != Evidence.ORDER]
    known = Customer.objects.of(store).filter(woo_id__in={row.woo_id for row in named})
    customers = dict(known.values_list("woo_id", "pk"))
    for row in named:
        row.customer_id = customers.get(row.woo_id)
    ordered = [row for row in rows if row.evidence == Evidence.ORDER]
    orders = {
        order.woo_id: order
        for order in Order.objects.of(store).filter(
            woo_id__in={row.woo_id for row in ordered}
        )
    }
    for row in ordered:
        order = orders.get(row.woo_id)
        row.customer_id = order.customer_id if order and tells_of(row, order) else None
    return [row for row in rows if row.customer_id is not None]


def tells_of(row: Sighting, order: Order) -> bool:
    """Numbers of orders can be guessed: who only guesses one, knows neither its moment
    nor what it is worth, and must not get another person's picks."""
    return (
        abs(row.first_at - order.placed_at) <= NEAR
        and row.value == order.total.quantize(CENT)
        and row.currency in ("", order.currency)
    )
