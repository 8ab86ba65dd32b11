"""What would have happened: worked out from the log, as figures and as a sentence."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from apps.recommendations.models import WhatIf
from apps.recommendations.services.what_if.change import changed
from apps.recommendations.services.what_if.gather import Gathered, gather
from apps.recommendations.services.what_if.policy import Other
from apps.recommendations.services.what_if.say import say, say_nothing
from ml_models.offpolicy.estimators import Estimate
from ml_models.offpolicy.evaluate import Evaluation, evaluate

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Answer:
    result: dict[str, Any]
    sentence: str


def work_out(question: WhatIf, at: datetime) -> Answer:
    """`at`: the moment as of which products are what they are."""
    change = changed(question.policy)
    other = Other(question.store, change, question.start_at, at)
    found = gather(question, other)
    result: dict[str, Any] = {
        "read": found.read,
        "shelves": found.shelves,
        "people": len(found.people),
        "is_cut": found.is_cut,
        "unknown": found.unknown,
        "variety": other.variety,
    }
    if not found.shelves:
        return Answer(result, say_nothing(found.unknown))
    return told(question, result, found)


def told(question: WhatIf, result: dict[str, Any], found: Gathered) -> Answer:
    clicks, orders = found.weighed()
    result["clicks"] = figures(evaluate(clicks))
    if orders.rewards.any():
        result["orders"] = figures(evaluate(orders))
    return Answer(result, say(result, days_of(question, found)))


def days_of(question: WhatIf, found: Gathered) -> int:
    """Those that were weighed: the newest part alone where the log was too long."""
    start_at = question.start_at
    if found.is_cut and found.oldest_at is not None:
        start_at = found.oldest_at
    return max(1, round((question.end_at - start_at) / DAY))


def figures(found: Evaluation) -> dict[str, Any]:
    """A shelf; infinite is None, which JSON can hold."""
    return {
        "estimates": {name: plain(one) for name, one in found.estimates.items()},
        "observed": plain(found.observed),
        "lift": plain(found.lift),
        "untried": found.untried,
        "rewarded": found.rewarded,
        "doubts": [doubt.value for doubt in found.doubts],
    }


def plain(one: Estimate) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in asdict(one).items()
    }
