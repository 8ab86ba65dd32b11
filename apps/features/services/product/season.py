"""A product's year: its own sales where there are many, else its main category's."""

from __future__ import annotations

import polars as pl

from apps.features.services.known import Known
from apps.features.services.product.selling import sold

# So many pieces of a product weigh as much as all that its category says.
PRIOR = 24.0
# And so many pieces of a category as an even year.
EVEN = 120.0
MONTHS = range(1, 13)
YEAR, MOST_YEARS = 365, 3
SHARE_DIGITS = 6


def season(known: Known) -> pl.LazyFrame:
    """Of whole years alone, so that each month was there as often as the others. What
    was not there for a year yet says more about its age than about its season: it
    counts by the share of a year."""
    lines = sold(known)
    age = known.age(pl.col("at").min()).fill_null(0.0)
    history: float = lines.select(age).collect().item()
    years = min(int(history // YEAR), MOST_YEARS)
    if years:
        lines = lines.filter(pl.col("at") >= known.since(years * YEAR))
    listed = known.goods.products.lazy().select(
        "product",
        pl.col("main_category").fill_null(0),
        lived=part_of_year(known.age(pl.col("known_at"))),
    )
    counted = lines.with_columns(month=known.local(pl.col("at")).dt.month())
    named = counted.join(listed, on="product")
    grown = min(history / YEAR, 1.0)
    of_group = weighed(by_month(named, "main_category"), pl.lit(grown))
    groups = shrunk(of_group, [1 / 12] * 12, EVEN)
    own = listed.join(by_month(named, "product"), on="product", how="left")
    both = weighed(own, pl.col("lived")).join(
        groups.rename({f"m{n}": f"g{n}" for n in MONTHS}),
        on="main_category",
        how="left",
    )
    even = pl.col(*(f"g{n}" for n in MONTHS)).fill_null(1 / 12)
    shares = shrunk(both.with_columns(even), [pl.col(f"g{n}") for n in MONTHS], PRIOR)
    now = known.as_of.astimezone(known.store.zone).month
    return shares.select(
        "product",
        month_shares=pl.concat_list(
            *(pl.col(f"m{n}").round(SHARE_DIGITS) for n in MONTHS)
        ),
        season_index=pl.col(f"m{now}") * 12,
    )


def part_of_year(days: pl.Expr) -> pl.Expr:
    return (days / YEAR).clip(0.0, 1.0)


def weighed(rows: pl.LazyFrame, weight: pl.Expr) -> pl.LazyFrame:
    """m1 to m12 by a weight; nothing sold is zero."""
    return rows.with_columns(
        (pl.col(f"m{n}").fill_null(0) * weight).alias(f"m{n}") for n in MONTHS
    )


def by_month(rows: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """key, m1 to m12: pieces of each month."""
    return rows.group_by(key).agg(
        pl.col("units")
        .filter(pl.col("month") == n)
        .sum()
        .clip(lower_bound=0)
        .alias(f"m{n}")
        for n in MONTHS
    )


def shrunk(
    rows: pl.LazyFrame, prior: list[float] | list[pl.Expr], weight: float
) -> pl.LazyFrame:
    """Shares of m1 to m12, with `weight` pieces spread like the prior added."""
    whole = pl.sum_horizontal(*(f"m{n}" for n in MONTHS)) + weight
    return rows.with_columns(
        ((pl.col(f"m{n}") + prior[n - 1] * weight) / whole).alias(f"m{n}")
        for n in MONTHS
    )
