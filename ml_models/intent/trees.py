"""Gradient boosting by LightGBM, and its trees as lists that anything can walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import lightgbm
import numpy as np

from ml_models.data import Floats
from ml_models.intent.visits import Visits

LEAF = -1
FIXED = {
    "objective": "binary",
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}


def grow(
    visits: Visits, settings: Mapping[str, Any], rounds: int, seed: int
) -> lightgbm.Booster:
    """`settings`: of LightGBM."""
    places = [n for n, column in enumerate(visits.columns) if column.levels is not None]
    # Where little is known, a leaf may hold a few of it.
    least = min(int(settings["min_child_samples"]), max(2, len(visits.bought) // 50))
    data = lightgbm.Dataset(
        visits.values,
        visits.bought.astype(float),
        categorical_feature=places,
        params={"verbose": -1},
    )
    wanted = {**FIXED, **settings, "min_child_samples": least, "seed": seed}
    return lightgbm.train(wanted, data, num_boost_round=rounds)


def log_odds(booster: lightgbm.Booster, values: Floats) -> Floats:
    """(rows,)."""
    return np.asarray(booster.predict(values, raw_score=True), np.float64)


class Forest:
    """All trees in lists by node; `roots` say where each begins.

    A node asks its column: is it at most the threshold, or one of the levels in `sets` (it
    has no threshold then)? Yes goes left; what is missing goes where `missing_left` says. `values`: of a leaf
    what it adds, of any other node what its leaves add on average.
    """

    def __init__(self, booster: lightgbm.Booster) -> None:
        self.roots: list[int] = []
        self.columns: list[int] = []
        self.thresholds: list[float | None] = []
        self.lefts: list[int] = []
        self.rights: list[int] = []
        self.missing_left: list[bool] = []
        self.values: list[float] = []
        self.sets: dict[str, list[int]] = {}
        for tree in booster.dump_model()["tree_info"]:
            self.roots.append(len(self.columns))
            self.add(tree["tree_structure"])

    def add(self, node: Mapping[str, Any]) -> tuple[float, float]:
        """What its leaves add on average, and how many rows learned that."""
        place = len(self.columns)
        self.columns.append(LEAF)
        self.thresholds.append(0.0)
        self.lefts.append(0)
        self.rights.append(0)
        self.missing_left.append(False)
        self.values.append(0.0)
        if "leaf_value" in node:
            self.values[place] = float(node["leaf_value"])
            return self.values[place], float(node.get("leaf_count", 1))
        self.ask(place, node)
        self.lefts[place] = len(self.columns)
        left, many = self.add(node["left_child"])
        self.rights[place] = len(self.columns)
        right, more = self.add(node["right_child"])
        self.values[place] = (left * many + right * more) / max(many + more, 1.0)
        return self.values[place], many + more

    def ask(self, place: int, node: Mapping[str, Any]) -> None:
        self.columns[place] = int(node["split_feature"])
        if node["decision_type"] == "==":
            levels = str(node["threshold"]).split("||")
            self.sets[str(place)] = [int(level) for level in levels]
            self.thresholds[place] = None
            return
        threshold = self.thresholds[place] = float(node["threshold"])
        # Where none was missing while it learned, LightGBM takes a missing one for 0.
        self.missing_left[place] = (
            bool(node["default_left"])
            if node["missing_type"] == "NaN"
            else threshold >= 0
        )

    def document(self) -> dict[str, Any]:
        return dict(vars(self))
