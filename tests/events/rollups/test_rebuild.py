"""services/rebuild.py: the same figures, to the last digit, from the events alone."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Store
from apps.accounts.plans import PlanName
from apps.core.errors import ConflictError, InvalidInputError
from apps.events.models import EventBatch, Freshness, Metric, Session, Tracking
from apps.events.services.rebuild import rebuild
from apps.events.services.roll import roll_some
from apps.shop.models import Product
from tests.conftest import NOW
from tests.events.rollups.conftest import (
    PHONE,
    ROBOT,
    at_ms,
    bring,
    clear,
    metric,
    page,
    roll_all,
    state,
)
from tests.events.rollups.test_roll import visit

pytestmark = pytest.mark.django_db
ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
KINDS = (
    "page_view", "product_view", "add_to_cart", "order", "search", "page_leave",
    "message_opened",
)  # fmt: skip
PAGES = ("https://maison.example/", "https://maison.example/sale?gclid=1", "")


@pytest.fixture
def whole_days(store):
    """A plan that keeps events for long."""
    store.plan = PlanName.ENTERPRISE
    store.save()
    return store


@st.composite
def said(draw, n: int):
    """One event of a handful of people within four days."""
    kind = draw(st.sampled_from(KINDS))
    fields = {
        "product_view": {"product": draw(st.integers(7, 9))},
        "add_to_cart": {"product": 7, "price": 49.9, "currency": "EUR"},
        "order": {
            "order": n + 1,
            "value": draw(st.sampled_from([0.1, 0.2, 104.7])),
            "currency": draw(st.sampled_from(["EUR", "USD"])),
            "items": [{"product": 7, "price": 0.1}, {"product": 8, "quantity": 3}],
        },
        "search": {"query": draw(st.sampled_from(["Linen", "linen "])), "results": 0},
        "message_opened": {"channel": "email"},
        "page_leave": {"seconds": draw(st.sampled_from([0.1, 61.5]))},
    }.get(kind, {})
    url = draw(st.sampled_from(PAGES))
    return {
        "type": kind,
        "id": f"event-{n}",
        "visitor": draw(st.sampled_from(["", "v1", "v2"])),
        "session": draw(st.sampled_from(["", "s1", "s2", "s3"])),
        "at": at_ms(NOW - timedelta(minutes=draw(st.integers(0, 4 * 24 * 60)))),
        **({"context": page(url)} if url else {}),
        **fields,
    }


@st.composite
def stories(draw):
    """Events in heaps, shuffled, some of them sent twice."""
    count = draw(st.integers(1, 14))
    events = [draw(said(n)) for n in range(count)]
    again = draw(st.lists(st.sampled_from(events), max_size=3))
    order = draw(st.permutations(events + again))
    cut = draw(st.integers(0, len(order)))
    return {
        "heaps": [heap for heap in (order[:cut], order[cut:]) if heap],
        "browsers": draw(st.sampled_from([(PHONE, PHONE), (PHONE, ROBOT)])),
        "at_once": draw(st.sampled_from([1, 1_000])),
        "zone": draw(st.sampled_from(ZONES)),
        "dies": draw(st.booleans()),
        "days": draw(st.tuples(st.integers(0, 5), st.integers(0, 5))),
    }


def tell(store: Store, story) -> None:
    for heap, browser in zip(story["heaps"], story["browsers"], strict=False):
        once = list({one["id"]: one for one in heap}.values())
        new = [one for one in once if not kept(store, one)]
        if new:
            bring(store, new, browser=browser)
        if story["dies"]:
            die_rolling()
        roll_all(most=story["at_once"])


class DeadError(Exception):
    pass


def die_rolling() -> None:
    """Killed before the commit: for the database as if it had never been."""
    with contextlib.suppress(DeadError), transaction.atomic():
        roll_some(NOW)
        raise DeadError


def kept(store: Store, said) -> bool:
    """What the engine does with a resend is its own tests' business."""
    told = store.told = getattr(store, "told", set())
    if said["id"] in told:
        return True
    told.add(said["id"])
    return False


@given(story=stories())
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_rebuild_is_equal_to_what_was_rolled(whole_days, story):
    store = whole_days
    fresh_start(store, story["zone"])
    tell(store, story)
    before = state(store)
    first = NOW.date() - timedelta(days=story["days"][0])
    last = max(first, NOW.date() + timedelta(days=1 - story["days"][1]))
    rebuild(store, first, last, lambda: NOW)
    assert state(store) == before
    # And from nothing.
    clear(store)
    rebuild(
        store, NOW.date() - timedelta(days=6), NOW.date() + timedelta(days=1),
        lambda: NOW,
    )  # fmt: skip
    assert state(store) == before


@given(story=stories())
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_heaps_of_any_size_in_any_order_end_the_same(whole_days, story):
    store = whole_days
    fresh_start(store, story["zone"])
    tell(store, story)
    in_pieces = state(store)
    clear(store)
    EventBatch.objects.update(rolled_at=None)
    roll_all()
    assert state(store) == in_pieces


def fresh_start(store: Store, zone: str) -> None:
    """Hypothesis runs many stories in one test."""

    clear(store)
    # Append-only through the model.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_event")
    EventBatch.objects.all().delete()
    store.time_zone = zone
    store.save()
    store.told = set()
    for woo_id in (7, 8):
        Product.objects.of(store).get_or_create(
            woo_id=woo_id, store=store,
            defaults={"name": "Dress", "slug": f"d{woo_id}", "currency": "EUR"},
        )  # fmt: skip


def test_a_rebuild_puts_right_what_was_wrong(whole_days):
    store = whole_days
    bring(store, visit())
    roll_all()
    before = state(store)
    Metric.objects.of(store).filter(name="order").update(count=99)
    Session.objects.of(store).update(revenue=1, channel="ads")
    assert state(store) != before
    today = NOW.date()
    assert rebuild(store, today, today, lambda: NOW) == 6
    assert state(store) == before


def test_a_message_opened_today_brings_no_visit_of_yesterday(whole_days):
    """Found by a random story: the visit was counted once more."""
    store = whole_days
    yesterday = visit()[0] | {"at": at_ms(NOW - timedelta(days=1))}
    opened = {
        "type": "message_opened", "id": "opened", "channel": "email", "at": at_ms(NOW),
        "session": yesterday["session"], "visitor": yesterday["visitor"],
    }  # fmt: skip
    bring(store, [yesterday, opened])
    roll_all()
    before = state(store)
    rebuild(store, NOW.date(), NOW.date(), lambda: NOW)
    assert state(store) == before


def test_batches_that_were_forgotten_are_missed_by_nobody(whole_days):
    store = whole_days
    bring(store, visit())
    roll_all()
    before = state(store)
    EventBatch.objects.all().delete()
    clear(store)
    assert rebuild(store, NOW.date(), NOW.date(), lambda: NOW) == 6
    assert state(store) == before


def test_what_is_not_rolled_yet_waits_its_turn(whole_days):
    store = whole_days
    bring(store, visit())
    roll_all()
    bring(store, visit(visitor="v2", session="s2"))
    rebuild(store, NOW.date(), NOW.date(), lambda: NOW)
    assert metric(store, "order") == (1, 1_047_000)
    roll_all()
    assert metric(store, "order") == (2, 2_094_000)


def test_days_whose_events_are_gone_stay_as_they_are(store):
    Tracking.objects.for_store(store)
    with pytest.raises(InvalidInputError) as refused:
        rebuild(store, NOW.date() - timedelta(days=7), NOW.date(), lambda: NOW)
    assert "Events before 2026-05-26 are no longer kept" in refused.value.message
    with pytest.raises(InvalidInputError):
        rebuild(store, date(2026, 6, 1), date(2026, 5, 31), lambda: NOW)


def test_what_was_dropped_once_is_not_counted_anew_by_a_larger_plan(whole_days):
    store = whole_days
    tracking = Tracking.objects.for_store(store)
    tracking.forgotten_to_at = NOW - timedelta(days=3)
    tracking.save()
    today = NOW.date()
    with pytest.raises(InvalidInputError) as refused:
        rebuild(store, today - timedelta(days=3), today, lambda: NOW)
    assert "Events before 2026-05-30 are no longer kept" in refused.value.message
    assert rebuild(store, today - timedelta(days=2), today, lambda: NOW) == 0


def test_a_rebuild_that_was_taken_over_stops_and_leaves_the_other_one_s_claim(
    whole_days,
):
    store = whole_days
    bring(store, visit())
    roll_all()
    before = state(store)
    taken = NOW + timedelta(minutes=5)

    def moments():
        yield from (NOW, NOW)
        Freshness.objects.of(store).update(rebuild_seen_at=taken)
        while True:
            yield NOW + timedelta(seconds=1)

    clock = moments()
    with pytest.raises(ConflictError, match="taken over"):
        rebuild(store, NOW.date(), NOW.date(), lambda: next(clock))
    assert Freshness.objects.of(store).get().rebuild_seen_at == taken
    assert state(store) == before


def test_new_events_wait_for_a_rebuild_that_lives(store):
    bring(store, visit())
    Freshness.objects.create(store=store, rolled_at=NOW, rebuild_seen_at=NOW)
    assert roll_some(NOW + timedelta(seconds=119)) == 0
    assert roll_some(NOW + timedelta(seconds=121)) == 6


def test_two_rebuilds_do_not_meet(whole_days):
    Freshness.objects.create(store=whole_days, rolled_at=NOW, rebuild_seen_at=NOW)
    with pytest.raises(ConflictError):
        rebuild(whole_days, NOW.date(), NOW.date(), lambda: NOW)
