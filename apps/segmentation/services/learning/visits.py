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

import polars as pl

from apps.accounts.models import Store
from apps.events.models import Interaction, Session, Tracking
from apps.events.models.rollups import UNIT
from apps.events.services.engines.chosen import engine
from apps.registry.services.brain import Tell
from apps.segmentation.services.learning.visits_past import parts, pasts_of
from apps.segmentation.services.purchase_numbers import (
    ANNOYED,
    CART,
    MOST_STEPS,
    OF_PRODUCTS,
    PAGE,
    SEARCH,
    UNKNOWN,
    VIEW,
    Doing,
    Step,
    Value,
)
from ml_models.intent.model import silent

WINDOW = timedelta(days=90)
# Who did nothing for so long has left.
LEFT = timedelta(minutes=30)
# The newest: more teach little more and take minutes.
MOST = 20_000
LOOKS = frozenset({1, 2, 3, 5, 8, 13, 21, 34})
# Raw events come so many days at a time.
STRIDE = timedelta(days=3)
# Counted from raw events alone: where those are gone, nobody knows how many there were.
OF_RAW = ("pages", "searches", "frustrations")


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
    """By the time at which visits began. `visits` counts also those that did nothing
    which is kept, `bought` those of all that brought an order."""

    rows: Sequence[Row]
    visits: int
    bought: int
    as_of: datetime
    from_at: datetime


def read(store: Store, as_of: datetime, tell: Tell = silent, most: int = MOST) -> Rows:
    visits = newest(store, as_of, most)
    since = visits[0]["started_at"] if len(visits) == most else as_of - WINDOW
    pasts = pasts_of(store, visits, part(tell, 0, 0.4))
    steps = steps_of(store, since, as_of, visits, part(tell, 0.4, 1))
    forgotten_to = Tracking.objects.for_store(store).forgotten_to_at
    visitors: dict[str, int] = {}
    rows: list[Row] = []
    for place, visit in enumerate(visits):
        past = pasts[visit["key"]]
        about = {**past, "device": visit["device"], "channel": visit["channel"]}
        is_forgotten = forgotten_to is not None and visit["started_at"] < forgotten_to
        lost = dict.fromkeys(OF_RAW, UNKNOWN) if is_forgotten else {}
        has_bought = visit["ordered_at"] is not None
        worth = visit["revenue"] / UNIT if has_bought and visit["revenue"] else None
        who = visitors.setdefault(visit["visitor"] or visit["key"], len(visitors))
        for at, looks, numbers in moments(visit, steps.get(visit["key"], ())):
            values = {**about, **numbers, **lost}
            rows.append(
                Row(place, who, visit["key"], at, looks, values, has_bought, worth)
            )
    bought = sum(one["ordered_at"] is not None for one in visits)
    return Rows(rows, len(visits), bought, as_of, since)


def part(tell: Tell, first: float, last: float) -> Tell:
    return lambda share, step: tell(first + (last - first) * share, step)


def newest(store: Store, as_of: datetime, most: int) -> list[Any]:
    """Visits of people that had ended by then, by time: so many at most."""
    rows = Session.objects.of(store).of_people()
    rows = rows.filter(started_at__gte=as_of - WINDOW, last_at__lt=as_of - LEFT)
    told = rows.order_by("-started_at", "-key").values(
        "key", "visitor", "started_at", "last_at", "device", "channel",
        "checkout_at", "ordered_at", "revenue",
    )  # fmt: skip
    return list(told[:most])[::-1]


def steps_of(
    store: Store,
    since: datetime,
    as_of: datetime,
    visits: Sequence[dict[str, Any]],
    tell: Tell,
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
    whole = pl.concat(
        [
            *deeds(store, since, as_of, table, part(tell, 0, 0.5)),
            raw(store, since, as_of, table, part(tell, 0.5, 1)),
        ]
    )
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
    store: Store, since: datetime, as_of: datetime, visits: pl.DataFrame, tell: Tell
) -> Iterator[pl.DataFrame]:
    """What visitors did with products, with the visit that it belongs to."""
    starts = visits.filter(pl.col("visitor") != "").sort("started_at")
    names = starts["visitor"].unique().sort().to_list()
    for place, some in parts(names):
        tell(place / len(names), "Reading what they looked at")
        found = Interaction.objects.of(store).filter(
            visitor__in=some, at__gte=since, at__lt=as_of, type__in=OF_PRODUCTS
        )
        told = found.order_by("at", "pk").values_list(
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
        yield (
            rows.join_asof(
                starts,
                left_on="at",
                right_on="started_at",
                by="visitor",
                check_sortedness=False,
            )
            .filter(pl.col("at") <= pl.col("last_at"))
            .filter(pl.int_range(pl.len()).over("session") < MOST_STEPS)
            .select(list(STEP))
        )


def price_of(price: Any, said: str, own: str) -> float | None:
    return None if price is None or said != own else float(price)


def raw(
    store: Store, since: datetime, as_of: datetime, visits: pl.DataFrame, tell: Tell
) -> pl.DataFrame:
    """Pages, searches and signs of anger, as far as they are kept."""
    kinds = (PAGE, SEARCH, *ANNOYED)
    days = [pl.DataFrame(schema={n: STEP[n] for n in ("session", "at", "kind")})]
    first = since
    while since < as_of:
        tell((since - first) / (as_of - first), "Reading pages and searches")
        until = min(since + STRIDE, as_of)
        found = engine().between(store, since, until, kinds, ("at", "type", "session"))
        known = found.join(visits, on="session", how="semi")
        days.append(known.select("session", "at", kind="type"))
        since = until
    return pl.concat(days).with_columns(
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
            yield step.at, doing.views, doing.numbers()
    is_over = ordered is not None and begun is not None and begun >= ordered
    if begun is not None and not doing.has_checkout and not is_over:
        yield check_out(doing, begun)


def check_out(doing: Doing, at: datetime) -> tuple[datetime, int, dict[str, Value]]:
    doing.check_out(at)
    return at, doing.views, doing.numbers()
