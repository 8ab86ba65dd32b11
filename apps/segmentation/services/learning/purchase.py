"""Which visits end in an order: the brain behind services/purchase.py.

1. Visits that had ended, by time: the first 60 % teach, the next 20 % choose among a
   logistic regression, trees and the blend of both; the last 20 % judge.
2. There the chosen one, learned from the first 80 %, meets a simple rule (cart, checkout,
   looks, known or not) and the champion's recipe. A case is a visit: how far off it was
   on average over its moments.
3. What won learns from all and is published as one document, which the web answers from.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from apps.accounts.models import Store
from apps.registry.models import ModelVersion
from apps.registry.services.brain import (
    Check,
    Contest,
    Former,
    Tell,
    TooLittleDataError,
)
from apps.segmentation.models import PurchaseModel
from apps.segmentation.services.learning import visits
from apps.segmentation.services.learning.visits import Row, Rows
from apps.segmentation.services.purchase_numbers import NAMES, TEXTS, coded
from ml_models.data import Floats
from ml_models.intent import grading
from ml_models.intent.model import LINEAR, Config, Model
from ml_models.intent.model import NAMES as CANDIDATES
from ml_models.intent.visits import Column, Visits

KIND = "segmentation.purchase"
# Visits that ended in an order, and others, which the three parts take.
LEAST = 50
TAUGHT, CHOSEN = 0.6, 0.8
HUMBLE = Config(
    LINEAR, has_pairs=False, columns=("views", "carts", "checkout", "is_known")
)
# Further from the truth than this, or than this share of how many order, and than chance
# explains, nobody should act on it.
WORST_CALIBRATION, WORST_SHARE = 0.05, 0.25
FILE = "model.json"
# So many visits, the newest, tell the watch whether shoppers changed.
SAMPLED = 5_000
WATCHED = ("views", "seconds", "carts", "visits_before")


@dataclass(frozen=True)
class Learnable:
    """rows: one for each of the table's; cases: (rows,) which visit."""

    read: Rows
    table: Visits
    cases: Floats

    def between(self, first: float, last: float) -> Any:
        """(rows,): those of visits from one share of them to another, by time."""
        count = self.read.visits
        return (self.cases >= first * count) & (self.cases < last * count)


class Purchase:
    kind = KIND
    title = "Orders to come in a visit"

    def read(self, store: Store, as_of: datetime, tell: Tell) -> Learnable:
        found = visits.read(store, as_of, tell)
        buyers = len({row.visit for row in found.rows if row.has_bought})
        if buyers < LEAST or found.visits - buyers < LEAST:
            raise TooLittleDataError(
                f"{buyers} visits ended in an order; it takes {LEAST} of them, and as"
                " many others."
            )
        data = learnable(found)
        ask_for_both(data.table, Config().members, "visits")
        return data

    def compete(
        self, data: Learnable, former: Former | None, seed: int, tell: Tell
    ) -> Contest:
        rivals = {}
        for place, name in enumerate(CANDIDATES):
            tell(place / 5, f"Letting candidates compete: {name}")
            found = quality(data, Config(name), seed, TAUGHT, CHOSEN)
            rivals[name] = found.marks
        best = Config(min(rivals, key=lambda name: rivals[name]["surprise"]))
        tell(0.6, "Comparing with a simple rule")
        challenger = quality(data, best, seed, CHOSEN, 1.0)
        humble = quality(data, HUMBLE, seed, CHOSEN, 1.0)
        champion = None
        if former:
            serving = config_of(former.version.parameters)
            champion = quality(data, serving, seed, CHOSEN, 1.0)
        return Contest(
            name=best.name,
            parameters=asdict(best),
            challenger=challenger.cases,
            humble=humble.cases,
            champion=champion.cases if champion else None,
            metrics=challenger.marks,
            baseline_metrics=humble.marks,
            data_from_at=data.read.from_at,
            data_to_at=data.read.as_of,
            training_rows=len(data.cases),
            features=NAMES,
            rivals=rivals,
            checks=(calibration(challenger),),
            inputs=inputs(data.read, SAMPLED),
            scores=challenger.scores,
            humble_name=HUMBLE.name,
            humble_parameters=asdict(HUMBLE),
            champion_metrics=champion.marks if champion else {},
        )

    def fit(
        self, data: Learnable, contest: Contest, folder: Path, seed: int, tell: Tell
    ) -> dict[str, Any]:
        config = config_of(contest.parameters)
        ask_for_both(data.table, config.members, "visits")
        model = Model(config, seed).fit(data.table, tell)
        document = {
            **model.document(),
            "basket": basket(data.read),
            "rate": data.read.bought / data.read.visits,
        }
        (folder / FILE).write_text(json.dumps(document))
        return document

    def publish(self, version: ModelVersion, model: dict[str, Any], tell: Tell) -> int:
        rows = PurchaseModel.objects.of(version.store).filter(version=version)
        rows.delete()
        PurchaseModel.objects.create(
            store=version.store, version=version, document=model
        )
        return 1

    def forget(self, version: ModelVersion) -> int:
        rows = PurchaseModel.objects.of(version.store).filter(version=version)
        return rows.delete()[0]

    def sample(self, store: Store, as_of: datetime) -> Mapping[str, list[float]]:
        return inputs(visits.read(store, as_of, most=SAMPLED), SAMPLED)


def config_of(parameters: Mapping[str, Any]) -> Config:
    config = Config(**parameters)
    return replace(config, columns=tuple(config.columns))


def learnable(found: Rows) -> Learnable:
    columns = tuple(
        Column(name, levels_of(found, name) if name in TEXTS else None)
        for name in NAMES
    )
    shown = [asdict(column) for column in columns]
    values = np.array([coded(shown, row.values) for row in found.rows])
    table = Visits(
        columns,
        values,
        np.array([row.has_bought for row in found.rows]),
        np.array([row.visitor for row in found.rows]),
    )
    return Learnable(found, table, np.array([float(r.visit) for r in found.rows]))


def ask_for_both(table: Visits, least: int, where: str) -> None:
    """Members leave out visitors, not visits: one who ordered fifty times is one."""
    bought, others = table.who()
    if min(bought, others) < least:
        raise TooLittleDataError(
            f"In {where} {bought} visitors ordered and {others} did not; it takes"
            f" {least} of each."
        )


def levels_of(found: Rows, name: str) -> tuple[str, ...]:
    return tuple(sorted({str(row.values[name]) for row in found.rows}))


@dataclass(frozen=True)
class Quality:
    """cases: (visits,), larger is better; rate: of the moments, how many were before an
    order."""

    cases: Floats
    rate: float
    marks: dict[str, float]
    scores: list[float]


def quality(
    data: Learnable, config: Config, seed: int, begin: float, end: float
) -> Quality:
    """Learned from visits before `begin`, asked about those from it to `end`."""
    past, later = data.between(0, begin), data.between(begin, end)
    for part in (past, later):
        ask_for_both(data.table.rows(part), config.members, "a part of the visits")
    model = Model(config, seed).fit(data.table.rows(past))
    asked = data.table.rows(later)
    chances = grading.chances(model.log_odds(asked.values))
    lost = grading.surprise(asked.bought, chances)
    _, case = np.unique(data.cases[later], return_inverse=True)
    cases = -np.bincount(case, lost) / np.bincount(case)
    marks = {
        "auc": grading.auc(asked.bought, chances),
        "brier": grading.brier(asked.bought, chances),
        "calibration_error": grading.calibration_error(asked.bought, chances),
        "surprise": float(-cases.mean()),
    }
    return Quality(cases, float(asked.bought.mean()), marks, chances.tolist())


def calibration(found: Quality) -> Check:
    error, many = found.marks["calibration_error"], len(found.cases)
    chances = np.array(found.scores)
    # As far off as that ten parts of so few visits are by chance alone.
    chancy = math.sqrt(float((chances * (1 - chances)).mean()) * grading.BINS / many)
    return Check(
        "calibration",
        error,
        f"What it says lies {error:.1%} from what comes.",
        error <= min(WORST_CALIBRATION, WORST_SHARE * found.rate) + chancy,
    )


def basket(found: Rows) -> dict[str, float]:
    """What an order is worth on average, by each unit of money in the cart, and the most
    that a cart is believed, in the store's currency.

    Browsers say prices, quantities and totals: so each visitor counts once, the middle
    one of the shares is taken, and the highest carts and orders are cut.
    """
    last: dict[int, Row] = {
        row.visitor: row for row in found.rows if row.worth is not None
    }
    worths = np.array([row.worth or 0.0 for row in last.values()])
    carts = np.array([float(row.values["in_cart"]) for row in last.values()])
    full = carts > 0
    return {
        "average": float(np.minimum(worths, high(worths)).mean()) if len(worths) else 0,
        "by_cart": float(np.median(worths[full] / carts[full])) if full.any() else 1.0,
        "most_cart": high(carts),
    }


def high(values: Floats) -> float:
    """One of a thousand lies above; of fewer, the highest alone."""
    return float(np.quantile(values, 0.999, method="lower")) if len(values) else 0.0


def inputs(found: Rows, most: int) -> dict[str, list[float]]:
    """Of the newest visits, so many at most."""
    rows = [row for row in found.rows if row.visit >= found.visits - most]
    return {name: [float(row.values[name]) for row in rows] for name in WATCHED}
