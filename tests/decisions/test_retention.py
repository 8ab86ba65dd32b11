from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.decisions.services import outcomes, partitions, retention
from apps.decisions.services.log import log
from apps.decisions.services.sentence import because
from tests.conftest import NOW


def served(store, *, days_ago):
    decision = log(
        store,
        "a.served",
        "customer:1",
        chosen=1,
        reason=because("popular"),
        at=NOW - timedelta(days=days_ago),
    )
    outcomes.join((store, decision.id), "click", f"event:{decision.id}", NOW)
    return decision


def on_plan(store, plan):
    store.plan = plan
    store.save(update_fields=["plan"])
    return store


@pytest.mark.parametrize(
    ("plan", "days"), [("starter", 400), ("growth", 400), ("pro", 800)]
)
def test_it_forgets_what_the_plan_does_not_keep(store, plan, days):
    on_plan(store, plan)
    served(store, days_ago=days + 1)
    kept = served(store, days_ago=days - 1)
    assert retention.expire(NOW) == retention.Forgotten(0, 1, 1)
    assert list(Decision.objects.of(store)) == [kept]
    assert Outcome.objects.of(store).get().decision_id == kept.id


def test_it_keeps_everything_where_the_plan_has_no_limit(store):
    served(on_plan(store, "enterprise"), days_ago=5_000)
    assert retention.expire(NOW) == retention.Forgotten(0, 0, 0)


def test_it_asks_each_stores_own_plan(store, other_store):
    served(on_plan(store, "starter"), days_ago=500)
    kept = served(on_plan(other_store, "pro"), days_ago=500)
    retention.expire(NOW)
    assert list(Decision.objects.across_stores()) == [kept]


def test_it_works_through_many_chunks(store, monkeypatch):
    monkeypatch.setattr(retention, "CHUNK", 3)
    for _ in range(8):
        served(on_plan(store, "starter"), days_ago=500)
    assert retention.expire(NOW) == retention.Forgotten(0, 8, 8)


def test_closing_a_store_for_good_takes_its_log_along(store, other_store):
    served(store, days_ago=1)
    kept = served(other_store, days_ago=1)
    Store.objects.filter(pk=store.pk).delete()
    assert list(Decision.objects.across_stores()) == [kept]


@pytest.fixture
def months():
    partitions.keep_partitions(NOW)
    yield
    with connection.cursor() as cursor:
        for month in partitions.existing():
            cursor.execute(f"DROP TABLE {month.table}")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_drops_a_month_that_no_store_needs(store, months):
    served(on_plan(store, "starter"), days_ago=500)
    partitions.keep_partitions(NOW)
    assert len(partitions.existing()) == 5
    assert retention.expire(NOW) == retention.Forgotten(1, 0, 1)
    assert len(partitions.existing()) == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_leaves_a_month_that_one_store_needs(store, other_store, months):
    served(on_plan(store, "starter"), days_ago=500)
    kept = served(on_plan(other_store, "enterprise"), days_ago=500)
    partitions.keep_partitions(NOW)
    assert retention.expire(NOW) == retention.Forgotten(0, 1, 1)
    assert list(Decision.objects.across_stores()) == [kept]
