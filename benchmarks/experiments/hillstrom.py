"""64,000 customers, two mails and none (Kevin Hillstrom, 2008): ours against scipy's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from scipy import stats

from ml_models.experiments import effect
from ml_models.experiments.cuped import compare_adjusted
from ml_models.experiments.difference import compare
from ml_models.experiments.sample_ratio import check_ratio
from ml_models.experiments.sums import Sums
from ml_models.experiments.verdict import Plan, judge

NONE = "No E-Mail"
METRICS = ("visit", "conversion", "spend")


def measure(folder: Path) -> tuple[dict[str, float], list[dict[str, Any]]]:
    customers = pl.concat(
        pl.read_parquet(file) for file in sorted(folder.glob("*.parquet"))
    )
    mails = sorted(set(customers["segment"]) - {NONE})
    rows = [
        compare_mail(customers, mail, metric) for mail in mails for metric in METRICS
    ]
    sizes = [int((customers["segment"] == arm).sum()) for arm in (*mails, NONE)]
    figures = {
        "hillstrom_largest_difference": max(row.pop("away") for row in rows),
        "hillstrom_mismatch_p": check_ratio(sizes, [1, 1, 1]).p_value,
    }
    return figures, rows


def compare_mail(customers: pl.DataFrame, mail: str, metric: str) -> dict[str, Any]:
    control = customers.filter(pl.col("segment") == NONE)
    treatment = customers.filter(pl.col("segment") == mail)
    before, after = (
        arm[metric].cast(pl.Float64).to_numpy() for arm in (control, treatment)
    )
    arms = [
        Sums.of(y, arm["history"].to_numpy())
        for y, arm in ((before, control), (after, treatment))
    ]
    ours = effect.measure(compare(*arms))
    theirs = stats.ttest_ind(after, before, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    direct = after.mean() - before.mean()
    pairs = (
        (ours.absolute, direct),
        (ours.low, interval.low),
        (ours.high, interval.high),
        (ours.p_value, theirs.pvalue),
    )
    plan = Plan(target=len(customers) / 3, matters=0.02)
    return {
        "mail": mail,
        "metric": metric,
        "ours": f"{ours.absolute:.5f} [{ours.low:.5f}, {ours.high:.5f}]",
        "direct": f"{direct:.5f} [{interval.low:.5f}, {interval.high:.5f}]",
        "p, ours": f"{ours.p_value:.2e}",
        "p, scipy": f"{theirs.pvalue:.2e}",
        "variance left by history": compare_adjusted(*arms).variance_left,
        "verdict": str(judge(*arms, plan, metric=metric).answer),
        "away": float(max(abs(mine - other) for mine, other in pairs)),
    }
