"""Clicks on banners, joined to the decision that chose the banner."""

from __future__ import annotations

import pytest
import time_machine

from apps.decisions.models import Outcome
from apps.decisions.services.log import log
from apps.decisions.services.sentence import because
from apps.events.services.analytics.span import last_days
from apps.outcomes import tasks
from apps.outcomes.services.banners import Shown, join_clicks, of_copies, of_people
from tests.conftest import NOW
from tests.events.rollups.conftest import at_ms, bring
from tests.outcomes.shop import ago

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


def chosen(store, banner=5, *, subject="visitor:v1", segment="new", at=None):
    return log(
        store, "storefront.banner", subject,
        chosen={"placement": "home-hero", "banner": banner},
        reason=because("banner_of_segment", segment=segment), at=at or ago(hours=2),
    )  # fmt: skip


def event(decision, *, visitor="v1", key="a", at=None, name="banner_clicked"):
    return {
        "type": "custom", "id": f"click-{key}", "visitor": visitor, "session": "s1",
        "at": at_ms(at or ago(hours=1)), "name": name,
        "properties": {"decision": str(decision), "placement": "home-hero"},
    }  # fmt: skip


def look(store):
    return join_clicks(store, ago(2), NOW)


def clicked(store):
    return set(Outcome.objects.of(store).values_list("decision_id", "kind"))


def test_a_click_joins_the_decision_that_chose_the_banner(store):
    decision = chosen(store)
    bring(store, [event(decision.pk)])

    assert (look(store), look(store)) == (1, 0)

    told = Outcome.objects.of(store).get()
    assert (told.decision_id, told.kind, told.amount) == (decision.pk, "click", None)
    assert told.source.startswith("banner:5:")
    assert told.occurred_at == ago(hours=1)


def test_pages_may_name_anything(store, other_store):
    mine, shelf = chosen(store), chosen(store, subject="visitor:v2")
    theirs = chosen(other_store)
    picks = log(
        store, "recommendations.served", "visitor:v1", chosen={"products": [5]},
        reason=because("popular"), at=ago(hours=2),
    )  # fmt: skip
    told = [
        event(mine.pk, name="banner_seen", key="1"), event(shelf.pk, key="2"),
        event(theirs.pk, key="3"), event(picks.pk, key="4"), event("x", key="5"),
        event("0190a000-0000-7000-8000-000000000000", key="6"),
    ]  # fmt: skip
    bring(store, [*told, {**event(mine.pk, key="7"), "properties": {}}])

    assert look(store) == 0
    assert clicked(store) == set()


@pytest.mark.parametrize("subject", ["customer:7", "nobody"])
def test_a_customers_or_everybodys_may_be_clicked_by_any_visitor(store, subject):
    decision = chosen(store, subject=subject)
    bring(store, [event(decision.pk, visitor="another")])

    assert look(store) == 1
    assert clicked(store) == {(decision.pk, "click")}


def test_it_says_how_often_each_was_shown_and_clicked(store):
    twice = chosen(store, 5)
    chosen(store, 5, subject="visitor:v2")
    high = chosen(store, 5, subject="customer:7", segment="high")
    chosen(store, 6, subject="visitor:v3")
    copy = chosen(store, 5, subject="nobody")
    old = chosen(store, 5, at=ago(60))
    told = [
        event(twice.pk, key="1"), event(twice.pk, key="2"), event(high.pk, key="3"),
        event(copy.pk, visitor="x", key="4"), event(copy.pk, visitor="y", key="5"),
        event(old.pk, key="6"),
    ]  # fmt: skip
    bring(store, told)
    look(store)
    span = last_days(store, NOW, 30)

    assert of_people(span) == [
        Shown(5, "high", 1, 1), Shown(5, "new", 2, 1), Shown(6, "new", 1, 0),
    ]  # fmt: skip
    assert (of_copies(span, 5), of_copies(span, 6)) == (2, 0)


def test_many_cost_as_few_queries_as_one(store, django_assert_num_queries):
    made = [chosen(store, n % 3, subject=f"visitor:v{n}") for n in range(40)]
    bring(
        store,
        [event(one.pk, visitor=f"v{n}", key=str(n)) for n, one in enumerate(made)],
    )
    # The events, whose decisions they are, twice, what is joined already, the rows.
    with django_assert_num_queries(5):
        assert look(store) == 40
    with django_assert_num_queries(1):
        assert sum(one.clicked for one in of_people(last_days(store, NOW, 30))) == 40


def test_beat_joins_them(store):
    decision = chosen(store)
    bring(store, [event(decision.pk)])

    tasks.join_banner_clicks()
    tasks.join_banner_clicks_late()

    assert clicked(store) == {(decision.pk, "click")}
