"""Pieces of the work, each done in a process of its own, so that its peak of memory is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recs.judge import measure, validate
from benchmarks.recs.peers import PEERS, made
from benchmarks.recs.sets import SETS, Trial
from ml_models.recommenders.all import make
from ml_models.recommenders.choose import SINGLES, Chosen, choose_by
from ml_models.recommenders.ease import TooManyProductsError
from ml_models.recommenders.learned import Recipe

Row = dict[str, Any]
# Cases of the validation that the champion is chosen by.
MOST_CASES = 9_000
SEED = 0


@dataclass(frozen=True)
class Place:
    """Which trial: a process reads it itself."""

    folder: Path
    name: str
    number: int

    def read(self) -> Trial:
        return SETS[self.name](self.folder)[self.number]


def run_peer(place: Place, number: int) -> list[Row]:
    """One row by the published settings, one by those that did best on the validation."""
    trial, peer = place.read(), PEERS[number]
    products = trial.known.product_count
    sessions = place.name.startswith("eshop")
    try:
        first = measure(made(peer, peer.published, products, sessions), trial)
    except TooManyProductsError as error:
        return [{"model": peer.label, "settings": str(error), "ndcg": 0.0}]
    rows = [
        {
            "model": peer.label,
            "settings": "published",
            "ndcg": first.ndcg,
            **first.row(),
        }
    ]
    best = tune(trial, number, sessions)
    if best is not None and best != peer.published:
        second = measure(made(peer, best, products, sessions), trial)
        shown = "tuned: " + ", ".join(f"{key}={best[key]}" for key in best)
        rows.append(
            {
                "model": peer.label,
                "settings": shown,
                "ndcg": second.ndcg,
                **second.row(),
            }
        )
    return rows


def tune(trial: Trial, number: int, sessions: bool) -> Mapping[str, Any] | None:
    """The settings that did best on the validation; None where it is too large to try."""
    peer, products = PEERS[number], trial.known.product_count
    if peer.model == "ease" and products > 12_000:
        return None
    tried = [peer.published, *peer.tuned]
    values = [validate(made(peer, one, products, sessions), trial) for one in tried]
    return tried[int(np.argmax(values))]


def run_choice(place: Place, skipped: Sequence[str]) -> Chosen:
    """The champion, chosen by the validation alone."""
    trial = place.read()
    exam = trial.validation
    if len(exam) > MOST_CASES:
        chance = np.random.default_rng(SEED)
        exam = exam.part(np.sort(chance.choice(len(exam), MOST_CASES, replace=False)))
    singles = {name: line for name, line in SINGLES.items() if line[0] not in skipped}
    return without_grades(
        choose_by(trial.past, exam, trial.goods, SEED, singles=singles)
    )


def run_recipe(place: Place, label: str, recipe: Recipe, note: str) -> list[Row]:
    """One of our models, learned anew from all before the test."""
    trial = place.read()
    found = measure(make(recipe.name, recipe.config, SEED), trial)
    return [{"model": label, "settings": note, "ndcg": found.ndcg, **found.row()}]


def settings_of(recipe: Recipe) -> str:
    """What was chosen, in a few words."""
    config = dict(recipe.config)
    if recipe.name == "blend":
        members = ", ".join(member["name"] for member in config["members"])
        return f"of {members}"
    return ", ".join(f"{key}={value}" for key, value in config.items()) or "default"


def without_grades(chosen: Chosen) -> Chosen:
    """Smaller to hand from one process to another."""
    return replace(chosen, grades={})
