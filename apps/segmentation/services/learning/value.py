"""Who buys again and for how much: the brain behind services/value.py.

1. The last 90 days that are over (45 or 30 in a young shop) are taken away. The blend of
   rhythms, logistic regression and LightGBM, and the rhythms alone (BG/NBD, Pareto/NBD,
   Gamma-Gamma: the humble baseline), learn from what was before.
2. A case is a customer of then: how surprising it is that they bought, or did not.
3. What won learns from all, and each customer's numbers are rows of its version. Where
   there is no such window yet the rhythms serve, from priors, with wide ranges.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import structlog

from apps.accounts.models import Store
from apps.registry.models import ModelVersion
from apps.registry.services import artefacts
from apps.registry.services.brain import (
    Check,
    Contest,
    Former,
    Tell,
    TooLittleDataError,
)
from apps.segmentation.models.value import SHORT, VALUE
from apps.segmentation.services import value_write
from apps.segmentation.services.learning.purchases import Bought, read
from apps.segmentation.services.learning.value_rows import told
from ml_models.data import Floats
from ml_models.intent import grading
from ml_models.value.members import Members
from ml_models.value.model import Config, Value
from ml_models.value.purchases import Purchases
from ml_models.value.rfm import outcome, rfm
from ml_models.value.snapshots import LEARNED, Rhythm
from ml_models.value.window import last_window

log = structlog.get_logger(__name__)
SAMPLE = 2_000
# Further from the truth than this, and than chance explains, nobody should act on it.
WORST_CALIBRATION = 0.1
# A total that is off by more than a factor of two.
WORST_TOTAL = math.log(2)
# Fewer buyers say nothing about a total.
LEAST_BUYERS = 20


class Rhythms(Value):
    """BG/NBD, Pareto/NBD and Gamma-Gamma alone."""

    name = "rhythms"

    def train(self, past: Purchases, day: int, horizon: int) -> Members:
        return Members(horizon, Rhythm.of(rfm(past, day)), None)


HUMBLE, BLEND = Rhythms.name, "blend"
MODELS: Mapping[str, type[Value]] = {HUMBLE: Rhythms, BLEND: Value}


@dataclass(frozen=True)
class Quality:
    """cases, scores: (customers,) of those known when the window began."""

    cases: Floats
    marks: dict[str, float]
    scores: Sequence[float] = ()
    buyers: int = 0


class CustomerValues:
    kind = VALUE
    title = "Who buys again, and for how much"

    def read(self, store: Store, as_of: datetime, tell: Tell) -> Bought:
        tell(0, "Reading orders")
        found = read(store, as_of)
        if not found.customers:
            raise TooLittleDataError("Nobody has ordered yet.")
        return found

    def compete(
        self, data: Bought, former: Former | None, seed: int, tell: Tell
    ) -> Contest:
        window = last_window(data.first, data.today, SHORT)
        tell(0.0, "Letting the rhythms of buying compete")
        humble = quality(data, HUMBLE, seed, window)
        best, challenger = HUMBLE, humble
        if window:
            tell(0.3, "Letting the blend compete")
            best, challenger = BLEND, quality(data, BLEND, seed, window)
        champion = quality_of(former, {BLEND: challenger, HUMBLE: humble})
        return Contest(
            name=best,
            parameters={},
            challenger=challenger.cases,
            humble=humble.cases,
            champion=champion.cases if champion else None,
            metrics=challenger.marks,
            baseline_metrics=humble.marks,
            data_from_at=data.first_at,
            data_to_at=data.as_of,
            training_rows=len(data.purchases),
            features=LEARNED,
            rivals={BLEND: challenger.marks, HUMBLE: humble.marks} if window else {},
            checks=checks(challenger),
            inputs=inputs(data),
            scores=challenger.scores,
            humble_name=HUMBLE,
            champion_metrics=champion.marks if champion else {},
        )

    def fit(
        self, data: Bought, contest: Contest, folder: Path, seed: int, tell: Tell
    ) -> value_write.Told:
        tell(0.0, "Learning from all orders")
        model = MODELS[contest.name](Config(SHORT), seed)
        # Today is not over; on the first day it is all there is.
        day = data.today + (data.first == data.today)
        model.fit(data.purchases, day)
        model.save(folder)
        tell(0.6, "Working out each customer's value")
        return told(model, data, contest.metrics)

    def publish(
        self, version: ModelVersion, model: value_write.Told, tell: Tell
    ) -> int:
        return value_write.write(version, model, lambda part: tell(part, "Publishing"))

    def forget(self, version: ModelVersion) -> int:
        return value_write.forget(version)

    def sample(self, store: Store, as_of: datetime) -> Mapping[str, Sequence[float]]:
        return inputs(self.read(store, as_of, lambda part, what: None))

    def renew(self, version: ModelVersion, at: datetime) -> int:
        """The version's rows anew as of a moment, by its files; how many were written
        or removed."""
        data = read(version.store, at)
        if not data.customers:
            return value_write.empty(version, at)
        with tempfile.TemporaryDirectory() as place:
            artefacts.load(version, Path(place))
            model = MODELS[version.name].load(Path(place))
        return value_write.renew(version, told(model, data, {}))


def quality(
    data: Bought, name: str, seed: int, window: tuple[int, int] | None
) -> Quality:
    """Learned from what was before the window. Without one nobody can tell the rivals
    apart: all customers count nothing, and the humble one serves."""
    if window is None:
        return Quality(np.zeros(len(data.customers)), {})
    start, days = window
    model = MODELS[name](Config(days), seed)
    model.fit(data.purchases, start)
    said = model.predict(data.purchases, start)
    seen = outcome(data.purchases, said.customers, start, days)
    bought = seen.bought > 0
    cases = -grading.surprise(bought, said.buys)
    spent, foretold = float(seen.spend.sum()), said.total
    marks = {
        "window_days": float(days),
        "surprise": float(-cases.mean()),
        "brier": grading.brier(bought, said.buys),
        "calibration_error": grading.calibration_error(bought, said.buys),
    }
    if 0 < bought.sum() < len(bought):
        marks["auc"] = grading.auc(bought, said.buys)
    if spent > 0:
        marks["total_error"] = foretold / spent - 1
    return Quality(
        cases, marks, said.buys[:: step(said.buys)].tolist(), int(bought.sum())
    )


def quality_of(former: Former | None, known: Mapping[str, Quality]) -> Quality | None:
    """The champion's recipe on the same days; None where today's code cannot make it."""
    if former is None:
        return None
    if former.version.name not in known:
        log.warning("training.champion_not_made", version=str(former.version))
    return known.get(former.version.name)


def checks(found: Quality) -> tuple[Check, ...]:
    if not found.marks:
        return ()
    error, chances = found.marks["calibration_error"], np.array(found.scores)
    # As far off as that ten parts of so few customers are by chance alone.
    spread = float((chances * (1 - chances)).mean())
    chancy = math.sqrt(spread * grading.BINS / len(found.cases))
    off = abs(math.log1p(max(found.marks.get("total_error", 0.0), -0.999)))
    return (
        Check(
            "calibration",
            error,
            f"Its chances lie {error:.1%} from what came.",
            error <= WORST_CALIBRATION + chancy,
        ),
        Check(
            "total",
            off,
            f"The sum of what it foretold is off by a factor of {math.exp(off):.1f}.",
            off <= WORST_TOTAL or found.buyers < LEAST_BUYERS,
        ),
    )


def inputs(data: Bought) -> dict[str, list[float]]:
    """Samples of what it learns from."""
    known = rfm(data.purchases, data.today + 1)
    every = step(known.spend)
    names = ("orders", "days since last order", "average order")
    return {name: known.column(name)[::every].tolist() for name in names}


def step(values: Floats) -> int:
    return max(1, len(values) // SAMPLE)
