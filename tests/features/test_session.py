from __future__ import annotations

import json

import pytest

from apps.events.services.engines.chosen import engine
from apps.events.services.rows import Row
from apps.features.services.frame import frame
from tests.conftest import NOW
from tests.features.conftest import PHONE, ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def happen(store):
    """Raw events of session s1, so many minutes ago."""

    def event(kind, minutes, *, product=None, value=None, session="s1", **said):
        at_ms = round(ago(minutes / 1440).timestamp() * 1000)
        number = (at_ms << 80) | next(places)
        return Row(
            number.to_bytes(16, "big"), at_ms, kind, "v1", session,
            said.pop("customer", None), product, None, 1,
            None if value is None else value * 10_000, "EUR" if value else "",
            json.dumps(said).encode(), b"{}",
        )  # fmt: skip

    places = iter(range(1, 1000))

    def write(*events):
        rows = [event(*each[:2], **each[2]) for each in events]
        engine().append([engine().prepare(store.pk, rows)], len(rows), NOW)

    return write


def test_it_follows_a_visit_as_far_as_it_came(shop, ada, happen):
    tops, shoes = shop.category("Tops"), shop.category("Shoes")
    dress, boot = shop.product("Dress", tops), shop.product("Boot", shoes)
    shop.visit("s1", days=40 / 1440, visitor="v1", device=PHONE, utm_source="news")
    shop.visit("robot", days=0.01, is_bot=True)
    shop.link("v1", ada, days=20 / 1440)
    happen(
        ("page_view", 40, {}),
        ("search", 39, {"query": "linen"}),
        ("product_view", 38, {"product": dress.woo_id, "value": 40}),
        ("product_view", 37, {"product": boot.woo_id, "value": 100}),
        ("add_to_cart", 36, {"product": boot.woo_id, "value": 100}),
        ("rage_click", 35, {"element": "#buy"}),
        ("add_to_cart", 10, {"product": dress.woo_id, "value": 40}),
        ("remove_from_cart", 9, {"product": boot.woo_id, "value": 100}),
        ("checkout_start", 8, {"value": 45}),
        ("page_view", 8, {"session": "robot"}),
    )
    row = shop.numbers("session", session="s1")
    del row["price_mean"]
    assert row == {
        "session": "s1",
        "customer": ada.pk,
        "device": "phone",
        "source": "news",
        "hour": 11,
        "weekday": 1,
        "dwell_seconds": 1920.0,
        "events": 9,
        "pages": 1,
        "views": 2,
        "products": 2,
        "categories": 2,
        "searches": 1,
        "shelf_clicks": 0,
        "frustrations": 1,
        "carts": 2,
        "removals": 1,
        "cart_value": 45.0,
        "checkouts": 1,
        "price_low": 40.0,
        "price_high": 100.0,
    }
    halfway = shop.numbers("session", session="s1", days=30 / 1440)
    assert (halfway["customer"], halfway["events"]) == (None, 6)
    assert (halfway["cart_value"], halfway["checkouts"]) == (100.0, 0)
    assert frame(shop.store, "session", NOW)["session"].to_list() == ["s1"]


def test_it_knows_how_messages_are_answered(shop, ada, happen):
    type(ada).objects.filter(pk=ada.pk).update(woo_id=77, source_created_at=ago(50))
    shop.counted("message_sent", days=101)
    shop.counted("message_sent", days=13)
    day = 1440
    who = {"customer": 77, "session": ""}
    happen(
        *(
            ("message_sent", n * day, {**who, "message": f"m{n}"})
            for n in (4, 8, 9, 12)
        ),
        ("message_opened", 8 * day - 5, {**who, "message": "m8"}),
        ("message_opened", 8 * day - 4, {**who, "message": "m8"}),
        ("message_clicked", 6 * day, {**who, "message": "m9"}),
        ("message_sent", 100 * day, {**who, "message": "old"}),
    )
    row = shop.numbers("customer", customer=ada.pk)
    assert (row["messages_90"], row["open_share"], row["click_share"]) == (4, 0.5, 0.25)
    assert row["click_days"] == 6.0
