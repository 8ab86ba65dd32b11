"""Tests of a shop, written down as the API does, and what looks at them found."""

from __future__ import annotations

from datetime import timedelta

from apps.experiments.models import Kind, Metric, Reading
from apps.experiments.services import draft, life
from apps.experiments.services.draft import Branch
from tests.conftest import NOW

TWO = (
    Branch("As it is today", is_control=True),
    Branch("No shelf", config={"show": False}),
)


def a_draft(store, name="Shelf or none", branches=TWO, layer="", **fields):
    told = {"kind": Kind.SHELF, "place": "shelf:home", "name": name, **fields}
    return draft.create(store, told, branches, NOW, layer=layer)


def started(store, name="Shelf or none", branches=TWO, **fields):
    return life.start(a_draft(store, name, branches, **fields), NOW)


def read(experiment, days=1, metric=Metric.REVENUE, **values):
    """A reading for each of so many days, and the last one's word on the test."""
    variant = values.pop("variant", None)
    variant = variant or experiment.variants.filter(is_control=False).first()
    told = {
        "control_people": 1_000, "people": 1_010, "control_mean": 4.0, "mean": 4.4,
        "absolute": 0.4, "low": 0.1, "high": 0.7, "relative": 0.1,
        "is_judged": True, "chance_better": 0.99, "expected_loss": 0.001, "variance_left": 0.8,
        "answer": "better", "days_left": 3,
        "sentence": "Better: revenue rose by 10.0 %; the truth lies between +2.5 % and +17.5 %.",
        **values,
    }  # fmt: skip
    for day in range(days):
        width = 0.075 * (days / (day + 1)) ** 0.5
        told["relative_low"] = told["relative"] - width
        told["relative_high"] = told["relative"] + width
        row = Reading.objects.create(
            store=experiment.store, experiment=experiment, variant=variant,
            phase=experiment.phase, metric=metric, computed_at=NOW,
            on=(NOW + timedelta(days=day)).date(), **told,
        )  # fmt: skip
    if metric == experiment.metric:
        experiment.verdict, experiment.looked_at = told["answer"], NOW
        experiment.save(update_fields=["verdict", "looked_at"])
    return row
