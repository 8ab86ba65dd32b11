"""Days of events: made ahead, dropped when no store's plan keeps them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import Store
from apps.accounts.plans import PlanName
from apps.core.ids import uuid7
from apps.events.models import Event, EventBatch, Metric, Tracking
from apps.events.services import batches, clear, partitions, retention, roll
from apps.events.services.engines.chosen import engine
from apps.events.services.rows import Row

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def put(store, *days_ago: float, now=NOW):
    rows = []
    for days in days_ago:
        at = now - timedelta(days=days)
        ms = round(at.timestamp() * 1000)
        rows.append(
            Row(uuid7(at).bytes, ms, "search", "v", "s", None, None, None, None, None,
                "", b"{}", b"{}")
        )  # fmt: skip
    engine().append([engine().prepare(store.pk, rows)], len(rows), now)


def ages(store):
    rows = Event.objects.of(store).order_by("at").values_list("at", flat=True)
    return [(NOW - at).days for at in rows]


@pytest.mark.parametrize(
    ("plan", "days_kept", "left"),
    [
        (PlanName.STARTER, None, [6, 1]),
        (PlanName.STARTER, 3, [1]),
        (PlanName.STARTER, 99, [6, 1]),
        (PlanName.GROWTH, None, [80, 8, 6, 1]),
        (PlanName.ENTERPRISE, None, [800, 80, 8, 6, 1]),
        (PlanName.ENTERPRISE, 10, [8, 6, 1]),
    ],
)
def test_what_a_plan_does_not_keep_is_forgotten(store, plan, days_kept, left):
    Store.objects.filter(pk=store.pk).update(plan=plan)
    Tracking.objects.create(store=store, days_kept=days_kept)
    put(store, 1, 6, 8, 80, 800)
    retention.expire(NOW)
    assert ages(store) == left


def test_one_store_s_plan_costs_the_other_nothing(store, other_store):
    Store.objects.filter(pk=other_store.pk).update(plan=PlanName.PRO)
    put(store, 1, 100)
    put(other_store, 1, 100)
    retention.expire(NOW)
    assert (ages(store), ages(other_store)) == ([1], [100, 1])


def test_batches_are_forgotten_once_they_were_counted(store):
    for days in (1, 9, 10):
        put(store, 1, now=NOW - timedelta(days=days))
    EventBatch.objects.filter(received_at__lt=NOW - timedelta(days=9, hours=1)).update(
        rolled_at=NOW
    )
    retention.expire(NOW)
    assert EventBatch.objects.count() == 2


def test_a_batch_is_marked_in_its_transaction_only(transactional_db):
    with pytest.raises(AssertionError):
        batches.mark_rolled([], NOW)


def test_clearing_a_store_leaves_nothing_and_the_other_store_alone(store, other_store):
    now = timezone.now()
    for each in (store, other_store):
        put(each, 0.1, 3, now=now)
    if connection.vendor == "sqlite":
        roll.roll(timezone.now, timezone.now() + timedelta(seconds=20))
        assert Metric.objects.of(store).exists()
    clear.clear(store, now)
    assert not Event.objects.of(store).exists()
    assert not Metric.objects.of(store).exists()
    assert Event.objects.of(other_store).count() == 2


@pytest.mark.postgres
def test_days_are_made_ahead_once():
    made = partitions.keep_partitions(NOW)
    assert made == [date(2026, 6, 13) + timedelta(days=n) for n in range(6)]
    assert partitions.keep_partitions(NOW) == []
    assert partitions.keep_partitions(NOW + timedelta(days=1)) == [date(2026, 6, 19)]


@pytest.mark.postgres
def test_events_that_were_there_before_their_day_move_into_it(store):
    put(store, 0, 1, 2)
    partitions.keep_partitions(NOW)
    assert ages(store) == [2, 1, 0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM events_event_d20260614")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT count(*) FROM events_event_default")
        assert cursor.fetchone() == (0,)


@pytest.mark.postgres
def test_the_same_event_is_one_event_whatever_day_it_lies_in(store):
    at = NOW - timedelta(days=1)
    row = Row(uuid7(at).bytes, round(at.timestamp() * 1000), "search", "v", "s", None,
              None, None, None, None, "", b"{}", b"{}")  # fmt: skip
    engine().append([engine().prepare(store.pk, [row])], 1, NOW)
    partitions.keep_partitions(NOW)
    engine().append([engine().prepare(store.pk, [row])], 1, NOW)
    assert len(ages(store)) == 1


@pytest.mark.postgres
def test_a_day_that_no_store_needs_is_dropped_whole(store, other_store):
    Store.objects.filter(pk=other_store.pk).update(plan=PlanName.GROWTH)
    partitions.make_days([date(2026, 3, 1), date(2026, 6, 1), date(2026, 6, 14)])
    put(other_store, 14)
    retention.expire(NOW)
    # The other store keeps ninety days, and has events on the first of June.
    assert partitions.existing() == [date(2026, 6, 1), date(2026, 6, 14)]


@pytest.mark.postgres
def test_the_newest_pages_are_told_to_the_index(store):
    now = timezone.now()
    partitions.keep_partitions(now)
    put(store, *[0] * 3_000, now=now)
    partitions.summarize(now)
    with connection.cursor() as cursor:
        index = f"events_event_d{now:%Y%m%d}_batch_id_idx"
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [index])
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT brin_summarize_new_values(%s)", [index])
        assert cursor.fetchone() == (0,), "Some pages were left out."


def test_days_once_forgotten_are_known_as_such(store):
    Tracking.objects.create(store=store, days_kept=3)
    retention.expire(NOW)
    Tracking.objects.of(store).update(days_kept=90)
    retention.expire(NOW)
    noted = Tracking.objects.of(store).get().forgotten_to_at
    assert noted == NOW - timedelta(days=3)
