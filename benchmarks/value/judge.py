"""How well scores, chances and amounts agree with what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from sklearn.metrics import brier_score_loss, roc_auc_score

from ml_models.data import Floats
from ml_models.value.rfm import Outcome

CHAMPION = "champion"
Row = dict[str, Any]
BINS = 10
DRAWS = 20


@dataclass(frozen=True)
class Answer:
    """(customers,) each; None: the model does not say. A score is only an order."""

    score: Floats
    chances: Floats | None = None
    spend: Floats | None = None
    low: Floats | None = None
    high: Floats | None = None


def marks(answer: Answer, told: Outcome) -> dict[str, float]:
    """Every mark that the answer allows."""
    found = {"AUC": float(roc_auc_score(told.bought, answer.score))}
    if answer.chances is not None:
        found["Brier"] = float(brier_score_loss(told.bought, answer.chances))
        found["ECE"] = ece(told.bought, answer.chances)
    if answer.spend is not None:
        total = told.spend.sum()
        best = np.argsort(-answer.spend)[: max(1, len(told.spend) // 10)]
        found["total error"] = float(answer.spend.sum() / total - 1)
        found["MAE"] = float(np.abs(answer.spend - told.spend).mean())
        found["Spearman"] = float(stats.spearmanr(answer.spend, told.spend)[0])
        found["top 10 %"] = float(told.spend[best].sum() / total)
    if answer.low is not None and answer.high is not None:
        inside = (told.spend >= answer.low - 1e-9) & (told.spend <= answer.high + 1e-9)
        found["coverage"] = float(inside.mean())
        # What "between 0 and 0" for everybody would hold, which serves nobody.
        found["of nothing"] = float((told.spend <= 0).mean())
        buyers = told.bought > 0
        found["of buyers"] = float(inside[buyers].mean()) if buyers.any() else 1.0
    return found


def ece(bought: Floats, chances: Floats) -> float:
    """The mean distance of chances and shares over bins of as many customers each."""
    edges = np.unique(np.quantile(chances, np.linspace(0, 1, BINS + 1)))
    # A chance on an edge belongs to the bin below it, as pandas.qcut has it.
    bins = np.clip(np.searchsorted(edges, chances, side="left") - 1, 0, None)
    gaps = np.bincount(bins, bought - chances)
    return float(np.abs(gaps).sum() / len(bought))


def ece_by_chance(chances: Floats) -> float:
    """The error that chances would show although each of them is exactly right."""
    dice = np.random.default_rng(0)
    draws = [
        ece((dice.random(len(chances)) < chances).astype(np.float64), chances)
        for _ in range(DRAWS)
    ]
    return float(np.mean(draws))


def figures(rows: list[Row]) -> dict[str, float]:
    """The promises: over the sets, the champion against the best of the others in each."""
    ours = [row for row in rows if row["model"] == CHAMPION]
    margins = [
        row["AUC"]
        - max(
            peer["AUC"]
            for peer in rows
            if peer["set"] == row["set"] and peer is not row and "AUC" in peer
        )
        for row in ours
    ]
    return {
        "sets": float(len(ours)),
        "auc_margin_mean": sum(margins) / len(margins),
        "auc_margin_min": min(margins),
        "ece_max": max(row["ECE"] for row in ours),
        "total_error_max": max(abs(row["total error"]) for row in ours),
        "coverage_min": min(row["coverage"] for row in ours),
        "coverage_max": max(row["coverage"] for row in ours),
    }
