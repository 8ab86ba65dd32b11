"""How pieces spread over categories, brands, sizes: shares, and how even they are."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

TOP = 5
SHARE = pl.Struct({"key": pl.String, "share": pl.Float64})


def money(amount: pl.Expr) -> pl.Expr:
    """From whole ten-thousandths."""
    return amount / 10_000


def part(some: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A share; nothing where there is no whole."""
    return pl.when(whole != 0).then(some / whole)


def spread(rows: pl.LazyFrame, by: str, key: str) -> pl.LazyFrame:
    """Of (by, key, units): `shares`, the largest five, and `entropy` of all."""
    counted = rows.filter((pl.col("units") > 0) & pl.col(key).is_not_null())
    sums = counted.group_by(by, key).agg(pl.col("units").sum())
    of_all = pl.col("units") / pl.col("units").sum().over(by)
    return (
        sums.with_columns(share=of_all)
        .sort("units", key, descending=[True, False])
        .group_by(by, maintain_order=True)
        .agg(
            shares=pl.struct(
                pl.col(key).cast(pl.String).alias("key"), pl.col("share")
            ).head(TOP),
            entropy=entropy(pl.col("share")),
        )
    )


def profile(rows: pl.LazyFrame, by: str, group: str, key: str) -> pl.LazyFrame:
    """Of (by, group, key, units): `shares` of keys within each group, as "7:M"; the
    group with most pieces first."""
    counted = rows.filter((pl.col("units") > 0) & (pl.col(key) != ""))
    sums = counted.group_by(by, group, key).agg(pl.col("units").sum())
    of_group = pl.col("units").sum().over(by, group)
    name = pl.concat_str(pl.col(group).fill_null(0).cast(pl.String), pl.lit(":"), key)
    return (
        sums.with_columns(whole=of_group, name=name)
        .sort("whole", "units", "name", descending=[True, True, False])
        .group_by(by, maintain_order=True)
        .agg(
            shares=pl.struct(
                pl.col("name").alias("key"),
                (pl.col("units") / pl.col("whole")).alias("share"),
            ).head(2 * TOP)
        )
    )


def entropy(share: pl.Expr) -> pl.Expr:
    """0: all in one; in nats."""
    return -(share * share.log()).sum()


def joined(frames: Sequence[pl.LazyFrame], on: Sequence[str]) -> pl.LazyFrame:
    """All keys of all frames."""
    first, *others = frames
    for other in others:
        first = first.join(other, on=on, how="full", coalesce=True)
    return first
