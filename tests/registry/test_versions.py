from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from apps.core.errors import ConflictError
from apps.registry.models import ModelVersion
from apps.registry.services import versions
from apps.registry.services.artefacts import Artefact
from tests.at_once import at_once
from tests.conftest import NOW
from tests.registry.conftest import KIND, later


def statuses(store):
    rows = ModelVersion.objects.of(store).order_by("number")
    return list(rows.values_list("status", flat=True))


def test_it_registers_a_candidate_with_all_it_knows(store, train):
    version = train(
        training_rows=1_000,
        metrics={"ndcg@10": 0.21},
        baseline_metrics={"ndcg@10": 0.18},
        parameters={"factors": 64},
        features=["age_days"],
        code_version="abc123",
        artefact=Artefact("1/x.tar.gz", "00ff"),
    )
    version.refresh_from_db()
    assert (version.status, str(version)) == ("candidate", f"{KIND}#1")
    assert version.metrics == {"ndcg@10": 0.21}
    assert (version.artefact, version.artefact_digest) == ("1/x.tar.gz", "00ff")


def test_it_counts_per_store_and_kind(store, other_store, train):
    trained = versions.Trained("blend", NOW)
    foreign = versions.register(other_store, KIND, trained)
    numbers = [train().number, train().number, train(kind="forecasting.demand").number]
    assert numbers == [1, 2, 1]
    assert foreign.number == 1


def test_nothing_serves_before_the_first_promotion(store, train):
    train()
    assert versions.champion(store, KIND) is None


def test_it_promotes_a_candidate_and_retires_the_one_before(store, train):
    first, second = train(), train()
    versions.promote(first, NOW)
    versions.promote(second, later(days=7))
    first.refresh_from_db()
    assert versions.champion(store, KIND) == second
    assert (first.status, first.retired_at) == ("retired", later(days=7))
    assert (second.promoted_at, second.predecessor) == (later(days=7), first)


def test_a_kind_of_another_store_keeps_its_champion(store, other_store, train):
    foreign = versions.register(other_store, KIND, versions.Trained("blend", NOW))
    versions.promote(foreign, NOW)
    versions.promote(train(), NOW)
    assert versions.champion(other_store, KIND) == foreign


def test_what_serves_already_is_not_promoted_again(train):
    version = versions.promote(train(), NOW)
    with pytest.raises(ConflictError, match="serves already"):
        versions.promote(version, NOW)


def test_what_the_gate_refused_never_serves(store, train):
    champion = versions.promote(train(), NOW)
    refused = versions.refuse(train(), "Below the humble baseline.")
    with pytest.raises(ConflictError, match="may not serve"):
        versions.promote(refused, NOW)
    assert versions.champion(store, KIND) == champion
    assert refused.refusal_reason == "Below the humble baseline."


def test_a_champion_is_not_refused(train):
    champion = versions.promote(train(), NOW)
    with pytest.raises(ConflictError, match="no candidate"):
        versions.refuse(champion, "Too late.")


def test_it_promotes_only_over_the_champion_that_was_beaten(store, train):
    old, first, second = versions.promote(train(), NOW), train(), train()
    versions.promote(first, NOW, beaten=old)
    with pytest.raises(ConflictError, match="does not serve any more"):
        versions.promote(second, NOW, beaten=old)
    assert statuses(store) == ["retired", "champion", "candidate"]


def test_it_rolls_back_step_by_step(store, train):
    first, second, third = train(), train(), train()
    for day, version in enumerate((first, second, third)):
        versions.promote(version, later(days=day))
    assert versions.rollback(store, KIND, later(days=9)) == second
    assert versions.rollback(store, KIND, later(days=10)) == first
    assert statuses(store) == ["champion", "retired", "retired"]
    with pytest.raises(ConflictError, match="no way back"):
        versions.rollback(store, KIND, later(days=11))


def test_it_rolls_nothing_back_where_nothing_serves(store, train):
    train()
    with pytest.raises(ConflictError, match="no way back"):
        versions.rollback(store, KIND, NOW)


def test_a_retired_version_can_be_promoted_again(store, train):
    first, second = train(), train()
    versions.promote(first, NOW)
    versions.promote(second, NOW)
    first.refresh_from_db()
    versions.promote(first, later(days=1))
    assert versions.champion(store, KIND) == first
    assert first.retired_at is None


def test_the_database_allows_one_champion(store, train):
    versions.promote(train(), NOW)
    other = train()
    with pytest.raises(IntegrityError), transaction.atomic():
        ModelVersion.objects.of(store).filter(pk=other.pk).update(status="champion")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_champion", [True, False])
def test_of_two_promoted_at_once_one_wins(store, train, has_champion):
    old = versions.promote(train(), NOW) if has_champion else None
    pair = [train(), train()]
    promote = lambda row: versions.promote(row, NOW, beaten=old)  # noqa: E731
    results = at_once(promote, promote, rows=pair)
    assert sorted(results) in (["conflict", "won"], ["won", "won"])
    assert ModelVersion.objects.of(store).champions().count() == 1
    if has_champion:
        assert sorted(results) == ["conflict", "won"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_registered_at_once_each_has_its_number(store, train):
    at_once(train, train, rows=["blend", "two_tower"])
    numbers = ModelVersion.objects.of(store).values_list("number", flat=True)
    assert sorted(numbers) == [1, 2]
