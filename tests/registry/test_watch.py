from __future__ import annotations

from datetime import timedelta

import pytest

from apps.registry import tasks
from apps.registry.models import TrainingRun
from apps.registry.services import training, watch
from apps.registry.services.trials import Trials
from tests.conftest import NOW
from tests.registry.brains import KIND, Sales, sell, steady
from tests.registry.conftest import later

pytestmark = pytest.mark.django_db
SHIFT = "What it learns from has changed: sold"


@pytest.fixture
def champion(store, learn):
    sell(store, steady())
    return learn()


def asked(store):
    return list(
        TrainingRun.objects.of(store)
        .filter(trigger="watch")
        .order_by("pk")
        .values_list("kind", "status", "reason")
    )


def double(table):
    return {name: [3 * count for count in counts] for name, counts in table.items()}


def test_where_all_is_as_it_was_nothing_is_asked(store, champion):
    assert watch.look(store, KIND, later(days=1)) == ""
    assert asked(store) == []


def test_what_moved_asks_for_a_training(store, champion):
    sell(store, double(steady()))
    reason = watch.look(store, KIND, later(days=1))
    assert reason.startswith(SHIFT)
    assert asked(store) == [(KIND, "queued", reason)]


def test_it_asks_once_a_day(store, champion, learn):
    sell(store, double(steady()))
    watch.look(store, KIND, later(days=1))
    run = training.claim(store, KIND, later(days=1))
    training.fail(run, "Out of memory.", later(days=1))
    assert watch.look(store, KIND, later(days=1, hours=23)) == ""
    assert watch.look(store, KIND, later(days=2, minutes=1)).startswith(SHIFT)
    assert len(asked(store)) == 2


def test_fewer_successes_ask_for_a_training(store, champion, monkeypatch):
    begin = later(days=1).date() - timedelta(days=35)
    days = tuple(
        Trials(begin + timedelta(days=n), 200, 20 if n < 28 else 8) for n in range(35)
    )
    monkeypatch.setattr(Sales, "days", days)
    assert watch.look(store, KIND, later(days=1)) == (
        "It succeeds less often than expected: 4.00% of the last 7 days against "
        "10.00% before."
    )


def test_where_nothing_serves_nothing_is_watched(store, learn):
    assert watch.look(store, KIND, NOW) == ""


def test_the_task_goes_on_after_a_brain_that_breaks(store, champion, settings, caplog):
    """Its kind comes first, and the other is asked all the same."""
    sell(store, double(steady()))
    settings.BRAINS = {"numbers.broken": "nowhere.Brain", **settings.BRAINS}
    versions_of_broken(store, champion)
    tasks.watch_store(store.pk)
    assert [kind for kind, _, _ in asked(store)] == [KIND]


def versions_of_broken(store, champion):
    champion.pk, champion.kind, champion.number = None, "numbers.broken", 1
    champion.save(force_insert=True)
