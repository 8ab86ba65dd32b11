from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from apps.experiments import tasks
from apps.experiments.models import Experiment, Exposure, Reading, Status
from apps.experiments.services import keep
from apps.experiments.services.look import look
from tests.conftest import NOW
from tests.experiments.made import experiment, exposed, holdout
from tests.experiments.sales import DAY, order, person

pytestmark = pytest.mark.django_db


def ended(store, days):
    """So many days after NOW."""
    row = experiment(store, status=Status.STOPPED)
    Experiment.objects.filter(pk=row.pk).update(ended_at=NOW + days * DAY)
    row.refresh_from_db()
    return row


def test_who_saw_what_is_forgotten_once_no_figure_can_change(store, monkeypatch):
    monkeypatch.setattr(keep, "AT_ONCE", 2)
    over, open_, running = ended(store, 1), ended(store, 2), experiment(store)
    for row in (over, open_, running):
        for n in range(5):
            exposed(row, f"visitor:{n}", "a")
    with time_machine.travel(NOW + 61.5 * DAY, tick=False):
        tasks.forget()
    left = Exposure.objects.of(store).values_list("experiment", flat=True)
    assert set(left) == {open_.pk, running.pk}
    assert keep.forget(NOW + 61.5 * DAY) == 0


def test_what_was_found_stays_as_it_was(store):
    row = ended(store, 10)
    ada = person(store)
    exposed(row, f"customer:{ada.pk}", "a", customer=ada)
    order(store, ada, "40")
    look(row, NOW + 10 * DAY)
    before = Reading.objects.of(store).values_list("control_mean", "on").get()
    assert before[0] == 40
    keep.forget(NOW + 100 * DAY)
    assert look(row, NOW + 100 * DAY) == []
    assert Reading.objects.of(store).values_list("control_mean", "on").get() == before


def test_a_holdout_remembers_thirteen_months(store):
    row = holdout(store, 0.5)
    exposed(row, "visitor:old", "a", at=NOW - timedelta(days=401))
    exposed(row, "visitor:new", "a", at=NOW - timedelta(days=399))
    assert keep.forget(NOW) == 1
    assert Exposure.objects.of(store).get().unit == "visitor:new"
