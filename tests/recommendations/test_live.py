from __future__ import annotations

from datetime import timedelta

import pytest

from apps.decisions.services import outcomes
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.recommendations.services.learning.people import Personal
from apps.registry.services.brain import LiveMetric, Trials
from tests.conftest import NOW
from tests.experiments.made import holdout
from tests.recommendations.goods import NEVER, product

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_clicks_are_counted_by_day_and_kind(store, other_store):
    for shop in (store, other_store):
        product(shop, "coat")
    for number in range(3):
        found = answer(store, Ask(), NOW - DAY, NEVER)
        if number:
            # Twice on one shelf is one shelf that was clicked.
            for source in ("click:1", "click:2"):
                outcomes.join((store, found.decision_id), "click", source, NOW)
    answer(store, Ask(), NOW, NEVER)
    answer(store, Ask(kind="new"), NOW, NEVER)
    answer(other_store, Ask(), NOW, NEVER)
    answer(store, Ask(), NOW - 9 * DAY, NEVER)
    brain = Personal()
    assert isinstance(brain, LiveMetric)
    assert brain.live(store, NOW - 7 * DAY, NOW + DAY) == [
        Trials((NOW - DAY).date(), 3, 2),
        Trials(NOW.date(), 1, 0),
    ]


def test_who_is_left_alone_is_no_trial(store):
    product(store, "coat")
    holdout(store, 1.0)
    answer(store, Ask(visitor="v"), NOW, NEVER)
    answer(store, Ask(), NOW, NEVER)
    assert Personal().live(store, NOW - DAY, NOW + DAY) == [Trials(NOW.date(), 1, 0)]
