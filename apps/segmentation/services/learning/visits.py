"""Ended visits of a store, and what was known at moments in them.

A row is a visit at a moment: after its first sign, after its first, second, third, fifth, eighth, ... look at
a product, after what was first put in the cart, after the checkout began. All of it was
known at that moment; what came after says only whether an order followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.events.models import Interaction, Link, Session
from apps.events.models.rollups import UNIT
from apps.events.services.engines.chosen import engine
from apps.segmentation.services.purchase_numbers import (
    ANNOYED,
    CART,
    OF_PRODUCTS,
    PAGE,
    PAST,
    SEARCH,
    VIEW,
    Bought,
    Doing,
    Earlier,
    Step,
    Value,
    before,
)
from apps.shop.models import Order

WINDOW = timedelta(days=90)
# Who did nothing for so long has left.
LEFT = timedelta(minutes=30)
# The newest: more teach little more and take minutes.
MOST = 20_000
LOOKS = frozenset({1, 2, 3, 5, 8, 13, 21, 34})
# Raw events come so many days at a time.
STRIDE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Row:
    """A visit at a moment. `worth`: of the order that followed, None where none did or
    its worth is not known; `visit` and `visitor` count from 0."""

    visit: int
    visitor: int
    key: str
    at: datetime
    looks: int
    values: dict[str, Value]
    has_bought: bool
    worth: float | None


@dataclass(frozen=True)
class Rows:
    """By the time at which visits began."""

    rows: Sequence[Row]
    visits: int
    as_of: datetime
    from_at: datetime


def read(store: Store, as_of: datetime, most: int = MOST) -> Rows:
    since = beginning(store, as_of, most)
    found = list(sessions(store, since - PAST, as_of))
    visits = [one for one in found if one["started_at"] >= since]
    steps = steps_of(store, since, as_of, visits)
    visitors = {name: n for n, name in enumerate({owner(one): 0 for one in visits})}
    earlier = by_visitor(found)
    spells, orders = spells_of(store), orders_of(store, as_of)
    zone = ZoneInfo(store.time_zone)
    rows: list[Row] = []
    for place, visit in enumerate(visits):
        customer = known_as(spells.get(visit["visitor"], ()), visit["started_at"])
        started = before(
            visit["started_at"],
            zone,
            earlier.get(visit["visitor"], ()) if visit["visitor"] else (),
            None if customer is None else orders.get(customer, ()),
        )
        about = {**started, "device": visit["device"], "channel": visit["channel"]}
        has_bought = visit["ordered_at"] is not None
        worth = visit["revenue"] / UNIT if has_bought and visit["revenue"] else None
        for at, looks, numbers in moments(visit, steps.get(visit["key"], ())):
            values = {**about, **numbers}
            who = visitors[owner(visit)]
            rows.append(
                Row(place, who, visit["key"], at, looks, values, has_bought, worth)
            )
    return Rows(rows, len(visits), as_of, since)


def owner(visit: dict[str, Any]) -> str:
    return str(visit["visitor"] or visit["key"])


def beginning(store: Store, as_of: datetime, most: int) -> datetime:
    since = as_of - WINDOW
    recent = Session.objects.of(store).of_people()
    recent = recent.filter(started_at__gte=since, started_at__lt=as_of)
    newest = recent.order_by("-started_at").values_list("started_at", flat=True)
    return next(iter(newest[most : most + 1]), since)


def sessions(store: Store, since: datetime, as_of: datetime) -> Iterator[Any]:
    """Visits of people that had ended by then, by time."""
    rows = Session.objects.of(store).of_people()
    rows = rows.filter(started_at__gte=since, last_at__lt=as_of - LEFT)
    yield from (
        rows.order_by("started_at", "key")
        .values(
            "key", "visitor", "started_at", "last_at", "device", "channel",
            "checkout_at", "ordered_at", "revenue",
        )
        .iterator(20_000)
    )  # fmt: skip


def by_visitor(visits: Sequence[dict[str, Any]]) -> dict[str, list[Earlier]]:
    found: dict[str, list[Earlier]] = {}
    for one in visits:
        past = Earlier(one["started_at"], one["ordered_at"])
        found.setdefault(one["visitor"], []).append(past)
    return found


def spells_of(store: Store) -> dict[str, list[tuple[datetime, int]]]:
    """Since when a visitor was known to be whom, by time."""
    rows = Link.objects.of(store).order_by("first_at", "pk")
    person = Coalesce("customer__merged_into", "customer")
    found: dict[str, list[tuple[datetime, int]]] = {}
    for visitor, at, customer in rows.values_list("visitor", "first_at", person):
        found.setdefault(visitor, []).append((at, customer))
    return found


def known_as(spells: Sequence[tuple[datetime, int]], at: datetime) -> int | None:
    """Only a sign-in before the visit counts: many sign in because they buy."""
    return next((who for since, who in reversed(spells) if since < at), None)


def orders_of(store: Store, as_of: datetime) -> dict[int, list[Bought]]:
    rows = Order.objects.of(store).earning()
    rows = rows.filter(
        placed_at__lt=as_of, currency=store.currency, customer__isnull=False
    )
    person = Coalesce("customer__merged_into", "customer")
    found: dict[int, list[Bought]] = {}
    told = rows.order_by("placed_at", "pk").values_list(person, "placed_at", "total")
    for customer, at, total in told.iterator(20_000):
        found.setdefault(customer, []).append(Bought(at, float(total)))
    return found


def steps_of(
    store: Store, since: datetime, as_of: datetime, visits: Sequence[dict[str, Any]]
) -> dict[str, list[Step]]:
    """By visit, in the order of time."""
    table = pl.DataFrame(
        {
            "session": [one["key"] for one in visits],
            "visitor": [one["visitor"] for one in visits],
            "started_at": [one["started_at"] for one in visits],
            "last_at": [one["last_at"] for one in visits],
        },
        schema={
            "session": pl.String,
            "visitor": pl.String,
            "started_at": pl.Datetime("us", "UTC"),
            "last_at": pl.Datetime("us", "UTC"),
        },
    )
    whole = pl.concat([deeds(store, since, as_of, table), raw(store, since, as_of)])
    whole = whole.sort("session", "at", "kind", "product")
    return {
        session: [Step(at.replace(tzinfo=UTC), *rest) for _, at, *rest in group]
        for session, group in groupby(whole.iter_rows(), key=lambda row: row[0])
    }


STEP: dict[str, Any] = {
    "session": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "kind": pl.String,
    "product": pl.Int64,
    "price": pl.Float64,
    "quantity": pl.Int64,
}


def deeds(
    store: Store, since: datetime, as_of: datetime, visits: pl.DataFrame
) -> pl.DataFrame:
    """What visitors did with products, with the visit that it belongs to."""
    found = Interaction.objects.of(store).filter(
        at__gte=since, at__lt=as_of, type__in=OF_PRODUCTS
    )
    told = found.values_list(
        "visitor", "at", "type", "product_id", "price", "currency", "quantity"
    )
    own = store.currency
    rows = pl.DataFrame(
        [
            (who, at, kind, product, price_of(price, said, own), many)
            for who, at, kind, product, price, said, many in told.iterator(20_000)
        ],
        schema={"visitor": pl.String, **{n: STEP[n] for n in list(STEP)[1:]}},
        orient="row",
    )
    starts = visits.filter(pl.col("visitor") != "").sort("started_at")
    return (
        rows.sort("at")
        .join_asof(
            starts,
            left_on="at",
            right_on="started_at",
            by="visitor",
            check_sortedness=False,
        )
        .filter(pl.col("at") <= pl.col("last_at"))
        .select(list(STEP))
    )


def price_of(price: Any, said: str, own: str) -> float | None:
    return None if price is None or said != own else float(price)


def raw(store: Store, since: datetime, as_of: datetime) -> pl.DataFrame:
    """Pages, searches and signs of anger, as far as they are kept."""
    kinds = (PAGE, SEARCH, *ANNOYED)
    parts = [pl.DataFrame(schema={n: STEP[n] for n in ("session", "at", "kind")})]
    while since < as_of:
        until = min(since + STRIDE, as_of)
        found = engine().between(store, since, until, kinds, ("at", "type", "session"))
        parts.append(found.select("session", "at", kind="type"))
        since = until
    whole = pl.concat(parts).filter(pl.col("session") != "")
    return whole.with_columns(
        product=pl.lit(None, pl.Int64),
        price=pl.lit(None, pl.Float64),
        quantity=pl.lit(1, pl.Int64),
    )


def moments(
    visit: dict[str, Any], steps: Sequence[Step]
) -> Iterator[tuple[datetime, int, dict[str, Value]]]:
    """(when, looks so far, what was known), up to the order."""
    doing = Doing(visit["started_at"], visit["started_at"])
    begun, ordered = visit["checkout_at"], visit["ordered_at"]
    for step in steps:
        if ordered is not None and step.at >= ordered:
            return
        if begun is not None and step.at > begun and not doing.has_checkout:
            yield check_out(doing, begun)
        doing.take(step)
        is_look = step.kind == VIEW and doing.views in LOOKS
        is_first_cart = step.kind == CART and doing.carts == 1
        if step is steps[0] or is_look or is_first_cart:
            yield doing.last_at, doing.views, doing.numbers()
    is_over = ordered is not None and begun is not None and begun >= ordered
    if begun is not None and not doing.has_checkout and not is_over:
        yield check_out(doing, begun)


def check_out(doing: Doing, at: datetime) -> tuple[datetime, int, dict[str, Value]]:
    doing.has_checkout = True
    doing.last_at = max(doing.last_at, at)
    return at, doing.views, doing.numbers()
