"""What the demo's test shows against what its simulator knows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.accounts.models import Store
from apps.demo.services import (
    write_catalogue,
    write_experiments,
    write_orders,
    write_people,
)
from apps.demo.simulator.demand import SHELF_DAYS, SHELF_LIFT
from apps.experiments.models import Experiment, Exposure, Reading
from apps.experiments.services.clear import clear
from tests.demo.worlds import world
from tests.experiments.made import experiment, exposed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def lifted(django_db_setup, django_db_blocker):
    """A shop of 2,500 customers whose true lift is known."""
    made = world()
    with django_db_blocker.unblock():
        store = Store.objects.create(
            slug="lifted", name="Lifted", time_zone=made.plan.time_zone
        )
        ids = write_catalogue.write(store, "lifted", made, quiet)
        people = write_people.write(store, made, quiet)
        write_orders.write(store, made, ids, people, quiet)
        yield write_experiments.write(store, made, people[0])
        Store.objects.filter(slug="lifted").delete()


def quiet(count):
    pass


def test_the_true_lift_lies_within_the_interval_that_is_shown(lifted):
    last = Reading.objects.of(lifted.store).filter(metric=lifted.metric).latest("on")
    assert last.relative_low < SHELF_LIFT < last.relative_high
    # Not because it says nothing: half a lift in either direction is excluded.
    assert last.relative_high - last.relative_low < 1


def test_each_point_of_the_chart_holds_it(lifted):
    rows = Reading.objects.of(lifted.store).filter(metric=lifted.metric)
    known = rows.exclude(relative_low=None).order_by("on")
    assert len(known) >= 8
    for reading in known:
        assert reading.relative_low < SHELF_LIFT < reading.relative_high


def test_who_came_later_takes_part_from_the_day_after_their_first_order(lifted):
    made = world()
    first = made.plan.at((made.plan.days - SHELF_DAYS) * 86_400)
    rows = Exposure.objects.of(lifted.store)
    assert rows.filter(at=first).count() == sum(
        -1_000 < day < made.plan.days - SHELF_DAYS for day in made.arrival
    )
    assert not rows.filter(at__lt=first).exists()
    later = rows.filter(at__gt=first).select_related("customer")
    assert later.exists()
    for row in later:
        made_at = row.customer.source_created_at
        assert timedelta(0) < row.at - made_at <= timedelta(days=1)


def test_clearing_one_store_leaves_another_s_tests(lifted, store):
    exposed(experiment(store), "visitor:v", "a")
    clear(store)
    assert not Experiment.objects.of(store).exists()
    assert not Exposure.objects.of(store).exists()
    assert Experiment.objects.of(lifted.store).exists()
