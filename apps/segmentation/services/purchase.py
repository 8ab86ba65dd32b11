"""Will this visit bring an order? What a shop's server asks while somebody looks around.

`predict` reads the visit as far as it came and what was known of the visitor before it
began: a query each for the visits, for what was done with products, for who the customer
was before a merge, for the orders and for which model serves, whose document each process
keeps; one more where a visit is asked by its key.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Store
from apps.segmentation.services.purchase_actions import Action, Situation, recommend
from apps.segmentation.services.purchase_model import (
    Prior,
    Serving,
    prior_of,
    serving_of,
)
from apps.segmentation.services.purchase_numbers import LABELS, Value
from apps.segmentation.services.purchase_score import Score
from apps.segmentation.services.purchase_visit import Visit, under_way

# So many factors are told, the weightiest first.
TOLD = 6


@dataclass(frozen=True)
class Factor:
    """`effect`: what it adds to the log-odds, beside an average visit. `value` is None
    where it is not known, which says something, too."""

    name: str
    label: str
    value: Value | None
    effect: float


@dataclass(frozen=True)
class Prediction:
    """`low` to `high`: how far the model's members disagree (purchase_score.py), or what
    so few visits tell of the store's rate. `session` is empty where no visit is under way: then it is about one that would begin.
    `model_version` is empty where no model was asked."""

    session: str
    purchase_probability: float
    low: float
    high: float
    predicted_value: float
    factors: Sequence[Factor]
    recommended_actions: Sequence[Action]
    model_version: str

    @property
    def confidence_score(self) -> float:
        return 1 - (self.high - self.low)


def predict(
    store: Store, at: datetime, *, visitor: str = "", session: str = ""
) -> Prediction:
    """Of the visitor's visit under way, or of this session. `at` is now: what a visit's
    row has counted is not taken apart by time."""
    visit = under_way(store, at, visitor, session)
    if visit is None:
        return by_prior(prior_of(store, at), Visit("", {}, None, None))
    if visit.ordered is not None:
        done = recommend(Situation(1.0, 1.0, visit.numbers, has_ordered=True))
        return Prediction(visit.key, 1.0, 1.0, 1.0, visit.ordered, (), done, "")
    serving = serving_of(store)
    if serving is None:
        return by_prior(prior_of(store, at), visit)
    return by_model(serving, visit)


def by_model(serving: Serving, visit: Visit) -> Prediction:
    found = serving.asked(visit.numbers)
    chance = found.probability
    situation = Situation(chance, serving.rate, visit.numbers, visit.overdue)
    return Prediction(
        visit.key,
        chance,
        found.low,
        found.high,
        chance * serving.basket(float(visit.numbers["in_cart"])),
        factors_of(serving, found, visit.numbers),
        recommend(situation),
        serving.version,
    )


def by_prior(prior: Prior, visit: Visit) -> Prediction:
    """The store's own rate: nothing is known of visits like this one yet, so nothing
    is advised that takes an order for likely or not."""
    situation = Situation(None, prior.rate, visit.numbers, visit.overdue)
    in_cart = float(visit.numbers.get("in_cart", 0.0))
    return Prediction(
        visit.key,
        prior.rate,
        prior.low,
        prior.high,
        prior.rate * (in_cart if in_cart > 0 else prior.basket),
        (),
        recommend(situation),
        "",
    )


def factors_of(
    serving: Serving, found: Score, numbers: Mapping[str, Value]
) -> tuple[Factor, ...]:
    told = [
        Factor(name, LABELS[name], plain(numbers[name]), effect)
        for name, effect in zip(serving.names, found.parts, strict=True)
        if effect
    ]
    told.sort(key=lambda factor: -abs(factor.effect))
    return tuple(told[:TOLD])


def plain(value: Value) -> Value | None:
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
