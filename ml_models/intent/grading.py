"""How good probabilities are. Every function takes (rows,) of truth and probability."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from ml_models.data import Floats
from ml_models.intent.visits import Bools

BINS = 10
# Further from the truth than this no single answer is judged.
FLOOR = 1e-6


def chances(log_odds: Floats) -> Floats:
    """Probabilities of log-odds."""
    found: Floats = 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))
    return found


def auc(truth: Bools, chance: Floats) -> float:
    """How often a buyer is put before another visitor; ties are half."""
    many = int(truth.sum())
    ranks = rankdata(chance)[truth].sum()
    return float((ranks - many * (many + 1) / 2) / (many * (len(truth) - many)))


def average_precision(truth: Bools, chance: Floats) -> float:
    """The share of buyers above each buyer, on average; equal chances come together."""
    order = np.argsort(-chance, kind="stable")
    ordered, hits = chance[order], np.cumsum(truth[order])
    last = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    precision = hits[last] / (last + 1)
    gained = np.diff(hits[last], prepend=0)
    return float((precision * gained).sum() / truth.sum())


def brier(truth: Bools, chance: Floats) -> float:
    return float(((chance - truth) ** 2).mean())


def calibration_error(truth: Bools, chance: Floats) -> float:
    """Expected calibration error: how far what was said lies from what came, on
    average over ten parts of equal size from the least to the most likely."""
    parts = np.array_split(np.argsort(chance, kind="stable"), BINS)
    gaps = [abs(chance[p].mean() - truth[p].mean()) * len(p) for p in parts if len(p)]
    return float(np.sum(gaps) / len(truth))


def surprise(truth: Bools, chance: Floats) -> Floats:
    """(rows,): the logarithmic loss of each, smaller is better."""
    kept = np.clip(chance, FLOOR, 1 - FLOOR)
    found: Floats = -np.log(np.where(truth, kept, 1 - kept))
    return found
