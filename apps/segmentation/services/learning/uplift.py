"""Whom messages move: the brain behind services/uplift.py.

1. Customers of the messages' holdouts, in two parts by lot: one teaches, one judges. No
   time lies between the parts, since the lot is what makes both sides alike.
2. A case is a customer of the second part: how far what was foretold lies from what the
   lot says of them. Beside effects of each person's own stands the same for everybody,
   which is hard to beat, and serves as long as it is not beaten.
3. What won learns from all and is published as one document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from apps.accounts.models import Store
from apps.registry.models import ModelVersion
from apps.registry.services.brain import Contest, Former, Tell, TooLittleDataError
from apps.segmentation.models import UpliftModel
from apps.segmentation.services.learning.left_alone import LeftAlone, read
from apps.segmentation.services.uplift import NAMES
from ml_models.data import Floats
from ml_models.uplift import grading
from ml_models.uplift.model import Average, Personal, Trial

KIND = "segmentation.uplift"
HUMBLE, PERSONAL = Average.name, Personal.name
TAUGHT = 0.6
# Of either side, in either part.
LEAST = 20
FILE = "model.json"
SAMPLED = 2_000
WATCHED = ("orders", "spent", "recency_days")


@dataclass(frozen=True)
class Quality:
    cases: Floats
    marks: dict[str, float]
    scores: list[float]


class Uplift:
    kind = KIND
    title = "Whom messages move"

    def read(self, store: Store, as_of: datetime, tell: Tell) -> LeftAlone:
        tell(0, "Reading who was left alone")
        return read(store, as_of)

    def compete(
        self, data: LeftAlone, former: Former | None, seed: int, tell: Tell
    ) -> Contest:
        past, later = parts(data.trial, seed)
        found = {}
        for place, name in enumerate((HUMBLE, PERSONAL)):
            tell(place / 2, f"Letting candidates compete: {name}")
            found[name] = quality(name, past, later, seed)
        challenger, humble = found[PERSONAL], found[HUMBLE]
        champion = found.get(former.version.name) if former else None
        return Contest(
            name=PERSONAL,
            parameters={},
            challenger=challenger.cases,
            humble=humble.cases,
            champion=champion.cases if champion else None,
            metrics=challenger.marks,
            baseline_metrics=humble.marks,
            data_from_at=data.from_at,
            data_to_at=data.to_at,
            training_rows=len(data.trial.bought),
            features=NAMES,
            rivals={name: one.marks for name, one in found.items()},
            inputs=inputs(data.trial),
            scores=challenger.scores,
            humble_name=HUMBLE,
            champion_metrics=champion.marks if champion else {},
        )

    def fit(
        self, data: LeftAlone, contest: Contest, folder: Path, seed: int, tell: Tell
    ) -> dict[str, Any]:
        trial = data.trial
        model = make(contest.name, seed).fit(trial)
        effect, low, high = grading.average(trial.treated, trial.bought, trial.share)
        document = {
            **model.document(),
            "is_personal": contest.name == PERSONAL,
            "average": {"effect": effect, "low": low, "high": high},
            "people": len(trial.bought),
            "left_alone": data.alone,
        }
        (folder / FILE).write_text(json.dumps(document))
        return document

    def publish(self, version: ModelVersion, model: dict[str, Any], tell: Tell) -> int:
        UpliftModel.objects.of(version.store).filter(version=version).delete()
        UpliftModel.objects.create(store=version.store, version=version, document=model)
        return 1

    def forget(self, version: ModelVersion) -> int:
        rows = UpliftModel.objects.of(version.store).filter(version=version)
        return rows.delete()[0]

    def sample(self, store: Store, as_of: datetime) -> Mapping[str, list[float]]:
        return inputs(read(store, as_of).trial)


def make(name: str, seed: int) -> Average | Personal:
    return Personal(seed) if name == PERSONAL else Average()


def parts(trial: Trial, seed: int) -> tuple[Trial, Trial]:
    """Each with both sides, or there is nothing to judge by."""
    teaches = np.random.default_rng(seed).random(len(trial.bought)) < TAUGHT
    both = trial.rows(teaches), trial.rows(~teaches)
    for part in both:
        treated = int(part.treated.sum())
        if min(treated, len(part.treated) - treated) < LEAST:
            raise TooLittleDataError(
                f"It takes {LEAST} customers on each side in both parts."
            )
    return both


def quality(name: str, past: Trial, later: Trial, seed: int) -> Quality:
    told = make(name, seed).fit(past).effects(later.numbers)
    # What the lot says of one customer: wildly off for each, right on average.
    chance = np.where(later.treated, later.share, later.share - 1)
    seen = later.bought / chance
    cases = -((seen - told) ** 2)
    marks = {
        "loss": float(-cases.mean()),
        "average_effect": float(told.mean()),
        "qini": grading.qini(told, later.treated, later.bought, later.share),
    }
    return Quality(cases, marks, told[:SAMPLED].tolist())


def inputs(trial: Trial) -> dict[str, list[float]]:
    """Samples of what it learns from; what is not known is left out."""
    found = {}
    for name in WATCHED:
        values = trial.numbers[:SAMPLED, trial.names.index(name)]
        found[name] = values[~np.isnan(values)].tolist()
    return found
