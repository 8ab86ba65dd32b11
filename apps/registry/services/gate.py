"""Whether a new model may take over. Pure: numbers in, a verdict in plain English out.

1. Nobody to judge by, or a sanity check failed: what serves stays as it is.
2. A new recipe must beat the humble baseline and the champion by a margin, and the
   interval of the paired difference must lie above zero.
3. The champion's own recipe on fresher data must only not be shown to be worse, since
   a model that is never renewed goes stale (docs/decisions/0016).
4. Where the challenger lost, what serves is renewed all the same: the champion's
   recipe, or the humble baseline where that is what serves, is shown to be better than
   the champion, or nothing serves yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.registry.services.brain import Check, Contest
from apps.registry.services.scores import with_scores

Quality = NDArray[np.float64]


class Serve(StrEnum):
    """Which recipe is fitted on everything and serves next."""

    CHALLENGER = "challenger"
    CHAMPION_AGAIN = "champion_again"
    HUMBLE = "humble"
    # What serves now stays, untouched.
    NOTHING_NEW = "nothing_new"


@dataclass(frozen=True)
class Bars:
    """Shares of the rival's mean quality; cases are customers, products, sessions."""

    gain: float = 0.01
    loss: float = 0.02
    cases: int = 20
    resamples: int = 2_000
    level: float = 0.95


@dataclass(frozen=True)
class Recipe:
    name: str
    parameters: Mapping[str, Any]
    # Names only: their values are new with each training.
    learns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Interval:
    """The mean difference of paired cases with its interval, and the means."""

    gain: float
    low: float
    high: float
    ours: float
    theirs: float
    cases: int

    def is_better(self, margin: float) -> bool:
        return self.low > 0 and self.gain >= margin * abs(self.theirs)

    def is_worse(self, margin: float) -> bool:
        return self.high < 0 and -self.gain >= margin * abs(self.theirs)

    def said(self, reason: str) -> str:
        return with_scores(reason, self.ours, self.theirs, self.cases)

    @property
    def figures(self) -> dict[str, float]:
        return {
            "gain": self.gain, "low": self.low, "high": self.high,
            "ours": self.ours, "theirs": self.theirs, "cases": self.cases,
        }  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """`reasons` say why the challenger does not serve; none where it does."""

    serve: Serve
    reasons: Sequence[str]
    against: Mapping[str, Interval]

    @property
    def reason(self) -> str:
        return " ".join(self.reasons)


def judge(
    contest: Contest,
    serving: Recipe | None,
    checks: Sequence[Check] = (),
    bars: Bars = Bars(),
) -> Verdict:
    """`serving`: the champion's recipe; `checks`: more than the brain's own."""
    unsound = troubles(contest, checks)
    if unsound:
        can_humble = serving is None and contest.humble_name and len(contest.humble)
        serve = Serve.HUMBLE if can_humble else Serve.NOTHING_NEW
        return Verdict(serve, unsound, {})
    against = {"humble": paired(contest.challenger, contest.humble, bars)}
    if contest.champion is not None and serving != humble_of(contest):
        against["champion"] = paired(contest.challenger, contest.champion, bars)
    learns = frozenset(contest.learned)
    is_renewal = serving == Recipe(contest.name, contest.parameters, learns)
    lost = losses(against, is_renewal=is_renewal, bars=bars)
    if not lost:
        return Verdict(Serve.CHALLENGER, (), against)
    return Verdict(instead(contest, serving, is_renewal, bars), lost, against)


def troubles(contest: Contest, checks: Sequence[Check]) -> list[str]:
    """What speaks against the whole contest, whoever won it."""
    arrays = [contest.challenger, contest.humble]
    arrays += [] if contest.champion is None else [contest.champion]
    if not len(contest.challenger):
        return ["There was nobody to judge it by."]
    if len({len(array) for array in arrays}) > 1:
        return ["The rivals were judged by different cases."]
    if not all(np.isfinite(array).all() for array in arrays):
        return ["Its quality is not a number."]
    failed = [check for check in (*contest.checks, *checks) if not check.passes]
    return [check.says for check in failed]


def losses(
    against: Mapping[str, Interval], *, is_renewal: bool, bars: Bars
) -> list[str]:
    """Why the challenger may not serve, one sentence for each rival that it lost to."""
    names = {"humble": "the simple rule", "champion": "the model that serves"}
    cases = against["humble"].cases
    if is_renewal:
        limits = {"humble": 0.0, "champion": bars.loss}
        return [
            interval.said(f"On new data it does worse than {names[rival]}")
            for rival, interval in against.items()
            if interval.is_worse(limits[rival])
        ]
    if cases < bars.cases:
        return [f"Only {cases} cases to judge it by; it takes {bars.cases}."]
    return [
        interval.said(f"It is not clearly better than {names[rival]}")
        for rival, interval in against.items()
        if not interval.is_better(bars.gain)
    ]


def instead(
    contest: Contest, serving: Recipe | None, is_renewal: bool, bars: Bars
) -> Serve:
    """What is made fresh where the challenger lost."""
    humble = humble_of(contest)
    if humble and serving in (None, humble):
        return Serve.HUMBLE
    if serving is None or contest.champion is None:
        return Serve.NOTHING_NEW
    has_cases = len(contest.humble) >= bars.cases
    if humble and has_cases:
        if paired(contest.humble, contest.champion, bars).is_better(bars.gain):
            return Serve.HUMBLE
    return Serve.NOTHING_NEW if is_renewal else Serve.CHAMPION_AGAIN


def humble_of(contest: Contest) -> Recipe | None:
    if contest.humble_name is None:
        return None
    return Recipe(contest.humble_name, contest.humble_parameters)


def paired(ours: Quality, theirs: Quality, bars: Bars) -> Interval:
    """Bootstrap of the mean difference: the same cases drawn for both. Seeded, so that
    the same contest gets the same verdict."""
    differences = np.asarray(ours, np.float64) - np.asarray(theirs, np.float64)
    rng = np.random.default_rng(0)
    count = len(differences)
    # Ten million draws at a time: memory is bounded whatever the shop's size.
    means = np.empty(bars.resamples)
    step = max(1, 10_000_000 // count)
    for start in range(0, bars.resamples, step):
        size = min(step, bars.resamples - start)
        drawn = rng.integers(0, count, (size, count), dtype=np.int32)
        means[start : start + size] = differences[drawn].mean(axis=1)
    tail = (1 - bars.level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(
        gain=float(differences.mean()),
        low=float(low),
        high=float(high),
        ours=float(np.mean(ours)),
        theirs=float(np.mean(theirs)),
        cases=count,
    )
