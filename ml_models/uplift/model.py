"""What a message changes for each person, learned from a test in which the lot decided.

`Personal` is one logistic regression: base(x) + (treated - share) * shift(x), where x are
a person's numbers. What the base weighs is drawn a little to 0, how much the shift's
weights are is chosen:

1. People are weighted so that it is as if all had had the same chance of being treated.
2. For each penalty of the shift's weights, from endless (the same odds ratio for all) to
   weak, four fifths teach and the last fifth is foretold, five times.
3. How far foretold shifts lie apart is stretched or pressed to what these people showed,
   who taught nothing of it: to nothing at all where it was the wrong way round. A penalty
   so says which numbers matter, and no longer how much.
4. Of those within one standard error of the best, the strictest is taken.

The shift is in log-odds: whoever hardly ever buys is moved by fewer points than whoever
does sometimes. On the Hillstrom test this was worth more than anything else that was
tried (docs/uplift.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from scipy import special

from ml_models.data import Floats, Ints
from ml_models.uplift import grading
from ml_models.uplift.grading import Bools
from ml_models.value.logistic import solve

# In units of what the test itself knows of a shift's weight; strictest first.
PENALTIES = (np.inf, 16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25)
# So strict that nothing is left of a weight, and still a number.
ENDLESS = 1e12
FOLDS = 5
# Precisions of normal priors in log-odds, whatever the penalty: they decide only where
# hardly anybody was asked. A message that changes odds sevenfold is rare: 2 is one sd.
OF_BIAS, OF_WEIGHTS, OF_SHIFT = 0.01, 1.0, 0.25
# Of how far shifts lie apart: more than half in log-odds is rare.
OF_SPREAD = 4.0
# Shifts that lie apart no more than this do not.
SAME = 1e-6
# Log-odds beyond these are 0 or 1 to the last digit.
FARTHEST = 35.0


@dataclass(frozen=True)
class Trial:
    """numbers: (n, names), NaN where unknown; treated, bought: (n,). Who was treated was
    drawn by lot, each with the chance `share`: (n,), between 0 and 1."""

    names: tuple[str, ...]
    numbers: Floats
    treated: Bools
    bought: Bools
    share: Floats

    def rows(self, chosen: Bools | Ints) -> Trial:
        return Trial(
            self.names,
            self.numbers[chosen],
            self.treated[chosen],
            self.bought[chosen],
            self.share[chosen],
        )

    def check(self) -> None:
        """ValueError where nothing can be compared."""
        if not self.treated.any() or self.treated.all():
            raise ValueError("Somebody has to be treated, and somebody not.")
        if not ((self.share > 0) & (self.share < 1)).all():
            raise ValueError("Each share lies between 0 and 1.")


@dataclass(frozen=True)
class Reading:
    """How numbers are read: as logarithms, since money and counts are skewed.

    All (names,): log(1 + |x| / unit) with x's sign, kept from low to high, what was
    seen, less center, over scale.
    """

    names: tuple[str, ...]
    unit: Floats
    low: Floats
    high: Floats
    center: Floats
    scale: Floats

    @classmethod
    def nothing(cls, names: tuple[str, ...]) -> Self:
        """Where no number matters."""
        low, high, center = np.zeros((3, len(names)))
        unit, scale = np.ones((2, len(names)))
        return cls(names, unit, low, high, center, scale)

    @classmethod
    def of(cls, names: tuple[str, ...], numbers: Floats) -> Self:
        """Made from what people are like; whether they bought is not asked."""
        raw = cls.nothing(names)
        for place in range(len(names)):
            known = numbers[np.isfinite(numbers[:, place]), place]
            some = np.abs(known[known != 0])
            if not len(some):
                continue
            raw.unit[place] = np.median(some)
            logs = logarithms(known, raw.unit[place])
            raw.low[place], raw.high[place] = logs.min(), logs.max()
            raw.center[place] = logs.mean()
            raw.scale[place] = logs.std() if logs.std() > 1e-9 else 1.0
        return raw

    def columns(self, numbers: Floats) -> Floats:
        """(n, 2 names): each number, 0 where unknown; then whether it is unknown."""
        unknown = ~np.isfinite(numbers)
        logs = logarithms(np.where(unknown, 0.0, numbers), self.unit)
        read = (np.clip(logs, self.low, self.high) - self.center) / self.scale
        return np.column_stack([np.where(unknown, 0.0, read), unknown.astype(float)])

    def document(self) -> dict[str, Any]:
        lists = {
            name: getattr(self, name).tolist()
            for name in ("unit", "low", "high", "center", "scale")
        }
        return {"names": list(self.names), **lists}


class Average:
    """The humble one: the same for everybody."""

    name: ClassVar[str] = "average"

    def fit(self, trial: Trial) -> Self:
        trial.check()
        self.names = trial.names
        self.without, with_it = grading.sides(trial.treated, trial.bought, trial.share)
        self.effect = with_it - self.without
        return self

    def effects(self, numbers: Floats) -> Floats:
        """(n,): change of the chance of buying."""
        return np.full(len(numbers), self.effect)

    def document(self) -> dict[str, Any]:
        """All that `uplift_score.effect` needs, as plain JSON."""
        none = [0.0] * len(self.names)
        bias = float(np.clip(special.logit(self.without), -FARTHEST, FARTHEST))
        return {
            "model": self.name,
            **Reading.nothing(self.names).document(),
            "plain": {"bias": bias, "weights": none, "unknown": none},
            "sent": {"bias": 0.0, "weights": none, "unknown": none},
            "constant": self.effect,
        }


class Personal:
    """To each their own: see above."""

    name: ClassVar[str] = "personal"

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, trial: Trial) -> Self:
        trial.check()
        self.reading = Reading.of(trial.names, trial.numbers)
        columns = self.reading.columns(trial.numbers)
        share = float(trial.share.mean())
        weights = weights_of(trial, share)
        self.penalty, self.stretch = self.choose(trial, columns, weights, share)
        _, shift = learn(trial, columns, weights, share, self.penalty)
        # The base and what all have are learned anew beside what is stretched.
        kept = self.stretch * shift[1:]
        base, shift = learn(trial, columns, weights, share, np.inf, kept)
        shift[1:] = kept
        # Learned around the share, told from nobody treated.
        self.plain, self.sent = base - share * shift, shift
        return self

    def choose(
        self, trial: Trial, columns: Floats, weights: Floats, share: float
    ) -> tuple[float, float]:
        """The strictest penalty that is hardly worse than the best, and its stretch."""
        kind = 2 * trial.treated + trial.bought
        if np.bincount(kind, minlength=4).min() < FOLDS:
            return PENALTIES[0], 0.0
        fold = dealt(kind, self.seed)
        losses, stretches = np.empty((len(kind), len(PENALTIES))), []
        for place, penalty in enumerate(PENALTIES):
            base, shift = np.empty((2, len(kind)))
            for part in range(FOLDS):
                past, later = fold != part, fold == part
                found = learn(
                    trial.rows(past), columns[past], weights[past], share, penalty
                )
                base[later], shift[later] = (line(one, columns[later]) for one in found)
            losses[:, place], stretch = stretched(trial, base, shift, weights, share)
            stretches.append(stretch)
        more = losses - losses[:, [losses.mean(axis=0).argmin()]]
        error = more.std(axis=0) / np.sqrt(len(more))
        chosen = int(np.flatnonzero(more.mean(axis=0) <= error)[0])
        return PENALTIES[chosen], stretches[chosen]

    def effects(self, numbers: Floats) -> Floats:
        """(n,): change of the chance of buying."""
        columns = self.reading.columns(numbers)
        plain, sent = line(self.plain, columns), line(self.sent, columns)
        found: Floats = special.expit(plain + sent) - special.expit(plain)
        return found

    def document(self) -> dict[str, Any]:
        """All that `uplift_score.effect` needs, as plain JSON."""
        return {
            "model": self.name,
            **self.reading.document(),
            "plain": self.told(self.plain),
            "sent": self.told(self.sent),
            "constant": 0.0,
        }

    def told(self, found: Floats) -> dict[str, Any]:
        count = len(self.reading.names)
        return {
            "bias": float(found[0]),
            "weights": found[1 : count + 1].tolist(),
            "unknown": found[count + 1 :].tolist(),
        }


def weights_of(trial: Trial, share: float) -> Floats:
    """(n,): inverse probability, 1 for all where all had the same chance."""
    return np.where(trial.treated, share / trial.share, (1 - share) / (1 - trial.share))


def dealt(kind: Ints, seed: int) -> Ints:
    """(n,): which part each belongs to; each kind is dealt out alike."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(kind))
    order = order[np.argsort(kind[order], kind="stable")]
    fold = np.empty(len(kind), np.int64)
    fold[order] = np.arange(len(kind)) % FOLDS
    return fold


def learn(
    trial: Trial,
    columns: Floats,
    weights: Floats,
    share: float,
    penalty: float,
    around: Floats | float = 0.0,
) -> tuple[Floats, Floats]:
    """Base and shift, each (1 + columns,), the first of it what all have; around: what
    the shift's weights are drawn to."""
    ones = np.column_stack([np.ones(len(columns)), columns])
    features = np.column_stack([ones, ones * (trial.treated - share)[:, None]])
    chance = (trial.bought.sum() + 1) / (len(columns) + 2)
    known = len(columns) * chance * (1 - chance) * share * (1 - share)
    strict = min(OF_WEIGHTS + penalty * known, ENDLESS)
    count = columns.shape[1]
    precision = np.repeat([OF_BIAS, OF_WEIGHTS, OF_SHIFT, strict], [1, count, 1, count])
    center = np.zeros(len(precision))
    center[count + 2 :] = around
    found = solve(features, trial.bought.astype(float), weights, center, precision)
    return found[: count + 1], found[count + 1 :]


def stretched(
    trial: Trial, base: Floats, shift: Floats, weights: Floats, share: float
) -> tuple[Floats, float]:
    """(n,) of loss, and by how much to stretch how far shifts lie apart; base, shift:
    (n,), of people who taught nothing of them."""
    apart = shift - shift.mean()
    spread = max(float(apart.std()), SAME)
    if spread == SAME:
        apart[:] = 0.0
    sent = trial.treated - share
    features = np.column_stack([np.ones(len(base)), base, sent, sent * apart])
    hits = trial.bought.astype(float)
    precision = np.array([OF_BIAS, OF_BIAS, OF_SHIFT, OF_SPREAD * spread**2])
    found = solve(features, hits, weights, np.zeros(4), precision)
    if found[3] < 0:
        features[:, 3] = 0.0
        found = solve(features, hits, weights, np.zeros(4), precision)
    odds = features @ found
    return weights * (np.logaddexp(0, odds) - hits * odds), float(found[3])


def line(found: Floats, columns: Floats) -> Floats:
    """(n,): log-odds."""
    odds: Floats = found[0] + columns @ found[1:]
    return odds


def logarithms(values: Floats, unit: Floats | float) -> Floats:
    found: Floats = np.sign(values) * np.log1p(np.abs(values) / unit)
    return found
