from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import Q

from apps.accounts.models import Store
from apps.decisions.services.log import log
from apps.decisions.services.outcomes import join
from apps.decisions.services.rates import by_day
from apps.registry.services.trials import Trials
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
KIND = "recommendations.served"


def serve(store, days_ago, *, clicks=0, hours=0, kind=KIND, model="picks.mine#3"):
    at = NOW - timedelta(days=days_ago, hours=hours)
    decision = log(
        store, kind, "visitor:1", chosen=[1], reason={"code": "x"}, at=at,
        model_version=model,
    )  # fmt: skip
    for n in range(clicks):
        join((store, decision.pk), "click", f"event:{n}", at)


def rates(store, **more):
    return by_day(store, KIND, NOW - timedelta(days=3), NOW, **more)


def test_it_counts_decisions_and_those_that_worked(store, other_store):
    serve(store, 2, clicks=2)
    serve(store, 2)
    serve(store, 1, clicks=1)
    serve(store, 4, clicks=1)
    serve(store, 1, kind="pricing.suggested", clicks=1)
    serve(other_store, 1, clicks=1)
    assert rates(store) == [
        Trials(date(2026, 5, 30), 2, 1),
        Trials(date(2026, 5, 31), 1, 1),
    ]
    assert rates(store, outcome="order") == [
        Trials(date(2026, 5, 30), 2, 0),
        Trials(date(2026, 5, 31), 1, 0),
    ]


def test_it_counts_only_those_that_are_asked_for(store):
    serve(store, 1, clicks=1)
    serve(store, 1, model="picks.mine#4")
    serve(store, 1, model="picks.mine_too#1")
    mine = Q(model_version__startswith="picks.mine#")
    assert rates(store, where=mine) == [Trials(date(2026, 5, 31), 2, 1)]


def test_a_day_is_the_store_s_own(store):
    """13 hours before noon in UTC it is half past four in the next morning in Delhi."""
    Store.objects.filter(pk=store.pk).update(time_zone="Asia/Kolkata")
    store.refresh_from_db()
    serve(store, 1, hours=13)
    assert rates(store) == [Trials(date(2026, 5, 31), 1, 0)]
