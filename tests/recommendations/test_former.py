"""The champion of picks plays by its recipe, or nothing takes its place."""

from __future__ import annotations

import pytest

from apps.registry.models import ModelVersion
from apps.registry.services import learn, versions
from tests.conftest import NOW
from tests.recommendations.season import open_shop

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KIND = "recommendations.alike"


def train(store):
    return learn.learn(store, KIND, as_of=NOW, clock=lambda: NOW, seed=1)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "of_an_older_release"},
        {"parameters": {"setting_of_an_older_release": 1}},
    ],
    ids=["name", "setting"],
)
def test_a_recipe_that_nobody_knows_any_more_is_not_passed_over(store, changed):
    open_shop(store)
    champion = train(store)
    ModelVersion.objects.of(store).filter(pk=champion.pk).update(**changed)
    refused = train(store)
    assert refused.status == "refused"
    assert "could not be made again" in refused.refusal_reason
    assert versions.champion(store, KIND) == champion


def test_a_blend_plays_again_with_the_order_it_learned(store):
    """Two members, two weights: without them it could not say what it picks."""
    open_shop(store)
    members = [
        {"name": "item_knn", "config": {}},
        {"name": "popularity", "config": {}},
    ]
    trained = versions.Trained(
        "blend", NOW, parameters={"members": members}, learned={"weights": [1.0, 0.5]}
    )
    kind = "recommendations.personal"
    versions.promote(versions.register(store, kind, trained), NOW)
    version = learn.learn(store, kind, as_of=NOW, clock=lambda: NOW, seed=1)
    assert version.card["former"] == ""
    assert version.card["against"]["champion"]["theirs"] > 0
    assert not {"weights", "ranker"} & set(version.parameters)
