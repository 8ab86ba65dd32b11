from __future__ import annotations

import pytest

from apps.decisions.models import Decision
from apps.experiments.models import Experiment, Exposure, Status
from apps.experiments.services.running import forget
from apps.recommendations.models import Shelf, ShelfSettings
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.recommendations.services.preview import preview
from tests import callers
from tests.conftest import NOW
from tests.experiments.made import experiment, holdout, variant
from tests.recommendations.goods import NEVER, product, shelf, version

pytestmark = pytest.mark.django_db
URL = "/api/v1/recommendations/"


@pytest.fixture(autouse=True)
def plain(store):
    return ShelfSettings.objects.create(store=store, variety=0, exploration_share=0)


@pytest.fixture
def five(store):
    """a is the newest."""
    return [product(store, name, days_old=day) for day, name in enumerate("abcde")]


def ask(store, visitor="v", **asked):
    return answer(store, Ask(visitor=visitor, limit=2, **asked), NOW, NEVER)


def names(found):
    return [place.card.name for place in found.places]


def all_get(store, row, key):
    """The variant is everybody's."""
    row.variants.exclude(key=key).update(share=1e-12)
    forget(store)
    return row


def test_who_is_left_alone_gets_no_shelf_and_the_log_says_why(store, five):
    row = holdout(store, 1.0)
    found = ask(store)
    assert found.places == ()
    assert found.facts["is_held_out"]
    decision = Decision.objects.of(store).get()
    assert decision.chosen["products"] == []
    assert decision.chosen["tests"] == {row.key: "a"}
    assert (decision.arm, decision.reason["code"]) == ("held_out", "holdout")
    # What would have stood there is kept: the log can be asked about it.
    assert decision.candidates
    exposure = Exposure.objects.of(store).get()
    assert (exposure.unit, exposure.variant.key) == ("visitor:v", "a")


def test_the_others_are_written_down_as_well(store, five):
    all_get(store, holdout(store, 0.5), "b")
    assert names(ask(store)) == ["a", "b"]
    exposure = Exposure.objects.of(store).get()
    assert (exposure.unit, exposure.variant.key) == ("visitor:v", "b")


def test_where_the_shelf_is_empty_anyway_nobody_is_written_down(store):
    holdout(store, 0.5)
    ask(store)
    assert not Exposure.objects.of(store).exists()


def test_a_page_is_told_that_it_may_show_its_own(store, five):
    holdout(store, 1.0)
    shown = callers.server(store, "storefront").get(URL, {"visitor": "v"}).json()
    assert (shown["picks"], shown["held_out"]) == ([], True)
    nobody = callers.server(store, "storefront").get(URL).json()
    assert len(nobody["picks"]) == 5
    assert not nobody["held_out"]


def test_a_variant_without_a_shelf_is_no_holdout(store, five):
    all_get(store, experiment(store, configs=[{}, {"show": False}]), "b")
    found = ask(store)
    assert found.places == ()
    assert not found.facts["is_held_out"]
    assert Exposure.objects.of(store).get().variant.key == "b"


def test_another_kind_of_shelf_is_tried(store, five):
    shelf(store, "trending", "", five[4], five[3])
    row = experiment(store, place="shelf:home", configs=[{}, {"kind": "new"}])
    all_get(store, row, "b")
    assert names(ask(store, placement="Home")) == ["a", "b"]
    assert names(ask(store, placement="cart")) == ["e", "d"]
    all_get(store, row, "a")
    Exposure.objects.of(store).delete()
    row.variants.filter(key="a").update(share=1)
    row.variants.filter(key="b").update(share=1e-12)
    forget(store)
    assert names(ask(store, placement="home")) == ["e", "d"]


def test_an_older_version_of_a_model_is_tried(store, five):
    old = version(store, "recommendations.trending", 1, "retired")
    serving = version(store, "recommendations.trending", 2)
    for made, goods in ((serving, five[1:3]), (old, five[3:])):
        Shelf.objects.create(
            store=store, version=made, kind="trending", subject="",
            picks=[[one.pk, 1.0, "trending", None] for one in goods], computed_at=NOW,
        )  # fmt: skip
    row = experiment(store, configs=[{}, {"version": old.pk}])
    all_get(store, row, "b")
    assert names(ask(store, "b")) == ["d", "e"]
    decision = Decision.objects.of(store).get()
    assert decision.model_version == str(old)
    Experiment.objects.filter(pk=row.pk).update(status=Status.PAUSED)
    forget(store)
    assert names(ask(store, "b")) == ["b", "c"]


def test_a_version_of_another_store_is_never_read(store, other_store, five):
    theirs = version(other_store, "recommendations.trending")
    shelf(other_store, "trending", "", five[4], of=theirs)
    all_get(store, experiment(store, configs=[{}, {"version": theirs.pk}]), "b")
    assert names(ask(store)) == ["a", "b"]


@pytest.mark.parametrize(
    "config",
    [
        {"kind": "nothing"}, {"kind": ["new"]}, {"kind": "content"}, {"variety": "much"},
        {"variety": 7}, {"exploration_share": -1}, {"exploration_share": True},
        {"version": "x"}, {"version": None}, {"show": "no"}, {"other": {}},
    ],
)  # fmt: skip
def test_what_cannot_be_understood_changes_nothing(store, five, config):
    all_get(store, experiment(store, configs=[{}, config]), "b")
    assert names(ask(store)) == ["a", "b"]


def test_chance_is_tried(store, five):
    config = {"exploration_share": 0.5, "variety": 0.2}
    all_get(store, experiment(store, configs=[{}, config]), "b")
    found = ask(store)
    # Of five candidates one by chance in half of the cases: 0.5 + 0.5 / 5.
    assert [place.propensity for place in found.places] == [0.6, 0.625]


def test_a_merchant_s_preview_takes_part_in_nothing(store, five):
    holdout(store, 1.0)
    seen = preview(store, Ask(visitor="v", limit=2), NOW)
    assert [place.card.name for place in seen.places] == ["a", "b"]
    assert not Exposure.objects.of(store).exists()


def test_an_applied_winner_is_served(store, five):
    shelf(store, "trending", "", five[4], five[3])
    row = experiment(store, configs=[{}, {"kind": "new"}])
    Experiment.objects.filter(pk=row.pk).update(
        status=Status.APPLIED, winner=variant(row, "b")
    )
    forget(store)
    assert names(ask(store)) == ["a", "b"]
    assert not Exposure.objects.of(store).exists()


def test_with_a_test_it_takes_one_query_more_and_one_to_write(
    store, five, django_assert_num_queries
):
    asked = Ask(visitor="v", limit=2)
    ask(store, "other")
    with django_assert_num_queries(5):
        answer(store, asked, NOW, NEVER)
    experiment(store)
    ask(store, "other")
    with django_assert_num_queries(7):
        answer(store, asked, NOW, NEVER)
    # Seen before: nothing is written again.
    with django_assert_num_queries(6):
        answer(store, asked, NOW, NEVER)
