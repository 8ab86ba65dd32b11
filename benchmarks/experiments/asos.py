"""Real tests of a fashion shop (Liu et al., 2021): ours against scipy, and what peeking does.

Some looks of the set saw one arm's figures late: the difference leaps by five standard
errors and is gone at the next look. No statistic can tell; two looks in a row can.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from scipy import stats

from ml_models.experiments import effect
from ml_models.experiments.difference import Difference, compare
from ml_models.experiments.effect import Effect
from ml_models.experiments.sequential import measure_always
from ml_models.experiments.sums import NotEnoughError, Sums
from ml_models.experiments.verdict import Answer, Plan, decide

KEYS = ("metric_id", "experiment_id", "variant_id")
ALPHA = 0.05


@dataclass(frozen=True)
class Story:
    """One arm against control in one metric: its effects at each look, time ascending."""

    usual: list[Effect]
    always: list[Effect]
    away: float

    def claims(self, looks: list[Effect], in_a_row: int = 1) -> list[Effect]:
        """The looks at which the last few all claimed the same side."""
        sides = [
            0 if look.p_value >= ALPHA else math.copysign(1, look.absolute)
            for look in looks
        ]
        return [
            look
            for number, look in enumerate(looks, 1)
            if number >= in_a_row
            and abs(sum(sides[number - in_a_row : number])) == in_a_row
        ]

    def is_false_stop(self, looks: list[Effect], in_a_row: int = 1) -> bool:
        """The first claim is one that the usual test at the end does not make."""
        end, claims = self.usual[-1], self.claims(looks, in_a_row)
        if not claims:
            return False
        same_side = (claims[0].absolute > 0) == (end.absolute > 0)
        return end.p_value >= ALPHA or not same_side


def measure(folder: Path) -> tuple[dict[str, float], list[dict[str, Any]]]:
    # 258 looks of the set lack a variance.
    checkpoints = pl.read_parquet(folder / "metrics.parquet").drop_nulls()
    checkpoints = checkpoints.sort(*KEYS, "time_since_start")
    stories: dict[int, list[Story]] = {}
    for key, looks in checkpoints.group_by(*KEYS, maintain_order=True):
        told = story(looks.to_dicts())
        if told is not None:
            stories.setdefault(int(str(key[0])), []).append(told)
    rows = [row(f"metric {metric}", told) for metric, told in stories.items()]
    every = [told for of_metric in stories.values() for told in of_metric]
    rows.append(row("all", every))
    figures = {
        "asos_largest_p_difference": max(told.away for told in every),
        "asos_false_stops_usual": float(rows[-1]["usual: end disagrees"]),
        "asos_false_stops_always": float(rows[-1]["always: end disagrees"]),
        "asos_false_stops_always_twice": float(
            rows[-1]["always, twice in a row: end disagrees"]
        ),
    }
    return figures, rows


def story(looks: list[dict[str, Any]]) -> Story | None:
    """None where a test has no look with people who differ."""
    last = looks[-1]
    # As if the size reached had been planned; these tests ran for a time set beforehand.
    target = 2 / (1 / last["count_c"] + 1 / last["count_t"])
    usual, always = [], []
    for look in looks:
        try:
            found = difference(look)
        except NotEnoughError:
            continue
        usual.append(effect.measure(found))
        always.append(measure_always(found, target))
    if not usual:
        return None
    return Story(usual, always, abs(usual[-1].p_value - scipy_p(last)))


def difference(look: dict[str, Any]) -> Difference:
    control, treatment = (
        Sums.of_stats(
            int(look[f"count_{arm}"]), look[f"mean_{arm}"], look[f"variance_{arm}"]
        )
        for arm in "ct"
    )
    return compare(control, treatment)


def scipy_p(look: dict[str, Any]) -> float:
    arms = [
        (look[f"mean_{arm}"], math.sqrt(look[f"variance_{arm}"]), look[f"count_{arm}"])
        for arm in "tc"
    ]
    return float(stats.ttest_ind_from_stats(*arms[0], *arms[1], equal_var=False).pvalue)


def row(name: str, stories: list[Story]) -> dict[str, Any]:
    plan = Plan(target=1, matters=0.01)
    answers = [decide(told.always[-1], plan) for told in stories]
    return {
        "metric": name,
        "tests": len(stories),
        "p against scipy, at most": f"{max(told.away for told in stories):.1e}",
        "usual, at the end: differs": sum(t.usual[-1].p_value < ALPHA for t in stories),
        **{f"always: {answer}": answers.count(answer) for answer in Answer},
        "usual: claims": sum(bool(t.claims(t.usual)) for t in stories),
        "usual: end disagrees": sum(t.is_false_stop(t.usual) for t in stories),
        "always: claims": sum(bool(t.claims(t.always)) for t in stories),
        "always: end disagrees": sum(t.is_false_stop(t.always) for t in stories),
        "always, twice in a row: claims": sum(
            bool(t.claims(t.always, 2)) for t in stories
        ),
        "always, twice in a row: end disagrees": sum(
            t.is_false_stop(t.always, 2) for t in stories
        ),
    }
