from __future__ import annotations

import json
import time

import pytest
from django.core.files.storage import storages

from apps.accounts.models import Usage
from apps.core.errors import ConflictError, UnknownError
from apps.registry.models import ModelVersion, TrainingRun
from apps.registry.services import artefacts, training, versions
from apps.registry.services.brain import Former, TooLittleDataError
from apps.registry.services.learn import learn as learn_kind
from tests.at_once import at_once
from tests.conftest import NOW
from tests.registry.brains import KIND, Sales, noisy, sell, served, steady
from tests.registry.conftest import later

pytestmark = pytest.mark.django_db


def last_run(store):
    return TrainingRun.objects.of(store).latest("pk")


def statuses(store):
    rows = ModelVersion.objects.of(store).order_by("number")
    return list(rows.values_list("status", flat=True))


def test_it_trains_and_what_it_made_serves(store, learn):
    sell(store, steady())
    version = learn()
    assert (version.status, version.number, version.name) == ("champion", 1, "mean")
    assert served(store, version)["p3"] == 100 + 40 * 7 + 21
    assert len(served(store, version)) == 30
    run = last_run(store)
    assert (run.status, run.progress, run.version) == ("succeeded", 100, version)


def test_it_writes_down_what_it_knows(store, learn, tmp_path):
    sell(store, steady())
    version = learn()
    assert version.metrics == {"quality": pytest.approx(1 / 41)}
    assert (version.parameters, version.training_rows) == ({"window": 1}, 240)
    assert version.card["serves"] == "challenger"
    assert version.card["checks"] == {"coverage": {"value": 1.0, "passes": True}}
    assert version.card["against"]["humble"]["cases"] == 30
    assert version.card["curves"] == {"loss": [3.0, 2.0, 1.0]}
    assert version.card["inputs"]["sold"]["count"] == 240
    assert len(version.code_version) == 16
    artefacts.load(version, tmp_path / "copy")
    assert (tmp_path / "copy" / "card.json").exists()


def test_a_second_one_waits_for_the_first(store, learn):
    sell(store, steady())
    training.start(store, KIND, NOW)
    with pytest.raises(ConflictError, match="runs already"):
        learn()
    assert statuses(store) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_trains(store, learn, monkeypatch):
    sell(store, steady())

    def slow(self, of, as_of, tell, read=Sales.read):
        time.sleep(1)
        return read(self, of, as_of, tell)

    monkeypatch.setattr(Sales, "read", slow)
    train = lambda seed: learn_kind(  # noqa: E731
        store, KIND, as_of=NOW, clock=lambda: NOW, seed=seed
    )
    results = at_once(train, train, rows=[1, 2])
    assert sorted(results) == ["conflict", "won"]
    runs = TrainingRun.objects.of(store).values_list("status", flat=True)
    assert list(runs) == ["succeeded"]
    assert statuses(store) == ["champion"]


def test_a_better_recipe_takes_over(store, learn):
    sell(store, noisy())
    first = learn()
    assert first.parameters == {"window": 0}
    sell(store, steady())
    second = learn(later(days=7))
    first.refresh_from_db()
    assert (first.status, second.status) == ("retired", "champion")
    assert second.parameters == {"window": 1}
    assert second.predecessor == first


def test_where_nothing_serves_the_humble_rule_does(store, learn):
    sell(store, noisy())
    version = learn()
    assert statuses(store) == ["refused", "champion"]
    assert version.parameters == {"window": 0}
    assert served(store, version)["p0"] == 125
    refused = ModelVersion.objects.of(store).get(number=1)
    assert refused.refusal_reason.startswith(
        "It is not clearly better than the simple rule: 0.0196 against"
    )
    assert served(store, refused) == {}


def test_the_champion_s_own_recipe_is_renewed(store, learn):
    sell(store, steady())
    learn()
    sell(store, steady(months=9))
    version = learn(later(days=7))
    assert (version.number, version.status) == (2, "champion")
    assert served(store, version)["p0"] == 100 + 40 * 8


def test_a_loser_leaves_the_champion_s_recipe_renewed(store, learn):
    """A new recipe that is as good is no reason to change, but the rows grow older."""
    sell(store, steady())
    learn()
    sell(store, steady(months=9))
    tied = learn(later(days=7), windows=(2,))
    assert statuses(store) == ["retired", "refused", "champion"]
    assert (tied.parameters, tied.card["serves"]) == ({"window": 1}, "champion_again")
    assert served(store, tied)["p0"] == 100 + 40 * 8
    assert last_run(store).status == "succeeded"


def test_a_champion_that_fell_below_the_humble_rule_gives_way(store, learn):
    sell(store, steady())
    learn()
    sell(store, noisy())
    version = learn(later(days=7))
    assert statuses(store) == ["retired", "refused", "champion"]
    assert (version.parameters, version.card["serves"]) == ({"window": 0}, "humble")


def test_what_fails_a_check_changes_nothing(store, learn):
    sell(store, steady())
    champion = learn()
    before = served(store, champion)
    sell(store, steady(months=9))
    refused = learn(later(days=7), coverage=0.2)
    assert (refused.status, refused.refusal_reason) == (
        "refused",
        "It covers too little.",
    )
    assert versions.champion(store, KIND) == champion
    assert served(store, champion) == before
    assert served(store, refused) == {}
    assert last_run(store).status == "refused"


def test_half_of_the_data_gone_changes_nothing(store, learn):
    """Trap 23: an import that broke, orders that somebody deleted."""
    sell(store, steady())
    champion = learn()
    sell(store, steady(months=3))
    refused = learn(later(days=1))
    assert "90 rows against 240" in refused.refusal_reason
    assert versions.champion(store, KIND) == champion


def test_no_data_changes_nothing(store, learn):
    sell(store, steady())
    champion = learn()
    sell(store, {})
    with pytest.raises(TooLittleDataError):
        learn(later(days=1))
    run = last_run(store)
    assert (run.status, run.error) == ("failed", "Nothing was sold yet.")
    assert versions.champion(store, KIND) == champion


def test_an_empty_shelf_never_takes_over(store, learn):
    sell(store, steady())
    champion = learn()
    sell(store, {f"p{n}": [0] * 8 for n in range(30)})
    with pytest.raises(Exception, match="nothing that could be shown"):
        learn(later(days=1))
    assert versions.champion(store, KIND) == champion
    assert statuses(store) == ["champion"]
    assert last_run(store).error == "It found nothing that could be shown."


def test_an_error_fails_the_run_in_plain_words(store, learn, monkeypatch):
    sell(store, steady())
    champion = learn()
    broken = lambda *_: 1 / 0  # noqa: E731
    with pytest.raises(ZeroDivisionError):
        learn(later(days=1), fit=broken)
    assert last_run(store).error == (
        "Something broke at the step “Letting windows compete” (ZeroDivisionError); "
        "the worker's log says more."
    )
    assert versions.champion(store, KIND) == champion


def test_a_training_that_was_given_up_publishes_nothing(store, learn, monkeypatch):
    sell(store, steady())

    def slow(self, data, former, seed, tell, compete=Sales.compete):
        training.abandon_all_stale(later(hours=1))
        return compete(self, data, former, seed, lambda share, step: None)

    with pytest.raises(ConflictError, match="is over"):
        learn(compete=slow)
    assert statuses(store) == []
    assert last_run(store).status == "abandoned"
    assert not Usage.objects.of(store).filter(kind__startswith=KIND).exists()


def change(champion):
    with storages["artefacts"].open(champion.artefact, "ab") as file:
        file.write(b"x")


def remove(champion):
    storages["artefacts"].delete(champion.artefact)


@pytest.mark.parametrize("spoil", [change, remove])
def test_without_its_files_the_champion_still_plays_by_its_recipe(store, learn, spoil):
    """Its challenger beats the simple rule, but not the champion."""
    sell(store, steady())
    spoil(learn())
    sell(store, steady(months=9))
    version = learn(later(days=7), windows=(2,))
    assert version.card["former"] == ""
    assert version.card["against"]["champion"]["cases"] == 30
    assert (version.parameters, version.card["serves"]) == (
        {"window": 1},
        "champion_again",
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(change, "were changed."), (remove, "are gone."), (str, "")],
)
def test_who_asks_for_the_champion_s_files_hears_what_is_wrong_with_them(
    store, learn, tmp_path, spoil, said
):
    sell(store, steady())
    champion = learn()
    spoil(champion)
    former = Former(champion, tmp_path / "former")
    assert former.trouble == (f"The files of {champion} {said}" if said else "")
    assert former.folder == (None if said else tmp_path / "former")
    assert (tmp_path / "former" / "card.json").exists() is not bool(said)


def test_nothing_takes_over_where_the_champion_cannot_be_made_again(store, learn):
    sell(store, steady())
    champion = learn()

    def alone(self, data, former, seed, tell, compete=Sales.compete):
        return compete(self, data, None, seed, tell)

    refused = learn(later(days=7), compete=alone)
    assert refused.status == "refused"
    assert refused.refusal_reason == (
        "The model that serves could not be made again, so nobody knows whether this "
        "one is better."
    )
    assert refused.card["former"].startswith(f"{champion} could not be made again")
    assert versions.champion(store, KIND) == champion
    assert learn(later(days=61), compete=alone).status == "champion"


def test_a_rollback_brings_the_old_rows_back_at_once(store, learn):
    sell(store, noisy())
    first = learn()
    sell(store, steady())
    learn(later(days=7))
    back = versions.rollback(store, KIND, later(days=8))
    assert back == first
    assert served(store, back)["p0"] == 125


def test_another_store_is_not_touched(store, other_store, learn):
    sell(store, steady())
    sell(other_store, noisy())
    foreign = learn(of=other_store)
    learn()
    assert versions.champion(other_store, KIND) == foreign


def test_a_kind_that_nobody_knows_is_refused(store, learn):
    with pytest.raises(UnknownError, match="no model kind"):
        learn_kind(store, "numbers.none", as_of=NOW, clock=lambda: NOW)
    assert not TrainingRun.objects.of(store).exists()


def test_it_tells_how_far_it_is(store, learn):
    sell(store, steady())
    heard = []
    learn_kind(
        store, KIND, as_of=NOW, clock=lambda: NOW,
        echo=lambda percent, step: heard.append((percent, step)),
    )  # fmt: skip
    assert heard == [
        (0, "Reading what was sold"),
        (15, "Letting windows compete"),
        (60, "Counting"),
        (88, "Putting its files away"),
        (92, "Publishing"),
        (96, "Publishing"),
    ]


def test_what_was_only_learned_makes_no_new_recipe(store, learn):
    """A renewal need not beat the champion, which it ties with."""
    sell(store, steady())
    first = learn(learned={"order": "abc"})
    renewed = learn(later(days=7), learned={"order": "xyz"})
    assert (renewed.card["serves"], renewed.card["reasons"]) == ("challenger", [])
    assert (first.learned, renewed.learned) == ({"order": "abc"}, {"order": "xyz"})
    assert renewed.parameters == first.parameters == {"window": 1}
    other = learn(later(days=14), learned={"weights": [1.0]})
    assert (other.card["serves"], other.learned) == ("champion_again", {"order": "xyz"})


def test_the_champion_s_recipe_is_made_again_with_what_it_learned(
    store, learn, tmp_path
):
    sell(store, steady())
    learn(learned={"order": "abc"})
    again = learn(later(days=7), learned={"order": "xyz"}, windows=(2,))
    assert again.card["serves"] == "champion_again"
    artefacts.load(again, tmp_path / "copy")
    card = json.loads((tmp_path / "copy" / "card.json").read_text())
    assert card == {"window": 1, "order": "abc"}
