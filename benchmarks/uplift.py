"""`make bench-uplift DATA=folder`: whom does a message move?

DATA/hillstrom_email/customers.parquet: one e-mail (ARM, the women's where not said)
against none, outcome visit. Five folds, stratified by who got it, as the baselines have
them, dealt REPEATS times; what a method chooses, it chooses inside the four that teach.

Each fold is graded by itself and the five averaged. "pooled" grades all together, as the
baselines do: there a fold whose people happened to be moved more was taught by people
who happened to be moved less, so that every method that learns a level loses. "+-" is how
the deals differ; how much chance there is in who was asked at all, the figures tell:
`*_se`, by drawing people anew.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from apps.segmentation.services.uplift_score import effect
from benchmarks.report import publish
from ml_models.data import Floats
from ml_models.uplift import grading
from ml_models.uplift.model import Average, Personal, Trial

SET = "hillstrom_email"
FOR_WOMEN = "Womens E-Mail"  # codespell:ignore womens
ARM, NONE = os.environ.get("ARM", FOR_WOMEN), "No E-Mail"
NUMBERS = ("recency", "history", "mens", "womens", "newbie")  # codespell:ignore womens
CATEGORIES = ("zip_code", "channel")
FOLDS, REPEATS, DRAWS = 5, 5, 200
OURS, RULE, TWO = "personal", "bought womenswear before", "T-learner LightGBM"
Row = dict[str, Any]
# Of the trial that teaches, the effects on those whose numbers these are.
Rival = Callable[[Trial, Floats], Floats]


def hillstrom(folder: Path) -> Trial:
    raw = pd.read_parquet(folder / SET / "customers.parquet")
    raw = raw[raw["segment"].isin((ARM, NONE))]
    numbers = pd.get_dummies(raw[[*NUMBERS, *CATEGORIES]], columns=list(CATEGORIES))
    treated = raw["segment"].to_numpy() == ARM
    return Trial(
        tuple(numbers.columns),
        numbers.to_numpy(float),
        treated,
        raw["visit"].to_numpy().astype(bool),
        # By lot, the same for all.
        np.full(len(raw), treated.mean()),
    )


def average(past: Trial, asked: Floats) -> Floats:
    return Average().fit(past).effects(asked)


def rule(past: Trial, asked: Floats) -> Floats:
    return asked[:, past.names.index("womens")]  # codespell:ignore womens


def personal(past: Trial, asked: Floats) -> Floats:
    """By what the web has: the document, read back from its text."""
    document = json.loads(json.dumps(Personal().fit(past).document()))
    people = (dict(zip(past.names, row, strict=True)) for row in asked.tolist())
    return np.array([effect(document, person)[1] for person in people])


def settings() -> dict[str, Any]:
    """Of the baselines."""
    return {
        "n_estimators": 60, "learning_rate": 0.04, "num_leaves": 6,
        "min_child_samples": 300, "reg_lambda": 20, "verbose": -1, "n_jobs": 1,
        "random_state": 1,
    }  # fmt: skip


def chances(past: Trial, asked: Floats) -> Floats:
    model = lightgbm.LGBMClassifier(**settings()).fit(past.numbers, past.bought)
    return np.asarray(model.predict_proba(asked))[:, 1]


def amounts(numbers: Floats, target: Floats, asked: Floats) -> Floats:
    model = lightgbm.LGBMRegressor(**settings()).fit(numbers, target)
    return np.asarray(model.predict(asked))


def two_models(past: Trial, asked: Floats) -> Floats:
    on, off = past.rows(past.treated), past.rows(~past.treated)
    return chances(on, asked) - chances(off, asked)


def crossed(past: Trial, asked: Floats) -> Floats:
    """X-learner: what the other side's model makes of each, taught again."""
    on, off = past.rows(past.treated), past.rows(~past.treated)
    gained = amounts(on.numbers, on.bought - chances(off, on.numbers), asked)
    missed = amounts(off.numbers, chances(on, off.numbers) - off.bought, asked)
    share = float(past.share.mean())
    return share * missed + (1 - share) * gained


def transformed(past: Trial, asked: Floats) -> Floats:
    """One regression on an outcome whose mean is the effect."""
    sign = past.treated / past.share - ~past.treated / (1 - past.share)
    return amounts(past.numbers, past.bought * sign, asked)


RIVALS: dict[str, Rival] = {
    Average.name: average,
    RULE: rule,
    TWO: two_models,
    "X-learner LightGBM": crossed,
    "transformed outcome LightGBM": transformed,
    OURS: personal,
}


def marks(trial: Trial, effects: Floats) -> tuple[float, float]:
    who = trial.treated, trial.bought
    return (
        grading.qini(effects, *who, trial.share),
        grading.uplift_of_top(effects, *who, share=trial.share),
    )


def dealt(trial: Trial, rival: Rival, seed: int) -> tuple[list[float], Floats]:
    """Qini and top of the folds, averaged, then of all pooled; each one's effect."""
    found, effects = [], np.zeros(len(trial.bought))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for past, later in folds.split(trial.numbers, trial.treated):
        effects[later] = rival(trial.rows(past), trial.numbers[later])
        found.append(marks(trial.rows(later), effects[later]))
    return [*np.mean(found, axis=0), *marks(trial, effects)], effects


def shown(values: Floats) -> str:
    return f"{values.mean():.4f} +-{values.std(ddof=1):.4f}"


def compared(trial: Trial, figures: dict[str, float]) -> Iterator[Row]:
    first: dict[str, Floats] = {}
    for name, rival in RIVALS.items():
        deals = [dealt(trial, rival, seed) for seed in range(REPEATS)]
        found = np.array([values for values, _ in deals])
        first[name] = deals[0][1]
        key = name.replace(" ", "_").lower()
        figures[f"qini_{key}"], figures[f"top_{key}"] = found.mean(axis=0)[:2]
        yield {
            "method": name,
            "Qini": shown(found[:, 0]),
            "top 30 %": shown(found[:, 1]),
            "Qini, pooled": shown(found[:, 2]),
            "top 30 %, pooled": shown(found[:, 3]),
        }
    for name, rival_name in (("rule", RULE), ("t_learner", TWO)):
        ours, theirs = first[OURS], first[rival_name]
        more = np.std(list(drawn(trial, ours, theirs)), axis=0)
        figures[f"qini_margin_{name}_se"], figures[f"top_margin_{name}_se"] = more


def drawn(trial: Trial, ours: Floats, theirs: Floats) -> Iterator[Floats]:
    """How far ours is ahead, pooled, with people drawn anew."""
    random = np.random.default_rng(0)
    for _ in range(DRAWS):
        rows = random.integers(0, len(ours), len(ours))
        some = trial.rows(rows)
        yield np.subtract(marks(some, ours[rows]), marks(some, theirs[rows]))


def main() -> None:
    if "DATA" not in os.environ:
        sys.exit("Say where the data is: make bench-uplift DATA=folder")
    trial = hillstrom(Path(os.environ["DATA"]))
    found = grading.average(trial.treated, trial.bought, trial.share)
    names = ("average_effect", "average_low", "average_high")
    figures: dict[str, float] = dict(zip(names, found, strict=True))
    rows = list(compared(trial, figures))
    publish("uplift", figures, rows)
    for name, value in figures.items():
        sys.stdout.write(f"{name}: {value:.5f}\n")


if __name__ == "__main__":
    main()
