from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DataError
from django.utils import timezone

from apps.features.models import CustomerFeatures
from apps.privacy.services.export import tell_part
from apps.privacy.services.steps import STEPS
from apps.privacy.services.whom import Whom
from apps.segmentation import tasks
from apps.segmentation.models import Member, Segment
from apps.segmentation.services import count as count_module
from apps.segmentation.services import follow, write
from apps.segmentation.services.bounded import TooSlowError
from apps.segmentation.services.count import count, count_due, mark_due
from apps.segmentation.services.look import history
from apps.shop.models import Customer, Order
from tests.conftest import NOW
from tests.segmentation.members import (
    BUYERS,
    ENTER,
    LATER,
    LOYAL,
    at_statement,
    began,
    buys,
    die,
    inside,
    make_segment,
    spells,
)

pytestmark = pytest.mark.django_db


def test_it_counts_who_belongs_and_lets_go_who_does_not(store, segment, ada, dov):
    order = buys(ada)
    assert count(store, segment.pk, NOW)
    order.delete()
    buys(dov)
    write.change(segment, {"conditions": {"all": [BUYERS]}}, NOW)
    assert count_due(store, LATER) == 1
    assert spells(segment) == [(ada.pk, NOW, LATER), (dov.pk, LATER, None)]
    segment.refresh_from_db()
    assert (segment.members, segment.as_of, segment.is_due) == (1, LATER, False)


def test_twice_is_once(store, segment, ada):
    buys(ada)
    assert count_due(store, NOW) == 1
    before = spells(segment)
    assert count_due(store, LATER) == 0
    Segment.objects.of(store).update(is_due=True)
    assert count_due(store, LATER) == 1
    assert spells(segment) == before == [(ada.pk, NOW, None)]


def test_who_comes_back_gets_another_row(store, segment, ada):
    order = buys(ada)
    for at, status in ((NOW, "completed"), (LATER, "cancelled"), (LATER, "completed")):
        order.status = status
        order.save()
        Segment.objects.of(store).update(is_due=True)
        count(store, segment.pk, at)
    assert spells(segment) == [(ada.pk, NOW, LATER), (ada.pk, LATER, None)]


def test_killed_in_the_middle_it_is_as_it_was_and_still_due(store, segment, ada):
    buys(ada)
    with at_statement(ENTER, die), pytest.raises(KeyboardInterrupt):
        count(store, segment.pk, NOW)
    segment.refresh_from_db()
    assert segment.is_due
    assert spells(segment) == []
    assert count_due(store, LATER) == 1
    assert inside(segment) == {ada.pk}


def test_what_was_marked_while_it_counted_is_counted_again(store, segment, ada):
    with at_statement(ENTER, lambda: mark_due(store)):
        assert count(store, segment.pk, NOW)
    segment.refresh_from_db()
    assert segment.is_due


def test_what_was_changed_while_it_counted_is_counted_again(store, segment, ada):
    buys(ada)
    changed = Segment.objects.get(pk=segment.pk)
    told = {"conditions": LOYAL}
    with at_statement(ENTER, lambda: write.change(changed, told, LATER)):
        count(store, segment.pk, NOW)
    assert inside(segment) == {ada.pk}
    assert count_due(store, LATER) == 1
    assert inside(segment) == set()


def test_a_long_count_undoes_nothing_that_was_followed_meanwhile(
    store, segment, ada, time_machine
):
    """While the first segment was counted somebody bought, and the follower saw it."""
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    began(store)
    second = make_segment(store, {"any": [BUYERS]}, name="Second")
    tasks.count_all()
    steps = [now + timedelta(seconds=30)]

    def meanwhile():
        if steps:
            later = steps.pop()
            time_machine.move_to(later, tick=False)
            buys(ada, later - timedelta(seconds=1))
            follow.follow(store, later)

    with at_statement(ENTER, meanwhile):
        tasks.count_due()
    assert spells(second) == [(ada.pk, now + timedelta(seconds=30), None)]


def test_a_look_that_took_long_undoes_nothing_either(store, segment, ada):
    began(store)
    now = timezone.now()
    buys(ada, now + timedelta(seconds=4))
    late = now + timedelta(seconds=5)
    assert follow.follow(store, now, clock=lambda: late) >= 1
    assert spells(segment) == [(ada.pk, late, None)]


def test_what_can_be_asked_no_more_leaves_members_as_they_are(store, segment, ada):
    buys(ada)
    count(store, segment.pk, NOW)
    Segment.objects.of(store).update(
        conditions={"field": "gone", "is": "known"}, is_due=True
    )
    assert count_due(store, LATER) == 0
    segment.refresh_from_db()
    assert not segment.is_due
    assert follow.follow(store, LATER) == 0
    assert inside(segment) == {ada.pk}


def test_jobs_bring_a_new_segment_up_to_date(store, segment, ada, dov, cleo):
    order = buys(ada)
    tasks.count_due()
    assert inside(segment) == {ada.pk}
    tasks.follow_all()
    buys(dov, timezone.now(), "2")
    tasks.follow_all()
    assert inside(segment) == {ada.pk, dov.pk}
    # Somebody's transaction took minutes.
    minutes = timezone.now() - timedelta(minutes=5)
    buys(cleo, minutes, "3")
    Order.objects.of(store).filter(number="3").update(updated_at=minutes)
    Customer.objects.of(store).update(updated_at=minutes)
    CustomerFeatures.objects.of(store).update(as_of=minutes)
    tasks.follow_all()
    assert cleo.pk not in inside(segment)
    tasks.catch_up()
    assert inside(segment) == {ada.pk, dov.pk, cleo.pk}
    order.delete()
    tasks.count_all()
    segment.refresh_from_db()
    assert segment.is_due
    tasks.count_due()
    assert inside(segment) == {dov.pk, cleo.pk}


# What is told of it


def test_a_count_that_takes_too_long_keeps_no_other_waiting(
    store, segment, ada, monkeypatch
):
    buys(ada)
    assert count_due(store, NOW) == 1
    hard = make_segment(store, code="hard")
    mark_due(store)
    own = count_module.enter

    def enter(row, at):
        if row.pk != hard.pk:
            return own(row, at)
        raise TooSlowError("It takes too long.")

    monkeypatch.setattr(count_module, "enter", enter)
    assert count_due(store, LATER) == 1
    hard.refresh_from_db()
    # Not again within seconds; the next night marks all.
    assert (hard.is_due, hard.as_of) == (False, None)
    assert mark_due(store) == 2


def test_a_count_that_fails_keeps_no_other_waiting(store, segment, ada, monkeypatch):
    buys(ada)
    bad = make_segment(store, code="bad")
    Segment.objects.of(store).filter(pk=segment.pk).update(code="other")
    own = count_module.enter

    def enter(row, at):
        if row.pk == first:
            raise DataError("Too large.")
        return own(row, at)

    first = min(segment.pk, bad.pk)
    Segment.objects.of(store).update(is_due=True)
    monkeypatch.setattr(count_module, "enter", enter)
    with pytest.raises(DataError):
        count_due(store, NOW)
    due = Segment.objects.of(store).filter(is_due=True)
    assert [row.pk for row in due] == [first]


def test_history_is_told_by_day(store, segment, ada, dov):
    day = timedelta(days=1)
    for person, entered, left in (
        (ada, NOW - 3 * day, NOW - day), (ada, NOW, None), (dov, NOW - 9 * day, None),
    ):  # fmt: skip
        Member.objects.create(
            store=store, segment=segment, customer=person, entered_at=entered,
            left_at=left,
        )  # fmt: skip
    found = [
        (day.on.day, day.entered, day.left, day.members)
        for day in history(segment, NOW, 4)
    ]
    assert found == [(29, 1, 0, 2), (30, 0, 0, 2), (31, 0, 1, 1), (1, 1, 0, 2)]


def test_a_person_is_told_of_it_and_taken_out(store, segment, ada, dov):
    for person in (ada, dov):
        Member.objects.create(
            store=store, segment=segment, customer=person, entered_at=NOW
        )
    whom = Whom(customers=[ada.pk])
    told = tell_part(store, whom, NOW, "segments", "")["sections"][0]["rows"]
    assert told == [{"entered_at": NOW.isoformat(), "left_at": None, "group": "Buyers"}]
    assert STEPS["segments"](store, whom, NOW) == {"segments": 1}
    assert inside(segment) == {dov.pk}


def test_it_is_thrown_away_with_its_history(store, segment, ada):
    buys(ada)
    count(store, segment.pk, NOW)
    write.throw_away(segment)
    assert not Member.objects.of(store).exists()
    assert not Segment.objects.of(store).exists()


def test_money_is_compared_as_it_is_kept(store, ada, dov):
    for person, spent in ((ada, 99.5), (dov, 100.0)):
        CustomerFeatures.objects.create(
            store=store, customer=person, as_of=NOW, spent=spent
        )
    told = {"field": "spent", "is": "at_least", "value": float(Decimal(100))}
    segment = make_segment(store, told)
    count(store, segment.pk, NOW)
    assert inside(segment) == {dov.pk}
