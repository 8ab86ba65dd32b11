"""On a segment's page: which of the five kinds its members are, and what they bring."""

from __future__ import annotations

import pytest

from apps.segmentation.models import Member
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW, customer
from tests.segmentation.kinds import placed, worth
from tests.segmentation.test_kinds_pages import asked_for
from tests.segmentation.test_segment_pages import at, text

pytestmark = pytest.mark.django_db


def joins(segment, *people):
    Member.objects.bulk_create(
        Member(store=segment.store, segment=segment, customer=who, entered_at=NOW)
        for who in people
    )


def page(segment, who):
    return text(signed_in(who).get(at(segment, "change/")))


def test_it_says_which_of_the_five_kinds_they_are(segment, groups, analyst):
    joins(segment, placed(groups, "Ada"), placed(groups, "Ben"))
    joins(segment, placed(groups, "Cleo", code="new"), customer(segment.store, "Dov"))
    placed(groups, "Eve", code="loyal")
    said = page(segment, analyst)
    kinds = "High-Value VIP 2 New Customer 1 In none yet 1"
    assert f"Which of the five kinds they are {kinds} What they spent" in said


def test_it_says_what_they_bring_and_how_many_may_go(segment, groups, values, analyst):
    people = [placed(groups, name, spent=40.0) for name in ("Ada", "Ben", "Cleo")]
    for who, churn in zip(people, (0.1, 0.9, 0.9), strict=True):
        worth(values, who, 10.0, churn)
    joins(segment, *people)
    outside = placed(groups, "Dov", spent=500.0)
    worth(values, outside, 99.0, 0.6)
    said = page(segment, analyst)
    assert "High-Value VIP €120.00 €120.00 in all, without tax" in said
    assert "High-Value VIP €30.00 €30.00 in all." in said
    for band in ("buy again in 90 days than not 1", "rather not within 90 days 0"):
        assert band in said
    assert "High: hardly within 90 days 2" in said
    assert "Known of 3" in said


def test_who_left_or_is_gone_counts_no_more(segment, groups, analyst):
    ada, ben = placed(groups, "Ada", spent=40.0), placed(groups, "Ben", spent=40.0)
    joins(segment, ada, ben)
    Member.objects.of(segment.store).filter(customer=ben).update(left_at=NOW)
    assert "€40.00 in all" in page(segment, analyst)


def test_of_an_empty_segment_nothing_is_drawn(segment, groups, values, analyst):
    said = page(segment, analyst)
    assert "Which of the five kinds" not in said
    assert "churn risk" not in said


def test_what_is_not_foretold_is_not_drawn(segment, groups, analyst):
    joins(segment, placed(groups, "Ada"))
    said = page(segment, analyst)
    assert "Which of the five kinds" in said
    assert "What is expected" not in said
    assert "churn risk" not in said


def test_as_many_questions_for_3_members_as_for_300(segment, groups, values, manager):
    client, found = signed_in(manager), []
    for count in (3, 297):
        people = [placed(groups, f"P{count}-{n}") for n in range(count)]
        for who in people:
            worth(values, who, 5.0, 0.3)
        joins(segment, *people)
        found.append(asked_for(client, at(segment, "change/")))
    assert found == [14, 14]
