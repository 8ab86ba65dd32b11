"""How often each variant is given, of tests that give more of what works better."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from apps.experiments.models import Experiment, Metric, Policy, Status, Variant
from apps.experiments.services.reckon import LOWER_IS_BETTER
from apps.experiments.services.reckon_people import count_people
from apps.experiments.services.running import forget
from ml_models.bandits import (
    Bandit,
    Counts,
    EpsilonGreedy,
    ThompsonBeta,
    ThompsonNormal,
)
from ml_models.data import Floats
from ml_models.experiments.sums import Sums

# Until then each is given by its share.
FIRST = 100
# Of a ratio each person has no number of their own; these stand in for it.
STANDS_FOR = {Metric.ORDER_VALUE: Metric.REVENUE}


def update_chances(experiment: Experiment, at: datetime) -> dict[int, float]:
    """Reckon and keep each variant's chance; empty while people are too few."""
    if experiment.policy == Policy.FIXED or experiment.status != Status.RUNNING:
        return {}
    metric = STANDS_FOR.get(Metric(experiment.metric), Metric(experiment.metric))
    variants = list(experiment.variants.all())
    counted = count_people(experiment, [metric], at)
    sums = [counted.of(metric, variant.pk) for variant in variants]
    if sum(one.count for one in sums) < FIRST or metric in LOWER_IS_BETTER:
        return {}
    chances = policy_of(experiment, metric, sums).chances(counts_of(sums))
    return keep(experiment, variants, chances)


def counts_of(sums: Sequence[Sums]) -> Counts:
    return Counts(
        np.array([one.count for one in sums], np.float64),
        np.array([one.y for one in sums]),
        np.array([one.yy for one in sums]),
    )


def policy_of(experiment: Experiment, metric: Metric, sums: Sequence[Sums]) -> Bandit:
    if experiment.policy == Policy.EPSILON:
        return EpsilonGreedy()
    if metric == Metric.BUYERS:
        return ThompsonBeta()
    people = sum(one.count for one in sums)
    mean = sum(one.y for one in sums) / people
    spread = max(sum(one.yy for one in sums) / people - mean * mean, 0.0) ** 0.5
    return ThompsonNormal(mean, spread or 1.0)


def keep(
    experiment: Experiment, variants: Sequence[Variant], chances: Floats
) -> dict[int, float]:
    for variant, chance in zip(variants, chances, strict=True):
        variant.chance = float(chance)
    Variant.objects.of(experiment.store).bulk_update(variants, ["chance"])
    forget(experiment.store)
    return {variant.pk: float(variant.chance or 0) for variant in variants}
