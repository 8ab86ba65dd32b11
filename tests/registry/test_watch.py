from __future__ import annotations

from datetime import timedelta

import pytest

from apps.registry import tasks
from apps.registry.models import TrainingRun
from apps.registry.services import training, versions, watch
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


def fallen(at):
    """Of four weeks a tenth worked, of the last one less than half of that."""
    begin = at.date() - timedelta(days=35)
    return tuple(
        Trials(begin + timedelta(days=n), 200, 20 if n < 28 else 8) for n in range(35)
    )


def test_fewer_successes_ask_for_a_training(store, champion, monkeypatch):
    monkeypatch.setattr(Sales, "days", fallen(later(days=1)))
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


def finish(store, at, status="refused"):
    run = training.claim(store, KIND, at)
    trained = versions.Trained("mean", at)
    version = versions.register(store, KIND, trained)
    if status == "refused":
        version = versions.refuse(version, "Not better.")
    else:
        version = versions.promote(version, at)
    training.finish(run, version, at)


def test_what_was_refused_is_not_asked_for_again_with_the_same_reason(
    store, champion, monkeypatch
):
    sell(store, double(steady()))
    watch.look(store, KIND, later(days=1))
    finish(store, later(days=1))
    sell(store, {name: [4 * n for n in row] for name, row in steady().items()})
    assert watch.look(store, KIND, later(days=10)) == ""
    monkeypatch.setattr(Sales, "days", fallen(later(days=11)))
    both = watch.look(store, KIND, later(days=11))
    assert both.startswith(SHIFT)
    assert "succeeds less often" in both


def test_a_new_champion_is_watched_anew(store, champion):
    sell(store, double(steady()))
    watch.look(store, KIND, later(days=1))
    finish(store, later(days=1))
    other = versions.register(
        store, KIND, versions.Trained("mean", NOW, card=champion.card)
    )
    versions.promote(other, later(days=2))
    assert watch.look(store, KIND, later(days=3)).startswith(SHIFT)


def test_what_took_over_is_given_a_week(store, champion, monkeypatch):
    """The days before it still weigh in the live figures."""
    monkeypatch.setattr(Sales, "days", fallen(later(days=1)))
    assert watch.look(store, KIND, later(days=1))
    finish(store, later(days=1), "promoted")
    assert watch.look(store, KIND, later(days=7)) == ""
    assert watch.look(store, KIND, later(days=8)).startswith("It succeeds less often")


def test_a_kind_that_was_just_trained_rests(store, champion, learn):
    sell(store, double(steady()))
    assert watch.look(store, KIND, later(hours=23)) == ""
    assert asked(store) == []


class SameSales(Sales):
    kind = "numbers.same"
    source = "sales"


class Sold(SameSales):
    kind = "numbers.sold"


def test_kinds_of_one_source_share_a_sample(store, champion, settings, monkeypatch):
    path = "tests.registry.test_watch"
    settings.BRAINS = {
        "numbers.same": f"{path}.SameSales", "numbers.sold": f"{path}.Sold",
    }  # fmt: skip
    drawn = []

    def sample(self, store, as_of, sample=Sales.sample):
        drawn.append(as_of)
        return sample(self, store, as_of)

    monkeypatch.setattr(Sales, "sample", sample)
    for kind in settings.BRAINS:
        trained = versions.Trained("mean", NOW, card=champion.card)
        versions.promote(versions.register(store, kind, trained), NOW)
    sell(store, double(steady()))
    tasks.watch_store(store.pk)
    assert len(drawn) == 1
    assert [kind for kind, _, _ in asked(store)] == ["numbers.same", "numbers.sold"]
