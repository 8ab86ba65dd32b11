"""What a shop has to learn from, as of a moment: deeds, baskets and goods, densely
numbered. Read through the numbers' own door, so that no later row shows.

A part of it that ends earlier knows prices and margins of its own end alone: what is
sold in the days to be foreseen would else help to foresee it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.features.services.behavior import CART, VIEW, WISH, Behavior
from apps.features.services.goods import Goods as Prices
from apps.features.services.known import Known
from apps.features.services.rows import DAY, micros
from apps.recommendations.services.learning.looks import binary, labels_of, weighted
from apps.registry.services.brain import Tell, TooLittleDataError
from ml_models import data
from ml_models.data import Deeds, Goods

WINDOW = timedelta(days=365)
# Of samples that beside.inputs draws from it, whatever the kind.
SOURCE = "history"
LEAST_BUYS = 50
KINDS = {VIEW: data.VIEW, CART: data.CART, WISH: data.CART}
NOTHING = -1


@dataclass(frozen=True)
class Catalog:
    """products: (n,) ids in order. types, groups: (n,) the deepest and the topmost
    category, NOTHING where none; margins: (n,) share of the price, 0 where unknown."""

    products: NDArray[np.int64]
    goods: Goods
    types: NDArray[np.int64]
    groups: NDArray[np.int64]
    margins: NDArray[np.float32]
    colors: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Baskets:
    """Sold lines: orders, products, days: (n,), each product of an order once."""

    orders: NDArray[np.int64]
    products: NDArray[np.int64]
    days: NDArray[np.float64]

    def where(self, chosen: NDArray[np.bool_]) -> Baskets:
        return Baskets(self.orders[chosen], self.products[chosen], self.days[chosen])


@dataclass(frozen=True)
class History:
    """customers: (k,) ids; user n of `deeds` is customers[n], those behind are visitors
    whom nobody knows. lines: as `sold` gives them; whole: goods as of `as_of`."""

    store: Store
    as_of: datetime
    customers: NDArray[np.int64]
    deeds: Deeds
    baskets: Baskets
    lines: pl.DataFrame
    whole: Catalog
    # So many days before `as_of` it ends.
    back: float = 0.0

    @property
    def end(self) -> float:
        return self.as_of.timestamp() / 86_400

    def between(self, since: float, until: float) -> History:
        """Days counted back from the end: [since, until)."""
        first, last = self.end - since, self.end - until
        deeds, baskets = self.deeds, self.baskets
        return replace(
            self,
            deeds=deeds.where((deeds.days >= first) & (deeds.days < last)),
            baskets=baskets.where((baskets.days >= first) & (baskets.days < last)),
            back=max(0.0, until),
        )

    @cached_property
    def catalog(self) -> Catalog:
        """Goods as of the end of this part."""
        if not self.back:
            return self.whole
        moment = self.as_of - timedelta(days=self.back)
        whole, ids = self.whole, self.whole.products.tolist()
        lines = self.lines.filter(pl.col("at") < micros(moment))
        prices = prices_of(Prices(self.store, moment), ids)
        # Orders come with a shop's whole past, prices are noted from its first day on.
        assert whole.goods.prices is not None
        known = np.where(np.isnan(prices), whole.goods.prices, prices)
        goods = replace(whole.goods, prices=known)
        return replace(whole, goods=goods, margins=margins_of(lines, ids))

    @cached_property
    def buys(self) -> Deeds:
        return self.deeds.where(self.deeds.kinds == data.BUY)


def read(store: Store, as_of: datetime, tell: Tell) -> History:
    known = Known(store, as_of)
    tell(0.0, "Reading what was bought")
    lines = sold(known, as_of)
    if len(lines) < LEAST_BUYS:
        raise TooLittleDataError("There are too few orders to learn from yet.")
    tell(0.4, "Reading what was looked at")
    touches = looked_at(known)
    tell(0.8, "Reading products")
    whole = catalog_of(known, lines)
    places = {int(pk): place for place, pk in enumerate(whole.products)}
    customers, deeds = deeds_of(lines, touches, places)
    baskets = baskets_of(lines, places)
    return History(store, as_of, customers, deeds, baskets, lines, whole)


def sold(known: Known, as_of: datetime) -> pl.DataFrame:
    """order, customer, product, at, total, units, unit_cost."""
    since = known.since(WINDOW.days)
    return (
        known.lines.filter(pl.col("product").is_not_null() & (pl.col("at") >= since))
        .select("order", "customer", "product", "at", "total", "units", "unit_cost")
        .sort("at", "order", "product")
        .collect()
    )


def looked_at(known: Known) -> pl.DataFrame:
    """customer, visitor, product, kind, at: robots are left out where they are found."""
    kind = pl.col("type").replace_strict(KINDS, return_dtype=pl.Int64)
    touches = Behavior(known, WINDOW).touches
    return (
        touches.select("customer", "visitor", "product", "at", kind=kind)
        .sort("at", "product")
        .collect()
    )


def deeds_of(
    lines: pl.DataFrame, touches: pl.DataFrame, places: Mapping[int, int]
) -> tuple[NDArray[np.int64], Deeds]:
    """Customers, and what they and unknown visitors did, in the order of time."""
    bought = lines.filter(pl.col("customer").is_not_null()).select(
        "customer",
        "product",
        "at",
        visitor=pl.lit(None, pl.UInt64),
        kind=pl.lit(data.BUY, pl.Int64),
    )
    columns = ["customer", "visitor", "product", "kind", "at"]
    whole = pl.concat([touches.select(columns), bought.select(columns)])
    whole = whole.filter(pl.col("product").is_in(list(places))).sort("at")
    customers = whole["customer"].drop_nulls().unique().sort().to_numpy()
    strangers = whole.filter(pl.col("customer").is_null())["visitor"].unique().sort()
    known = pl.DataFrame({"customer": customers, "user": np.arange(len(customers))})
    unknown = pl.DataFrame(
        {"visitor": strangers, "stranger": np.arange(len(strangers)) + len(customers)}
    )
    found = whole.join(known, on="customer", how="left", maintain_order="left").join(
        unknown, on="visitor", how="left", maintain_order="left"
    )
    user = pl.when(pl.col("customer").is_null()).then("stranger").otherwise("user")
    place = pl.col("product").replace_strict(dict(places), return_dtype=pl.Int64)
    found = found.select(user=user, place=place, kind="kind", day=pl.col("at") / DAY)
    return customers, Deeds(
        found["user"].to_numpy().astype(np.int64),
        found["place"].to_numpy().astype(np.int64),
        found["kind"].to_numpy().astype(np.int8),
        found["day"].to_numpy().astype(np.float64),
        len(customers) + len(strangers),
        len(places),
    )


def baskets_of(lines: pl.DataFrame, places: Mapping[int, int]) -> Baskets:
    kept = lines.filter(pl.col("product").is_in(list(places)))
    once = kept.unique(["order", "product"], maintain_order=True)
    place = pl.col("product").replace_strict(dict(places), return_dtype=pl.Int64)
    found = once.select("order", place=place, day=pl.col("at") / DAY)
    return Baskets(
        found["order"].to_numpy().astype(np.int64),
        found["place"].to_numpy().astype(np.int64),
        found["day"].to_numpy().astype(np.float64),
    )


def catalog_of(known: Known, lines: pl.DataFrame) -> Catalog:
    products = known.goods.products.filter(pl.col("is_there")).sort("product")
    ids = products["product"].to_list()
    labels = labels_of(known.store, ids)
    return Catalog(
        products=np.array(ids, np.int64),
        goods=Goods(
            labels=weighted(binary([labels.get(pk, ()) for pk in ids])),
            prices=prices_of(known.goods, ids),
        ),
        types=products["category"].fill_null(NOTHING).to_numpy().astype(np.int64),
        groups=products["main_category"].fill_null(NOTHING).to_numpy().astype(np.int64),
        margins=margins_of(lines, ids),
        colors=tuple(
            frozenset(label[2:] for label in labels.get(pk, ()) if label[:2] == "k:")
            for pk in ids
        ),
    )


def prices_of(goods: Prices, ids: list[int]) -> NDArray[np.float32]:
    """(products,): NaN where none is known."""
    wanted = pl.DataFrame({"product": ids}, schema={"product": pl.Int64})
    found = wanted.join(
        goods.price_now, on="product", how="left", maintain_order="left"
    )["price"]
    amounts = (found.cast(pl.Float64) / 10_000).fill_null(float("nan"))
    return amounts.to_numpy().astype(np.float32)


def margins_of(lines: pl.DataFrame, ids: list[int]) -> NDArray[np.float32]:
    """(products,): what stays of the price after the cost, from -1 to 1."""
    sums = (
        lines.drop_nulls(["unit_cost", "total"])
        .filter(pl.col("total") > 0)
        .group_by("product")
        .agg(
            cost=(pl.col("unit_cost") * pl.col("units")).sum(),
            total=pl.col("total").sum(),
        )
    )
    shares = {
        product: max(-1.0, 1 - cost / total) for product, cost, total in sums.rows()
    }
    return np.array([shares.get(pk, 0.0) for pk in ids], np.float32)
