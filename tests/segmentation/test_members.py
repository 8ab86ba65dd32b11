from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from apps.events.models import Session
from apps.features.models import CustomerFeatures
from apps.features.services.refresh import refresh_all
from apps.privacy.services.export import tell_part
from apps.privacy.services.steps import STEPS
from apps.privacy.services.whom import Whom
from apps.segmentation import tasks
from apps.segmentation.models import Following, Member, Segment
from apps.segmentation.services import follow, write
from apps.segmentation.services.conditions.catalog import WATCHED
from apps.segmentation.services.count import count, count_due, mark_due
from apps.segmentation.services.lock import lock
from apps.segmentation.services.look import history
from apps.shop.models import Customer, Order
from apps.shop.services import consents, merge
from tests.conftest import NOW
from tests.shop.conftest import make_order

pytestmark = pytest.mark.django_db
BUYERS = {"did": "bought"}
LOYAL = {"field": "orders", "is": "at_least", "value": 2}
AGREED = {"field": "consent_email", "is": "yes"}
LATER = NOW + timedelta(seconds=2)


@pytest.fixture
def segment(store):
    return make_segment(store)


def make_segment(store, conditions=BUYERS, **told):
    return write.create(
        store, {"name": "Buyers", "conditions": conditions, **told}, NOW
    )


def inside(segment):
    rows = Member.objects.of(segment.store).inside().filter(segment=segment)
    return set(rows.values_list("customer", flat=True))


def buys(person, at=NOW, number="1"):
    return make_order(
        person.store, [("10.00", "0.00")], customer=person, placed_at=at, number=number
    )


def spells(segment):
    rows = Member.objects.of(segment.store).filter(segment=segment).order_by("pk")
    return list(rows.values_list("customer", "entered_at", "left_at"))


# All at once


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


def at_statement(part, act):
    """When a statement with that in it is about to be sent, something happens first."""

    def wrap(execute, sql, params, many, context):
        if part in sql.replace('"', ""):
            act()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrap)


def die():
    raise KeyboardInterrupt


ENTER = "INTO segmentation_member"


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


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_nobody_twice(store):
    if connection.vendor != "postgresql":
        pytest.skip("Needs a database that two may write to.")
    people = [
        Customer.objects.create(store=store, email=f"{n}@mail.example")
        for n in range(40)
    ]
    for person in people:
        buys(person)
    segment = make_segment(store)
    gate, done = threading.Barrier(2), []

    def work(verb):
        gate.wait()
        try:
            done.append(verb())
        finally:
            connection.close()

    ids = [person.pk for person in people]
    verbs = (
        lambda: count(store, segment.pk, NOW),
        lambda: follow.judge(store, ids, LATER),
    )
    threads = [threading.Thread(target=work, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 2
    assert sorted(row[0] for row in spells(segment)) == ids


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_count_waits_for_nobody(store):
    if connection.vendor != "postgresql":
        pytest.skip("Needs locks of rows.")
    segment = make_segment(store)
    found = []

    def work():
        try:
            found.append(count_due(store, NOW))
        finally:
            connection.close()

    Following.objects.create(store=store)
    with transaction.atomic():
        lock(store)
        other = threading.Thread(target=work)
        other.start()
        other.join(20)
        assert found == [0]
    segment.refresh_from_db()
    assert segment.is_due
    assert count_due(store, NOW) == 1


# As it happens


def began(store):
    """From here on changes are followed."""
    follow.follow(store, timezone.now())
    count_due(store, timezone.now())


def test_an_order_brings_somebody_in_within_one_look(store, segment, ada, dov):
    loyal = make_segment(store, LOYAL, name="Loyal")
    began(store)
    assert inside(segment) == set()
    now = timezone.now()
    buys(ada, now - timedelta(seconds=2), "1")
    buys(ada, now - timedelta(seconds=1), "2")
    assert follow.follow(store, timezone.now()) >= 1
    assert inside(segment) == inside(loyal) == {ada.pk}
    assert CustomerFeatures.objects.of(store).get(customer=ada).orders == 2
    segment.refresh_from_db()
    assert segment.members == 1


def test_a_refused_order_takes_somebody_out(store, segment, ada):
    order = buys(ada)
    began(store)
    assert inside(segment) == {ada.pk}
    order.status = "cancelled"
    order.save()
    follow.follow(store, timezone.now())
    assert inside(segment) == set()


def test_a_visit_counts(store, ada):
    segment = make_segment(store, {"did": "visited", "days": 1})
    began(store)
    now = timezone.now()
    Session.objects.create(
        store=store, key="a", customer=ada, started_at=now, last_at=now
    )
    follow.follow(store, timezone.now())
    assert inside(segment) == {ada.pk}


def test_a_statement_of_consent_counts(store, dov):
    segment = make_segment(store, AGREED)
    began(store)
    agree(dov, timezone.now())
    follow.follow(store, timezone.now())
    assert inside(segment) == {dov.pk}


def agree(person, at, is_granted=True):
    consents.state(
        person, "email", "marketing", is_granted=is_granted, at=at,
        wording=consents.Wording("Send me news.", "1", "footer"),
    )  # fmt: skip


def settled(store):
    """Nobody was touched lately."""
    hour = timedelta(hours=1)
    Customer.objects.of(store).update(updated_at=timezone.now() - hour)
    CustomerFeatures.objects.of(store).update(as_of=timezone.now() - hour)


def test_a_statement_counts_that_comes_long_after_it_was_made(store, dov):
    segment = make_segment(store, AGREED)
    began(store)
    settled(store)
    agree(dov, timezone.now() - timedelta(days=2))
    assert follow.follow(store, timezone.now()) == 1
    assert inside(segment) == {dov.pk}


def test_a_refusal_of_a_clock_that_runs_fast_counts(store, ada):
    segment = make_segment(store, AGREED)
    began(store)
    settled(store)
    soon = timezone.now() + timedelta(minutes=2)
    agree(ada, soon, is_granted=False)
    assert follow.follow(store, timezone.now()) == 1
    assert inside(segment) == {ada.pk}
    follow.follow(store, soon + timedelta(seconds=2))
    assert inside(segment) == set()


def test_who_follows_shares_no_worker_with_who_counts():
    routes = settings.CELERY_TASK_ROUTES
    followed = {
        routes[f"segmentation.{job}"]["queue"] for job in ("follow", "catch_up")
    }
    assert followed == {"segments"}
    others = {route["queue"] for job, route in routes.items() if "segm" not in job}
    assert "segments" in settings.QUEUES
    assert "segments" not in others


def test_scores_that_are_new_are_asked_for_at_once(store, ada, dov):
    """A score of the night, and a count after it."""
    best = make_segment(store, {"field": "rfm_recency", "is": "known"})
    buys(ada)
    began(store)
    assert inside(best) == set()
    refresh_all(store, "customer", timezone.now())
    tasks.score_rfm()
    best.refresh_from_db()
    assert best.is_due
    tasks.count_due()
    assert inside(best) == {ada.pk}


def test_numbers_that_others_worked_out_count(store, dov):
    segment = make_segment(store, {"field": "views_30", "is": "at_least", "value": 5})
    began(store)
    Customer.objects.of(store).update(updated_at=NOW)
    CustomerFeatures.objects.create(
        store=store, customer=dov, as_of=timezone.now(), views_30=7
    )
    follow.follow(store, timezone.now())
    assert inside(segment) == {dov.pk}


def test_who_is_merged_away_or_deleted_leaves(store, segment, ada, dov, cleo):
    for number, person in enumerate((ada, dov, cleo)):
        buys(person, number=str(number))
    began(store)
    assert inside(segment) == {ada.pk, dov.pk, cleo.pk}
    merge.merge(ada, dov, at=timezone.now(), reason="Same person")
    cleo.deleted_at = timezone.now()
    cleo.save()
    follow.follow(store, timezone.now())
    assert inside(segment) == {ada.pk}


def test_too_much_at_once_is_counted_as_a_whole(store, segment, ada, dov, monkeypatch):
    began(store)
    monkeypatch.setattr(follow, "MOST", 1)
    buys(ada)
    buys(dov, number="2")
    assert follow.follow(store, timezone.now()) >= 2
    segment.refresh_from_db()
    assert segment.is_due
    assert inside(segment) == set()
    count_due(store, timezone.now())
    assert follow.follow(store, timezone.now()) == 0, "What was seen is behind us."
    assert inside(segment) == {ada.pk, dov.pk}


def test_after_a_long_look_at_too_much_the_next_changes_are_seen(
    store, segment, ada, dov, cleo, monkeypatch
):
    began(store)
    now = timezone.now()
    buys(ada, now)
    buys(dov, now, "2")
    with monkeypatch.context() as few:
        few.setattr(follow, "MOST", 1)
        follow.follow(store, now, overlap=follow.LONG_OVERLAP)
    count_due(store, now)
    assert inside(segment) == {ada.pk, dov.pk}
    soon = now + timedelta(seconds=20)
    buys(cleo, soon, "3")
    Order.objects.of(store).filter(number="3").update(updated_at=soon)
    follow.follow(store, soon + timedelta(seconds=2))
    assert inside(segment) == {ada.pk, dov.pk, cleo.pk}


def test_a_claim_that_lapsed_is_left_to_who_has_it_now(store, segment, ada):
    began(store)
    buys(ada)
    others = timezone.now() + timedelta(hours=1)
    rows = Following.objects.of(store)
    with at_statement(ENTER, lambda: rows.update(claimed_to_at=others)):
        follow.follow(store, timezone.now())
    assert rows.get().claimed_to_at == others


def test_one_at_a_time_in_a_store(store, segment, ada):
    began(store)
    buys(ada)
    now = timezone.now()
    Following.objects.of(store).update(claimed_to_at=now + timedelta(minutes=1))
    assert follow.follow(store, now) == 0
    assert inside(segment) == set()
    assert follow.follow(store, now + timedelta(minutes=1)) >= 1, "It lapses."
    assert inside(segment) == {ada.pk}


def test_a_look_that_died_is_done_again(store, segment, ada):
    began(store)
    before = Following.objects.of(store).get().seen_to_at
    buys(ada)
    with at_statement(ENTER, die), pytest.raises(KeyboardInterrupt):
        follow.follow(store, timezone.now())
    assert Following.objects.of(store).get().seen_to_at == before
    assert follow.follow(store, timezone.now()) >= 1
    assert inside(segment) == {ada.pk}


def test_where_nothing_happened_little_is_asked(
    store, other_store, segment, django_assert_num_queries
):
    began(store)
    Following.objects.of(store).update(seen_to_at=timezone.now() + timedelta(hours=1))
    with django_assert_num_queries(9 + len(WATCHED)):
        assert follow.follow(store, timezone.now() + timedelta(hours=1)) == 0
    with django_assert_num_queries(1):
        assert follow.follow(other_store, timezone.now()) == 0


def test_the_archive_is_left_alone(store, segment, ada):
    began(store)
    write.archive(segment)
    buys(ada)
    assert follow.follow(store, timezone.now()) == 0
    assert count_due(store, timezone.now()) == 0
    write.restore(segment)
    assert count_due(store, timezone.now()) == 1
    assert inside(segment) == {ada.pk}


# The jobs


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
