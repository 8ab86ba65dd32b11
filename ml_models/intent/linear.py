"""A logistic regression on well-made numbers.

Each number becomes: is it missing, is it zero, its logarithm, and that logarithm's rise
past each of some knots (so that a line may bend). Two numbers together become the product
of their logarithms, a category one flag for each of its levels. All terms are centered:
what a weight adds is added beside the average visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from ml_models.data import Floats
from ml_models.intent.visits import Visits

# Of what visits have, those are not zero.
KNOTS = (0.1, 0.25, 0.5, 0.75, 0.9)
STEPS = 500
# More numbers than these have more pairs than visits can teach.
MOST_PAIRED = 15


@dataclass(frozen=True)
class Number:
    """How one number is read: log(1 + |x| / scale) with x's sign, kept within what was
    seen, in standard deviations."""

    column: int
    scale: float
    mean: float
    sd: float
    low: float
    high: float
    knots: tuple[float, ...]

    def read(self, values: Floats) -> Floats:
        """(rows,): 0, the average, where nothing is known."""
        logs = np.sign(values) * np.log1p(np.abs(values) / self.scale)
        found = (np.clip(logs, self.low, self.high) - self.mean) / self.sd
        return np.where(np.isnan(values), 0.0, found)


@dataclass(frozen=True)
class Terms:
    """numbers: as they are read; categories: (column, levels); pairs: places in
    `numbers`; means and sds: (terms,)."""

    numbers: tuple[Number, ...]
    categories: tuple[tuple[int, int], ...]
    pairs: tuple[tuple[int, int], ...]
    means: Floats
    sds: Floats

    def centered(self, values: Floats) -> Floats:
        """(rows, terms)."""
        return laid_out(self.numbers, self.categories, self.pairs, values) - self.means

    def document(self) -> dict[str, Any]:
        return {
            "numbers": [vars(number) for number in self.numbers],
            "categories": self.categories,
            "pairs": self.pairs,
            "means": self.means.tolist(),
        }


def terms_of(visits: Visits, has_pairs: bool = True) -> Terms:
    """Made from what visits are like; whether they bought is not asked."""
    numbers = tuple(
        number_of(place, visits.values[:, place])
        for place, column in enumerate(visits.columns)
        if column.levels is None
    )
    categories = tuple(
        (place, len(column.levels))
        for place, column in enumerate(visits.columns)
        if column.levels is not None
    )
    count = len(numbers) if has_pairs and len(numbers) <= MOST_PAIRED else 0
    pairs = tuple((a, b) for a in range(count) for b in range(a))
    raw = laid_out(numbers, categories, pairs, visits.values)
    sds = raw.std(axis=0)
    return Terms(numbers, categories, pairs, raw.mean(axis=0), np.where(sds, sds, 1.0))


def number_of(column: int, values: Floats) -> Number:
    known = values[~np.isnan(values)]
    some = np.abs(known[known != 0])
    scale = float(np.median(some)) if len(some) else 1.0
    logs = np.sign(known) * np.log1p(np.abs(known) / scale)
    if not len(logs):
        return Number(column, scale, 0.0, 1.0, 0.0, 0.0, ())
    mean, sd = float(logs.mean()), float(logs.std()) or 1.0
    filled = logs[logs != 0]
    bends = np.quantile(filled, KNOTS) if len(filled) else np.empty(0)
    knots = tuple(np.unique((bends - mean) / sd).tolist())
    return Number(column, scale, mean, sd, float(logs.min()), float(logs.max()), knots)


def laid_out(
    numbers: tuple[Number, ...],
    categories: tuple[tuple[int, int], ...],
    pairs: tuple[tuple[int, int], ...],
    values: Floats,
) -> Floats:
    """(rows, terms)."""
    read = [number.read(values[:, number.column]) for number in numbers]
    terms = []
    for number, found in zip(numbers, read, strict=True):
        raw = values[:, number.column]
        terms += [np.isnan(raw).astype(float), (raw == 0).astype(float), found]
        terms += [np.maximum(found - knot, 0.0) for knot in number.knots]
    for column, levels in categories:
        terms += [(values[:, column] == level).astype(float) for level in range(levels)]
    terms += [read[a] * read[b] for a, b in pairs]
    return np.column_stack(terms) if terms else np.empty((len(values), 0))


def weights_of(terms: Terms, visits: Visits, strength: float, seed: int) -> Floats:
    """(1 + terms,): what the average visit has in log-odds, then a weight for each
    term. `strength`: how freely weights may grow."""
    model = LogisticRegression(C=strength, max_iter=STEPS, random_state=seed)
    model.fit(terms.centered(visits.values) / terms.sds, visits.bought)
    return np.concatenate([model.intercept_, model.coef_[0] / terms.sds])


def log_odds(terms: Terms, weights: Floats, values: Floats) -> Floats:
    """(rows,)."""
    found: Floats = weights[0] + terms.centered(values) @ weights[1:]
    return found
