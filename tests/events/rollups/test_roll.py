"""services/roll.py: what events add up to."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import Usage
from apps.events.models import (
    EventBatch,
    Freshness,
    Interaction,
    Metric,
    Session,
    Visitor,
)
from apps.shop.models import Customer, PriceChange, Product
from tests.conftest import NOW
from tests.events.rollups.conftest import (
    ROBOT,
    at_ms,
    bring,
    day,
    metric,
    page,
    roll_all,
    state,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def visit(start=NOW - timedelta(hours=1), visitor="v1", session="s1"):
    """From a search engine to an order of two pieces."""

    def event(n, kind, **fields):
        return {
            "type": kind, "id": f"{visitor}-{session}-{n}", "visitor": visitor,
            "session": session, "at": at_ms(start + n * MINUTE),
            "context": page("https://maison.example/p/linen-dress?x=1"), **fields,
        }  # fmt: skip

    arrival = page(
        "https://maison.example/", referrer="https://www.google.com/search?q=me"
    )
    return [
        event(0, "page_view", context=arrival),
        event(1, "product_view", product=7, price=49.9, currency="EUR"),
        event(2, "add_to_cart", product=7, quantity=2, price=49.9, currency="EUR"),
        event(3, "checkout_start", value=99.8, currency="EUR"),
        event(4, "order", order=1, value=104.7, currency="EUR", items=[
            {"product": 7, "quantity": 2, "price": 49.9}, {"product": 8, "price": 4.9},
        ]),
        event(5, "page_leave", seconds=61.5),
    ]  # fmt: skip


@pytest.fixture
def dress(store):
    return Product.objects.create(
        store=store, woo_id=7, name="Dress", slug="dress", currency="EUR"
    )


def test_it_makes_one_session_of_a_visit(store):
    bring(store, visit())
    assert roll_all() == 6
    one = Session.objects.of(store).get()
    assert (one.key, one.visitor, one.events) == ("s1", "v1", 6)
    assert one.started_at == NOW - 60 * MINUTE
    assert one.last_at == NOW - 55 * MINUTE
    assert (one.viewed_at, one.ordered_at) == (NOW - 59 * MINUTE, NOW - 56 * MINUTE)
    assert (one.landing_path, one.referrer, one.channel) == (
        "/",
        "google.com",
        "search",
    )
    assert (one.device, one.browser, one.system) == ("phone", "Mobile Safari", "iOS")
    assert (one.revenue, one.visible_ms, one.is_bot) == (1_047_000, 61_500, False)


def test_it_counts_by_minute_hour_and_day(store):
    bring(store, visit())
    roll_all()
    for grain in Metric.Grain:
        assert metric(store, "order", grain=grain) == (1, 1_047_000)
    starts = dict(
        Metric.objects.of(store)
        .filter(name="order", dimension="")
        .values_list("grain", "starts_at")
    )
    assert starts == {
        "minute": NOW - 56 * MINUTE,
        "hour": day("2026-06-01T11:00"),
        "day": day("2026-06-01T00:00"),
    }


def test_it_counts_by_product_place_and_page(store):
    bring(store, visit())
    roll_all()
    assert metric(store, "product_view", "product", "7") == (1, 0)
    assert metric(store, "add_to_cart", "product", "7") == (1, 998_000)
    assert metric(store, "bought", "product", "7") == (2, 998_000)
    assert metric(store, "bought", "product", "8") == (1, 49_000)
    assert metric(store, "page_view", "path", "/") == (1, 0)
    assert metric(store, "order", "device", "phone") == (1, 1_047_000)
    assert metric(store, "page_leave") == (1, 615_000)


def test_it_counts_a_funnel_by_channel(store):
    bring(store, visit())
    bring(store, visit(visitor="v2", session="s2")[:2])
    roll_all()
    steps = ("sessions", "sessions_viewed", "sessions_carted", "sessions_ordered")
    assert [metric(store, step)[0] for step in steps] == [2, 2, 1, 1]
    assert metric(store, "sessions_ordered", "channel", "search") == (1, 1_047_000)
    assert metric(store, "sessions_bounced") == (1, 0)
    assert metric(store, "visitors") == (2, 0)


def test_a_late_event_moves_what_was_counted(store):
    """The visit began the day before, by an advertisement, as is known only now."""
    events = visit(start=day("2026-06-01T00:01"))
    bring(store, events)
    roll_all()
    early = {
        **events[0], "id": "early", "at": at_ms(day("2026-05-31T23:58")),
        "context": page("https://maison.example/new?gclid=1"),
    }  # fmt: skip
    bring(store, [early])
    roll_all()
    days = Metric.objects.of(store).filter(
        name="sessions", dimension="", grain="day", count__gt=0
    )
    assert [row.starts_at for row in days] == [day("2026-05-31T00:00")]
    assert metric(store, "sessions", "channel", "ads") == (1, 615_000)
    assert metric(store, "sessions", "channel", "search") == (0, 0)
    assert Session.objects.of(store).get().landing_path == "/new"


def test_robots_are_counted_apart(store):
    bring(store, visit(), browser=ROBOT)
    roll_all()
    names = set(Metric.objects.of(store).values_list("name", flat=True))
    assert names == {"bots"}
    assert metric(store, "bots", "browser", "Googlebot") == (6, 0)
    assert Session.objects.of(store).get().is_bot
    assert not Visitor.objects.of(store).exists()
    assert not Interaction.objects.of(store).exists()


def test_whoever_opens_a_mail_was_not_in_the_shop(store):
    sent = {"visitor": "v9", "channel": "email", "at": at_ms(NOW)}
    bring(store, [{"type": "message_opened", **sent}])
    roll_all()
    assert metric(store, "message_opened", "channel", "email") == (1, 0)
    assert metric(store, "visitors") == (0, 0)
    bring(store, [{"type": "message_clicked", **sent}])
    roll_all()
    assert metric(store, "visitors") == (1, 0)


def test_a_day_is_the_store_s_own(store):
    store.time_zone = "America/New_York"
    store.save()
    # 23:30 and 00:30 around the night in which clocks went forward: a day of 23 hours.
    moments = [
        "2026-03-08T04:30",
        "2026-03-08T05:30",
        "2026-03-09T03:30",
        "2026-03-09T04:30",
    ]
    bring(store, [
        {"type": "page_view", "visitor": f"v{n}", "at": at_ms(day(text))}
        for n, text in enumerate(moments)
    ])  # fmt: skip
    roll_all()
    days = Metric.objects.of(store).filter(name="page_view", grain="day", dimension="")
    assert list(days.order_by("starts_at").values_list("starts_at", "count")) == [
        (day("2026-03-07T05:00"), 1),
        (day("2026-03-08T05:00"), 2),
        (day("2026-03-09T04:00"), 1),
    ]


def test_orders_in_other_currencies_are_counted_but_not_added(store):
    events = visit()
    events[4] |= {"value": 50, "currency": "USD"}
    bring(store, events)
    roll_all()
    assert metric(store, "order") == (1, 0)
    assert metric(store, "order", "currency", "USD") == (1, 500_000)
    assert Session.objects.of(store).get().revenue == 0


def test_interactions_know_product_person_and_price(store, dress, ada):
    Customer.objects.of(store).filter(pk=ada.pk).update(woo_id=42)
    for price, hours in (("55", 48), ("39", 2)):
        PriceChange.objects.create(
            store=store, product=dress, price=Decimal(price), currency="EUR",
            changed_at=NOW - timedelta(hours=hours),
        )  # fmt: skip
    unsaid = {**visit()[1], "id": "unsaid", "price": None}
    old = {**unsaid, "id": "old", "at": at_ms(NOW - timedelta(hours=24))}
    bring(store, [*visit(), unsaid, old], customer=42)
    roll_all()
    acts = Interaction.objects.of(store).order_by("at", "type", "price")
    assert [(a.type, a.price, a.currency, a.quantity, a.customer_id) for a in acts] == [
        ("product_view", Decimal(55), "EUR", 1, ada.pk),
        ("product_view", Decimal(39), "EUR", 1, ada.pk),
        ("product_view", Decimal("49.9"), "EUR", 1, ada.pk),
        ("add_to_cart", Decimal("49.9"), "EUR", 2, ada.pk),
        ("order", Decimal("49.9"), "EUR", 2, ada.pk),
    ]


def test_a_batch_is_counted_once(store):
    bring(store, visit())
    roll_all()
    before = state(store)
    bring(store, visit())
    roll_all()
    assert state(store) == before
    assert not EventBatch.objects.filter(rolled_at=None).exists()


def test_the_plan_s_usage_and_the_freshness_are_told(store):
    bring(store, visit())
    roll_all()
    assert Usage.objects.of(store).get(kind="events").count == 6
    fresh = Freshness.objects.of(store).get()
    assert (fresh.version, fresh.rolled_at) == (1, NOW)


def test_absurd_amounts_stop_nobody(store):
    base = {"visitor": "v", "session": "s", "currency": "EUR", "at": at_ms(NOW)}
    absurd = {"price": 9e10, "quantity": 100_000, "product": 7}
    bring(store, [
        {"type": "add_to_cart", **absurd, **base},
        {"type": "order", "order": 1, "value": 9e10, "items": [absurd], **base},
    ])  # fmt: skip
    roll_all()
    billion = 10**9 * 10_000
    assert metric(store, "add_to_cart") == (1, billion)
    assert metric(store, "bought", "product", "7") == (100_000, billion)
    Metric.objects.of(store).filter(name="order").update(amount=2**63 - 2)
    bring(store, [{"type": "order", "order": 2, "value": 9e10, **base}])
    roll_all()
    assert metric(store, "order")[0] == 2


def test_a_batch_that_cannot_be_counted_stops_nobody(store, caplog):
    for n in range(3):
        bring(store, visit(visitor=f"v{n}", session=f"s{n}"))
    _, broken, _ = EventBatch.objects.order_by("pk")
    # Past the model, by which no such row comes.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_event SET properties = %s WHERE batch_id = %s",
            ['{"items": 5, "seconds": "soon"}', broken.pk],
        )
    assert roll_all() == 12
    refused = EventBatch.objects.get(refused_at__isnull=False)
    assert (refused.pk, refused.rolled_at, refused.refused_at) == (broken.pk, None, NOW)
    assert metric(store, "order") == (2, 2_094_000)
    assert f"Batch {broken.pk} cannot be counted" in caplog.text
    assert roll_all() == 0
    told = Client().get("/metrics").content.decode()
    assert "luxebrain_events_refused_batches 1.0" in told
    assert "behind_seconds 0.0" in told


def test_stores_do_not_mix(store, other_store):
    bring(store, visit())
    bring(other_store, visit())
    roll_all()
    assert metric(store, "order") == (1, 1_047_000)
    assert metric(other_store, "order") == (1, 0)
    assert Session.objects.of(other_store).count() == 1


def test_what_may_name_a_person_is_counted_without_the_name(store):
    paid = page("https://maison.example/checkout/order-received/1234/?key=wc_order_x")
    base = {"visitor": "v", "session": "s", "context": paid}
    bring(store, [
        {"type": "search", "query": "ada@example.com", "results": 0, **base},
        {"type": "search", "query": "order 123456", "results": 0, **base},
        {"type": "search", "query": "size 12345", "results": 0, **base},
        {"type": "page_view", **base},
    ])  # fmt: skip
    roll_all()
    rows = Metric.objects.of(store)
    assert list(rows.filter(dimension="query").values_list("name", "key").order_by("name")) == [
        ("search", "size 12345"), ("search_empty", "size 12345"),
    ]  # fmt: skip
    assert metric(store, "search") == (3, 0)
    assert metric(store, "page_view", "path", "/checkout/order-received/") == (1, 0)
    assert Session.objects.of(store).get().landing_path == "/checkout/order-received/"


def test_searches_clicks_and_picks(store):
    base = {"visitor": "v", "session": "s", "context": page("https://maison.example/a")}
    bring(store, [
        {"type": "search", "query": " Linen ", "results": 0, **base},
        {"type": "search", "query": "linen", "results": 4, **base},
        {"type": "click", "element": "a", "x": 0.26, "y": 1.0, **base},
        {"type": "rage_click", "element": "#buy", **base},
        {"type": "recommendation_shown", "placement": "home", "products": [7, 8], **base},
        {"type": "recommendation_clicked", "placement": "home", "product": 7, **base},
    ])  # fmt: skip
    roll_all()
    assert metric(store, "search", "query", "linen") == (2, 0)
    assert metric(store, "search_empty", "query", "linen") == (1, 0)
    assert metric(store, "click", "cell", "/a#5,39") == (1, 0)
    assert metric(store, "rage_click", "path", "/a") == (1, 0)
    assert metric(store, "recommendation_shown", "placement", "home") == (1, 0)
    assert metric(store, "recommendation_shown", "product", "8") == (1, 0)
    assert metric(store, "recommendation_clicked", "placement", "home") == (1, 0)
