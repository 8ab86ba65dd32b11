"""GET /api/v1/analytics/…: what the figures say, to whom."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from apps.accounts.models import Store
from apps.accounts.services import keys
from apps.events.services import live
from apps.events.services.analytics import funnel
from apps.events.services.analytics.remember import remembered
from apps.shop.models import Customer, Order, Product
from tests.accounts.conftest import Server, person
from tests.conftest import NOW
from tests.events.rollups.conftest import at_ms, bring, page, roll_all
from tests.events.rollups.test_roll import visit

pytestmark = pytest.mark.django_db
API = "/api/v1/analytics"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rolled(store):
    for woo_id, name in ((7, "Dress"), (8, "Belt")):
        Product.objects.create(
            store=store, woo_id=woo_id, name=name, slug=name, currency="EUR",
            status=Product.Status.PUBLISHED,
        )  # fmt: skip
    bring(store, visit())
    bring(store, visit(visitor="v2", session="s2")[:2])
    roll_all()
    return store


@pytest.fixture
def ask(rolled, analyst):
    client = person(analyst, rolled)

    def get(path: str, expected: int = 200):
        answer = client.get(f"{API}/{path}")
        assert answer.status_code == expected, answer.content
        return answer.json()

    return get


def test_metrics_over_time(ask):
    found = ask("metrics/?names=order,visitors&first=2026-05-30")
    assert found == {
        "first": "2026-05-30", "last": "2026-06-01", "currency": "EUR", "grain": "day",
        "points": [
            {"starts_at": "2026-06-01T00:00:00+00:00", "name": "order", "count": 1, "amount": "104.7"},
            {"starts_at": "2026-06-01T00:00:00+00:00", "name": "visitors", "count": 2, "amount": "0"},
        ],
    }  # fmt: skip


def test_metrics_by_what_they_are_about(ask):
    found = ask("metrics/?names=product_view&dimension=product")
    assert found["keys"] == [{"key": "7", "count": 2, "amount": "0"}]
    by_hour = ask("metrics/?names=order&grain=hour")["points"]
    assert [one["starts_at"] for one in by_hour] == ["2026-06-01T11:00:00+00:00"]


def test_the_funnel_and_its_parts(ask):
    found = ask("funnel/?by=device")
    assert [step["sessions"] for step in found["steps"]] == [2, 2, 1, 1, 1]
    assert found["steps"][2]["share_of_last"] == 0.5
    assert (found["revenue"], found["bounced"]) == ("104.7", 1)
    assert [(part["key"], part["steps"][4]["sessions"]) for part in found["parts"]] == [
        ("phone", 1)
    ]
    assert [step["name"] for step in found["steps"]] == list(funnel.STEPS)


def test_what_is_wanted_now(ask):
    found = ask("trending/")["products"]
    assert [(one["name"], one["counts"]["bought"]) for one in found] == [
        ("Dress", 2), ("Belt", 1),
    ]  # fmt: skip


def test_what_happened_two_days_ago_counts_half(rolled, ask):
    again = visit(start=NOW - timedelta(days=2, hours=1), visitor="v3", session="s3")
    bring(rolled, again)
    roll_all()
    scores = {one["name"]: one["score"] for one in ask("trending/")["products"]}
    alone = 8 * 0.5 ** (61 / 60 / 48)
    assert scores["Belt"] == pytest.approx(alone * 1.5, abs=0.001)


def test_cohorts_by_visit(rolled, ask):
    for weeks in (1, 3):
        bring(rolled, [{
            "type": "page_view", "visitor": "old", "at": at_ms(NOW - timedelta(weeks=weeks)),
        }])  # fmt: skip
    roll_all()
    found = ask("cohorts/?first=2026-05-11&last=2026-06-01")["cohorts"]
    assert [(one["week_on"], one["size"], one["back"]) for one in found] == [
        ("2026-05-11", 1, [1, 0, 1, 0]),
        ("2026-05-18", 0, [0, 0, 0]),
        ("2026-05-25", 0, [0, 0]),
        ("2026-06-01", 2, [2]),
    ]


def test_cohorts_by_order(rolled, ask):
    first = NOW - timedelta(weeks=2)
    person = Customer.objects.create(
        store=rolled, email="x@y.example", first_ordered_at=first
    )
    for at in (first, NOW):
        Order.objects.create(
            store=rolled, number="1", status="completed", customer=person,
            currency="EUR", total=Decimal(10), placed_at=at,
        )  # fmt: skip
    found = ask("cohorts/?by=order&first=2026-05-18&last=2026-06-01")["cohorts"]
    assert found[0] == {"week_on": "2026-05-18", "size": 1, "back": [1, 0, 1]}


def test_searches_and_the_heat_of_a_page(rolled, ask):
    base = {"visitor": "v9", "context": page("https://maison.example/sale")}
    bring(rolled, [
        {"type": "search", "query": "linen", "results": 0, **base},
        {"type": "search", "query": "linen", "results": 3, **base},
        {"type": "click", "element": "a", "x": 0.5, "y": 0.5, **base},
    ])  # fmt: skip
    roll_all()
    assert ask("searches/")["searches"] == [
        {"text": "linen", "searches": 2, "without_results": 1}
    ]
    found = ask("heatmap/?path=/sale")
    assert found["cells"] == [{"column": 10, "row": 20, "count": 1}]
    assert (found["columns"], found["rows"], found["clicks"]) == (20, 40, 1)


def test_sessions_are_listed(ask):
    found = ask("sessions/?has_ordered=true")["results"]
    assert [(one["key"], one["revenue"], one["channel"]) for one in found] == [
        ("s1", "104.7", "search")
    ]
    assert ask("sessions/?channel=ads")["results"] == []


def test_live_figures(rolled, ask):
    bring(
        rolled, visit(start=NOW - timedelta(minutes=6), visitor="v5", session="s5")[:3]
    )
    roll_all()
    found = ask("live/")
    assert (found["visitors_now"], found["sessions_now"], found["carts_open"]) == (
        1,
        1,
        1,
    )
    assert found["tracked_orders_today"] == 1
    assert [step["sessions"] for step in found["funnel"]] == [3, 3, 2, 1, 1]
    assert found["orders_today"] == 0


def test_an_answer_is_remembered_until_a_figure_changes(
    rolled, ask, django_assert_max_num_queries
):
    first = ask("funnel/")
    with django_assert_max_num_queries(4):
        # Who calls, which store, and the version.
        assert ask("funnel/") == first
    bring(rolled, visit(visitor="v7", session="s7")[:1])
    roll_all()
    assert ask("funnel/")["steps"][0]["sessions"] == 3


def test_a_cache_that_is_away_makes_no_page_fail(ask, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            # Nobody listens there.
            "LOCATION": "redis://127.0.0.1:9",
        }
    }
    asked = []
    store = Store.objects.get(slug="maison")
    for _ in range(2):
        asked.append(remembered(store, "funnel", {}, lambda: len(asked)))
    assert asked == [0, 1]
    assert live.snapshot(store, NOW)["tracked_orders_today"] == 1


def test_what_is_wanted_is_worked_out_once_a_minute(rolled, ask):
    first = ask("live/")["top_products"]
    bring(rolled, visit(visitor="v8", session="s8"))
    roll_all()
    with time_machine.travel(NOW + timedelta(seconds=59), tick=False):
        assert live.look(rolled, NOW + timedelta(seconds=59))["top_products"] == first
    later = NOW + timedelta(seconds=60)
    assert live.look(rolled, later)["top_products"] != first


@pytest.mark.parametrize(
    "wrong",
    [
        "funnel/?first=2026-06-02&last=2026-06-01", "funnel/?first=0001-01-01",
        "funnel/?first=2020-01-01", "funnel/?by=shoe", "metrics/?grain=week", "metrics/?names=,", "metrics/?limit=0", "trending/?limit=x",  "cohorts/?by=moon", "funnel/?last=9999-12-31",
    ],
)  # fmt: skip
def test_an_odd_question_is_refused(ask, wrong):
    ask(wrong, 400)


def test_another_store_s_figures_are_not_told(rolled, stranger, other_store):
    found = person(stranger, other_store).get(f"{API}/funnel/").json()
    assert [step["sessions"] for step in found["steps"]] == [0, 0, 0, 0, 0]


def test_keys_that_may_read_and_no_others(rolled):
    reader = Server(keys.create(rolled, "sk", "reader", ["read"])[1])
    writer = Server(keys.create(rolled, "sk", "writer", ["events"])[1])
    assert reader.send("GET", f"{API}/live/").status_code == 200
    assert writer.send("GET", f"{API}/live/").status_code == 403
