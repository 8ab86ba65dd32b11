"""A version's card: beside figures, what later trainings and the watch compare with."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from apps.registry.services import drift
from apps.registry.services.brain import Contest
from apps.registry.services.gate import Verdict

# Longer curves are thinned out here; the experiment log has them whole.
CURVE_POINTS = 200


def plain(contest: Contest) -> Contest:
    """Recipes as the database will give them back, so that they can be compared."""
    return replace(
        contest,
        parameters=json.loads(json.dumps(dict(contest.parameters))),
        learned=json.loads(json.dumps(dict(contest.learned))),
        humble_parameters=json.loads(json.dumps(dict(contest.humble_parameters))),
        metrics=finite(contest.metrics),
        baseline_metrics=finite(contest.baseline_metrics),
        champion_metrics=finite(contest.champion_metrics),
    )


def finite(figures: Mapping[str, float]) -> dict[str, float]:
    """JSON knows no NaN."""
    return {n: float(v) for n, v in figures.items() if math.isfinite(v)}


def card_of(contest: Contest, verdict: Verdict, trouble: str) -> dict[str, Any]:
    return {
        "serves": verdict.serve.value,
        "reasons": list(verdict.reasons),
        "against": {
            name: finite(interval.figures) for name, interval in verdict.against.items()
        },
        "checks": {
            check.name: {"value": float(check.value), "passes": check.passes}
            for check in contest.checks
            if math.isfinite(check.value)
        },
        "rivals": {name: finite(figures) for name, figures in contest.rivals.items()},
        "curves": {name: thinned(curve) for name, curve in contest.curves.items()},
        "inputs": {name: drift.bins_of(s) for name, s in contest.inputs.items()},
        "humble": contest.humble_name,
        "former": trouble,
    }


def thinned(curve: Sequence[float]) -> list[float]:
    step = max(1, math.ceil(len(curve) / CURVE_POINTS))
    return [float(value) for value in curve[::step] if math.isfinite(value)]
