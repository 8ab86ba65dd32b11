"""The few who are left alone from the beginning, so that all of it can be measured."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.accounts.models import Store
from apps.decisions.models import Suggestion
from apps.experiments.models import Experiment, Kind, Metric, Variant
from apps.experiments.services import life
from apps.registry.models import ModelVersion

KEY = "left-alone"
LEFT_ALONE = 0.05


def ensure(store: Store, at: datetime) -> Experiment | None:
    """Open the holdout of everything once anything is done at all; None where there is
    one, or was: who stopped it did so on purpose."""
    holdouts = Experiment.objects.of(store).holdouts()
    if holdouts.filter(place="").exists() or not does_anything(store):
        return None
    try:
        with transaction.atomic():
            return life.start(make(store, at), at)
    except IntegrityError:
        # Another worker, or a person, was faster.
        return None


def does_anything(store: Store) -> bool:
    return (
        ModelVersion.objects.of(store).champions().exists()
        or Suggestion.objects.of(store).exclude(applied_at=None).exists()
    )


def make(store: Store, at: datetime) -> Experiment:
    experiment = Experiment.objects.create(
        store=store,
        key=KEY,
        name="People left alone",
        hypothesis="What all of it together is worth, against doing nothing.",
        kind=Kind.HOLDOUT,
        place="",
        metric=Metric.REVENUE,
        guards=[Metric.BUYERS, Metric.REFUND_SHARE],
        created_at=at,
    )
    for key, name, share, is_control in (
        ("held-out", "Left alone", LEFT_ALONE, True),
        ("everyone", "Everyone else", 1 - LEFT_ALONE, False),
    ):
        Variant.objects.create(
            store=store,
            experiment=experiment,
            key=key,
            name=name,
            share=share,
            is_control=is_control,
        )
    return experiment
