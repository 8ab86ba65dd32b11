from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import Store
from apps.registry.models import TrainingRun
from apps.registry.services import training, turns, versions
from apps.shop.models import Order
from tests.registry.conftest import KIND

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 6, 1, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def brains(settings):
    settings.BRAINS = {KIND: "not.asked.Here", "numbers.daily": "not.asked.Here"}
    settings.TRAINING_DAYS = {"numbers.daily": 1}


def night(day=0):
    """What each hour of a night asks for: (store, kind, hour)."""
    asked = []
    for hour in range(6):
        runs = turns.queue_due(MIDNIGHT + timedelta(days=day, hours=hour))
        asked += [(run.store.slug, run.kind, hour) for run in runs]
    return asked


def kinds(asked):
    return sorted(kind for _, kind, _ in asked)


def done(store, day):
    """What was asked for is over by the morning, and a champion serves."""
    at = MIDNIGHT + timedelta(days=day, hours=6)
    for kind in ("numbers.daily", KIND):
        if run := training.claim(store, kind, at):
            version = versions.register(store, kind, versions.Trained("blend", at))
            training.finish(run, versions.promote(version, at), at)


def order(store, day):
    row = Order.objects.create(
        store=store, number=str(day), currency="EUR", total=Decimal(1),
        placed_at=MIDNIGHT + timedelta(days=day),
    )  # fmt: skip
    at = MIDNIGHT + timedelta(days=day, hours=12)
    Order.objects.of(store).filter(pk=row.pk).update(updated_at=at)


def test_a_new_store_is_asked_for_once_in_the_first_night(store):
    assert kinds(night()) == ["numbers.daily", KIND]
    assert TrainingRun.objects.of(store).count() == 2


def test_a_kind_has_its_own_pace(store):
    night()
    for day in range(8):
        done(store, day)
        order(store, day)
        due = kinds(night(day + 1))
        assert due == (["numbers.daily", KIND] if day == 6 else ["numbers.daily"])


def test_a_quiet_store_is_left_alone(store):
    night()
    done(store, 0)
    assert night(7) == []
    order(store, 7)
    assert kinds(night(8)) == ["numbers.daily", KIND]


def test_without_a_champion_each_night_is_a_new_try(store):
    night()
    for kind in ("numbers.daily", KIND):
        run = training.claim(store, kind, MIDNIGHT)
        training.fail(run, "There are too few orders.", MIDNIGHT)
    order(store, 0)
    assert kinds(night(1)) == ["numbers.daily", KIND]


def test_only_open_stores_are_asked_for(store, other_store):
    Store.objects.filter(pk=store.pk).update(status=Store.Status.PAUSED)
    assert {slug for slug, _, _ in night()} == {"rivale"}


def test_stores_are_spread_over_the_night():
    for n in range(60):
        Store.objects.create(pk=1_000 + n, slug=f"s{n}", name=f"Shop {n}")
    hours = [hour for _, _, hour in night()]
    assert len(hours) == 120
    assert all(10 <= hours.count(hour) <= 30 for hour in range(6))


def fail(store, day):
    at = MIDNIGHT + timedelta(days=day, hours=6)
    for kind in ("numbers.daily", KIND):
        if run := training.claim(store, kind, at):
            training.fail(run, "It broke.", at)


def test_a_training_that_broke_is_tried_again_the_next_nights(store):
    night()
    done(store, 0)
    for day in range(1, 12):
        order(store, day)
    asked = {}
    for day in range(1, 12):
        asked[day] = KIND in kinds(night(day))
        fail(store, day)
    assert [day for day, is_asked in asked.items() if is_asked] == [7, 8, 9, 10]
