"""The one door to the numbers: as of a moment, for training and for serving."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

import polars as pl

from apps.accounts.models import Store
from apps.features.definitions import KINDS, Feature, Kind, Unit
from apps.features.services import pair, session
from apps.features.services.behavior import Behavior
from apps.features.services.customer import browsing, buying, taste
from apps.features.services.known import Known
from apps.features.services.product import attention, price, season, selling, stock
from apps.features.services.shares import SHARE, joined

TYPES: dict[Unit, Any] = {
    Unit.COUNT: pl.Int64,
    Unit.REFERENCE: pl.Int64,
    Unit.HOUR: pl.Int64,
    Unit.WEEKDAY: pl.Int64,
    Unit.FLAG: pl.Boolean,
    Unit.TEXT: pl.String,
    Unit.SHARES: pl.List(SHARE),
    Unit.MONTHS: pl.List(pl.Float64),
}
# Finer than that a number means nothing; and so it is the same on every machine.
DIGITS = 6


def frame(
    store: Store,
    kind: str,
    as_of: datetime,
    ids: Collection[Any] | None = None,
    compared_at: datetime | None = None,
) -> pl.DataFrame:
    """What was known before `as_of`: one row a subject, one column a declared number,
    after the keys. `ids` are customers (of a pair, too), products or sessions; one that
    was not there yet has no row. `compared_at` is Known's: never for training.
    """
    declared = KINDS[kind]
    more = {"compared_at": compared_at} if kind == "customer" else {}
    rows = FRAMES[kind](store, as_of, ids, **more)
    subject = declared.keys[0]
    if ids is not None:
        rows = rows.filter(pl.col(subject).is_in(list(ids)))
    shaped = rows.select(*declared.keys, *(shape(f) for f in declared.features))
    return shaped.sort(*declared.keys).collect()


def shape(feature: Feature) -> pl.Expr:
    """As declared: its type, and what stands where nothing is known."""
    dtype = TYPES.get(feature.unit, pl.Float64)
    column = pl.col(feature.name).cast(dtype)
    if dtype == pl.Float64:
        # Less than nothing at all, -0.0, is 0.0 where JSON is kept in PostgreSQL.
        rounded = column.round(DIGITS) + 0.0
        column = pl.when(column.is_finite()).then(rounded).name.keep()
    if feature.default is None:
        return column
    default = feature.default
    filler = pl.lit(list(default) if default == () else default, dtype=dtype)
    return column.fill_null(filler)


def together(
    subjects: pl.LazyFrame, kind: Kind, parts: Iterable[pl.LazyFrame]
) -> pl.LazyFrame:
    for found in parts:
        subjects = subjects.join(found, on=kind.keys, how="left")
    return subjects


def customers(
    store: Store,
    as_of: datetime,
    ids: Collection[int] | None,
    compared_at: datetime | None = None,
) -> pl.LazyFrame:
    """Those who had ordered, registered or been met before the moment."""
    known = Known(store, as_of, ids, compared_at)
    behavior = Behavior(known)
    ordered = known.orders.group_by("customer").agg(first_at=pl.col("at").min())
    people = known.people.lazy().join(ordered, on="customer", how="left")
    since = pl.min_horizontal("known_at", "first_at")
    subjects = people.filter(since < known.until).select("customer")
    parts = [
        buying.buying(known),
        buying.rhythm(known),
        taste.price_sense(known),
        buying.returning(known),
        taste.taste(known),
        browsing.browsing(behavior),
        browsing.messages(behavior),
    ]
    return together(subjects, KINDS["customer"], parts)


def products(
    store: Store, as_of: datetime, ids: Collection[int] | None
) -> pl.LazyFrame:
    """Those in the shop before the moment and not deleted then. All of the shop is
    read whatever `ids` are: prices and seasons compare a product with the others."""
    known = Known(store, as_of)
    behavior = Behavior(known)
    goods = known.goods
    first = known.lines.group_by("product").agg(first_at=pl.col("at").min())
    priced = goods.prices.lazy().group_by("product").agg(priced_at=pl.col("at").min())
    listed = goods.products.lazy().filter(pl.col("is_there"))
    since = pl.min_horizontal("known_at", "first_at", "priced_at")
    subjects = (
        listed.join(first, on="product", how="left")
        .join(priced, on="product", how="left")
        .filter(since < known.until)
        .select("product")
    )
    parts = [
        selling.identity(known),
        selling.selling(known),
        stock.stock(known),
        price.price(known),
        season.season(known),
        attention.attention(behavior),
    ]
    return stock.lasting(together(subjects, KINDS["product"], parts))


def pairs(store: Store, as_of: datetime, ids: Collection[int] | None) -> pl.LazyFrame:
    """Each customer with each product that they viewed in a year or ever bought."""
    known = Known(store, as_of, ids)
    both = joined(
        [pair.seen(Behavior(known, pair.WINDOW)), pair.bought(known)], on=pair.KEYS
    )
    there = known.people.lazy().select("customer")
    subjects = both.join(there, on="customer")
    return together(subjects, KINDS["pair"], [pair.fit(known, subjects)])


def sessions(
    store: Store, as_of: datetime, ids: Collection[str] | None
) -> pl.LazyFrame:
    """Visits that began in the 30 days before."""
    behavior = Behavior(Known(store, as_of), session.WINDOW)
    found = session.steps(behavior).collect().lazy()
    visits = session.visit(behavior, found)
    return together(
        visits, KINDS["session"], [session.depth(found), session.cart(found)]
    )


Worker = Callable[[Store, datetime, Collection[Any] | None], pl.LazyFrame]
FRAMES: dict[str, Worker] = {
    "customer": customers,
    "product": products,
    "pair": pairs,
    "session": sessions,
}
