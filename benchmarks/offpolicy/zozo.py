"""A real log: ZOZOTOWN's shelves under a random and a Thompson policy (Saito et al. 2020)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.offpolicy.marks import Row
from ml_models.data import Floats
from ml_models.offpolicy.estimators import interval
from ml_models.offpolicy.evaluate import Evaluation, evaluate
from ml_models.offpolicy.log import Log, Policy
from ml_models.offpolicy.weighing import weigh

FILE = Path("zozo_open_bandit") / "impressions.parquet"
PLACES = 3


def judge(folder: Path) -> list[Row]:
    """From the random policy's log what the Thompson policy earned, and the other way."""
    impressions = pl.read_parquet(folder / FILE)
    rows: list[Row] = []
    for campaign in sorted(impressions["campaign"].unique()):
        part = impressions.filter(campaign=campaign)
        width = len(part["item_id"].unique())
        random, bts = (part.filter(policy=name) for name in ("random", "bts"))
        even = np.full((PLACES, width), 1 / width)
        for title, log, other, table in (
            ("random log, Thompson policy", random, bts, shares(bts, width)),
            ("Thompson log, random policy", bts, random, even),
        ):
            policy = Policy(table[log["position"].to_numpy() - 1])
            found = evaluate(weigh(log_of(log, width), policy))
            rows.extend(told(f"{campaign}: {title}", found, other))
    return rows


def log_of(frame: pl.DataFrame, width: int) -> Log:
    """Each row of the file is one product at one place, with its chance to be there."""
    return Log(
        frame["item_id"].to_numpy(),
        frame["click"].cast(pl.Float64).to_numpy(),
        frame["propensity_score"].to_numpy(),
        np.tile(np.arange(width), (len(frame), 1)),
        places=frame["position"].to_numpy() - 1,
    )


def shares(frame: pl.DataFrame, width: int) -> Floats:
    """(places, items): how often the policy did show each. Its chances changed from hour
    to hour, and the log keeps those of what was shown alone."""
    counts = np.zeros((PLACES, width))
    where = frame["position"].to_numpy() - 1, frame["item_id"].to_numpy()
    np.add.at(counts, where, 1)
    return np.asarray(counts / counts.sum(1, keepdims=True))


def told(title: str, found: Evaluation, other: pl.DataFrame) -> Iterator[Row]:
    clicks = other["click"].cast(pl.Float64).to_numpy()
    rate, error, reach = interval(clicks, np.arange(len(clicks)))
    for name in ("ips", "snips", "dr"):
        one = found.estimates[name]
        # The other policy's own rate is a sample, too.
        apart = float((one.value - rate) / np.hypot(one.error, error))
        yield {
            "campaign": title,
            "estimate": name,
            "clicks in 1000": f"{1000 * one.value:.2f}",
            "95 %": span(one.low, one.high),
            "it did earn": f"{1000 * rate:.2f}",
            "its 95 %": span(rate - reach, rate + reach),
            "apart, SE": f"{apart:+.2f}",
            "ESS": round(one.effective_size),
            "clicks' ESS": f"{found.rewarded:.1f}",
            "largest weight": f"{one.largest_weight:.1f}",
            "verdict": ", ".join(found.doubts) or "known",
        }


def span(low: float, high: float) -> str:
    return f"{1000 * low:.2f} to {1000 * high:.2f}"
