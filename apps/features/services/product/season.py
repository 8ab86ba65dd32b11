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


def season(known: Known) -> pl.LazyFrame:
    products = known.goods.products.lazy().select("product", "main_category")
    month = known.local(pl.col("at")).dt.month()
    counted = (
        sold(known)
        .with_columns(month=month)
        .group_by("product", "month")
        .agg(pl.col("units").sum().cast(pl.Float64))
        .filter(pl.col("units") > 0)
    )
    named = counted.join(products, on="product").with_columns(
        pl.col("main_category").fill_null(0)
    )
    group = pl.col("main_category")
    of_group = shrunk(by_month(named, "main_category"), [1 / 12] * 12, EVEN)
    own = products.with_columns(group.fill_null(0)).join(
        by_month(named, "product"), on="product", how="left"
    )
    both = own.join(
        of_group.rename({f"m{n}": f"g{n}" for n in MONTHS}),
        on="main_category",
        how="inner",
    ).with_columns(pl.col(f"m{n}").fill_null(0.0) for n in MONTHS)
    shares = shrunk(both, [pl.col(f"g{n}") for n in MONTHS], PRIOR)
    now = known.as_of.astimezone(known.store.zone).month
    return shares.select(
        "product",
        month_shares=pl.concat_list(*(f"m{n}" for n in MONTHS)),
        season_index=pl.col(f"m{now}") * 12,
    )


def by_month(rows: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """key, m1 to m12: pieces of each month."""
    return rows.group_by(key).agg(
        pl.col("units").filter(pl.col("month") == n).sum().alias(f"m{n}")
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
