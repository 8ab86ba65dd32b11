"""Members change as things happen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from apps.events.models import Session
from apps.features.models import CustomerFeatures, OrderState
from apps.features.services import frame, known
from apps.features.services.refresh import refresh_all
from apps.segmentation import tasks
from apps.segmentation.models import Following
from apps.segmentation.services import follow, write
from apps.segmentation.services.conditions.catalog import WATCHED
from apps.segmentation.services.count import count_due
from apps.shop.models import Customer, Order
from apps.shop.services import consents, merge
from tests.conftest import NOW
from tests.segmentation.members import (
    AGREED,
    ENTER,
    LOYAL,
    at_statement,
    began,
    buys,
    die,
    inside,
    make_segment,
)

pytestmark = pytest.mark.django_db


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


def test_many_at_once_are_read_some_at_a_time(store, segment, ada, dov, monkeypatch):
    """Of more at once than the database can be asked for, the whole shop is read."""
    began(store)
    settled(store)
    for module in (follow, known):
        monkeypatch.setattr(module, "MOST_IDS", 1)
    read = []

    class Seen(known.Known):
        def __init__(self, *said):
            super().__init__(*said)
            read.append(self)

    monkeypatch.setattr(frame, "Known", Seen)
    for number, person in enumerate((ada, dov)):
        buys(person, timezone.now() - timedelta(seconds=2), str(number))
    follow.follow(store, timezone.now())
    assert inside(segment) == {ada.pk, dov.pk}
    assert [one.few for one in read] == [[ada.pk], [dov.pk]]


def test_a_cancellation_by_a_clock_that_runs_fast_counts_at_once(store, ada):
    segment = make_segment(store, {"field": "orders", "is": "at_least", "value": 1})
    order = buys(ada, timezone.now() - timedelta(days=1))
    began(store)
    follow.follow(store, timezone.now())
    assert OrderState.objects.of(store).count() == 1
    assert inside(segment) == {ada.pk}
    order.status = "cancelled"
    order.source_modified_at = timezone.now() + timedelta(minutes=1)
    order.save()
    follow.follow(store, timezone.now())
    assert inside(segment) == set()


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
