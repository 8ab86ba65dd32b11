"""What is left of lines after refunds, as shop's services/margin.py reckons it for one
order: first what a refund names, then the rest of its amount from all in proportion.

Of several refunds of one order, what all name goes first. Amounts are whole
ten-thousandths, so each order adds up but for the last of them.
"""

from __future__ import annotations

import polars as pl

ZERO = pl.lit(0, pl.Int64)


def with_refunds(
    lines: pl.LazyFrame,
    orders: pl.LazyFrame,
    refunds: pl.LazyFrame,
    returns: pl.LazyFrame,
) -> pl.LazyFrame:
    """Adds `back`, the pieces sent back, and `net`, the revenue kept, to each line.

    lines: line, order, units, total, tax; orders: order, whole; refunds: order, amount,
    extras; returns: line, back_units, back_total, back_tax, of refunds that count.
    """
    named = returns.group_by("line").agg(
        pl.col("back_units", "back_total", "back_tax").sum()
    )
    left = lines.join(named, on="line", how="left").with_columns(
        pl.col("back_units", "back_total", "back_tax").fill_null(0)
    )
    left = left.with_columns(
        left_revenue=pl.col("total") - pl.col("back_total"),
        left_tax=pl.col("tax") - pl.col("back_tax"),
    ).with_columns(left=floor(pl.col("left_revenue") + pl.col("left_tax")))
    spread = left.join(rest(left, orders, refunds), on="order", how="left")
    weight = (
        pl.when(pl.col("whole_left") > 0)
        .then(pl.col("left") / pl.col("whole_left"))
        .otherwise(1 / (pl.col("lines_there") + 1))
    )
    revenue, tax = floor(pl.col("left_revenue")), floor(pl.col("left_tax"))
    of_revenue = (
        pl.when(revenue + tax > 0).then(revenue / (revenue + tax)).otherwise(0.5)
    )
    taken = (pl.col("rest") * weight * of_revenue).round().cast(pl.Int64).fill_null(0)
    return spread.with_columns(
        back=pl.col("back_units"), net=pl.col("left_revenue") - taken
    ).drop(
        "back_units", "back_total", "back_tax", "left_revenue", "left_tax", "left",
        "rest", "whole_left", "lines_there",
    )  # fmt: skip


def rest(
    left: pl.LazyFrame, orders: pl.LazyFrame, refunds: pl.LazyFrame
) -> pl.LazyFrame:
    """For each refunded order what its refunds gave back without naming it, and the
    sum of what is left to take it from."""
    given = refunds.group_by("order").agg(
        pl.col("amount").sum(), given_extras=pl.col("extras").sum()
    )
    sums = left.group_by("order").agg(
        gross=(pl.col("total") + pl.col("tax")).sum(),
        named=(pl.col("back_total") + pl.col("back_tax")).sum(),
        left_lines=pl.col("left").sum(),
        lines_there=pl.len(),
    )
    joined = given.join(sums, on="order").join(orders, on="order")
    extras = floor(pl.col("whole") - pl.col("gross") - pl.col("given_extras"))
    return joined.select(
        "order",
        "lines_there",
        rest=pl.col("amount") - pl.col("given_extras") - pl.col("named"),
        whole_left=pl.col("left_lines") + extras,
    )


def floor(amount: pl.Expr) -> pl.Expr:
    return pl.max_horizontal(amount, ZERO)
