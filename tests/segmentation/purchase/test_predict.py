from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.services.callers import PUBLISHABLE, Caller
from apps.events.models import Link, Metric, Session
from apps.registry.models import ModelVersion
from apps.segmentation.api.purchase import PredictionSerializer
from apps.segmentation.models import PurchaseModel
from apps.segmentation.services.learning import visits
from apps.segmentation.services.purchase import predict
from apps.segmentation.services.purchase_actions import Situation, recommend
from apps.segmentation.services.purchase_numbers import NAMES, TEXTS
from apps.segmentation.services.purchase_visit import under_way
from apps.shop.models import Order
from tests.callers import as_caller, person, server
from tests.conftest import NOW
from tests.events.rollups.conftest import bring, roll_all
from tests.events.rollups.test_roll import visit as seen
from tests.segmentation.purchase.world import Visits, ago, thing

pytestmark = pytest.mark.django_db
URL = "/api/v1/segmentation/purchase/"


@pytest.fixture
def visit(store):
    """Eight minutes of looking around: two looks, a dress in the cart."""
    dress = thing(store)
    made = Visits(store)
    made.visit("s1", ago(minutes=9), 8, visitor="v1", device="phone", channel="ads")
    for minutes in (9, 5):
        made.did("v1", "product_view", dress, ago(minutes=minutes), 100)
    made.did("v1", "add_to_cart", dress, ago(minutes=1), 100, quantity=2)
    made.save()
    return made


def serve(store, **weights):
    """A model that weighs a few numbers, of 0 and of themselves alone."""
    numbers = [
        {
            "column": place, "scale": 1.0, "mean": 0.0, "sd": 1.0, "low": 0.0,
            "high": 50.0, "knots": [],
        }
        for place in range(len(weights))
    ]  # fmt: skip
    document = {
        "columns": [{"name": name, "levels": None} for name in weights],
        "intercept": -1.0,
        "worth": {"linear": 1.0},
        "terms": {
            "numbers": numbers, "categories": [], "pairs": [],
            "means": [0.0] * 3 * len(weights),
        },
        "weights": [
            [shift, *(one for weight in weights.values() for one in (0, 0, weight))]
            for shift in (-0.1, 0.1)
        ],
        "forests": [],
        "basket": {"average": 80.0, "by_cart": 0.9, "most_cart": 500.0},
        "rate": 0.02,
    }  # fmt: skip
    version = ModelVersion.objects.create(
        store=store, kind="segmentation.purchase", name="linear", number=7,
        status=ModelVersion.Status.CHAMPION, trained_at=NOW,
    )  # fmt: skip
    return PurchaseModel.objects.create(store=store, version=version, document=document)


def test_it_says_how_likely_why_and_what_it_is_worth(store, visit):
    serve(store, carts=2.0, views=-0.5)
    found = predict(store, NOW, visitor="v1")
    # log 2 and log 3: one cart, two looks.
    assert found.purchase_probability == pytest.approx(0.459337, abs=1e-6)
    assert found.predicted_value == pytest.approx(0.459337 * 180, abs=1e-3)
    assert [(one.name, round(one.effect, 4), one.value) for one in found.factors] == [
        ("carts", 1.3863, 1.0), ("views", -0.5493, 2.0),
    ]  # fmt: skip
    assert found.factors[0].label == "Put in the cart"
    assert found.model_version == "segmentation.purchase#7"
    assert found.confidence_score == pytest.approx(1 - (found.high - found.low))
    assert [one.code for one in found.recommended_actions] == ["remind_of_cart"]


def test_a_cart_is_believed_up_to_what_carts_held(store, visit):
    made = Visits(store)
    made.did("v1", "add_to_cart", thing(store, "Boot"), ago(minutes=2), 1e9)
    made.save()
    serve(store, views=-0.5)
    found = predict(store, NOW, visitor="v1")
    assert found.predicted_value == pytest.approx(found.purchase_probability * 450)


def test_it_asks_few_questions(store, visit, ada):
    serve(store, carts=2.0)
    Link.objects.create(
        store=store, visitor="v1", customer=ada, evidence="login",
        first_at=ago(days=3), last_at=ago(days=3),
    )  # fmt: skip
    predict(store, NOW, visitor="v1")
    with CaptureQueriesContext(connection) as asked:
        predict(store, NOW, visitor="v1")
    assert len(asked) == 5
    with CaptureQueriesContext(connection) as asked:
        predict(store, NOW, session="s1")
    assert len(asked) == 6


def test_answering_reads_what_learning_read(store, visit, ada):
    """The numbers of the visit's last moment, asked for then and read from the past. A
    tab that stays open says so, and that is no step."""
    Session.objects.of(store).update(last_at=ago(seconds=5))
    dress = thing(store, "Boot")
    made = Visits(store)
    made.visit("s0", ago(days=4), visitor="v1", ordered_at=ago(days=4))
    made.did("v1", "product_view", dress, ago(days=4), 70)
    made.save()
    Link.objects.create(
        store=store, visitor="v1", customer=ada, evidence="login",
        first_at=ago(days=3), last_at=ago(days=3),
    )  # fmt: skip
    for number, days in enumerate((40, 20), 1):
        Order.objects.create(
            store=store, number=str(number), status=Order.Status.COMPLETED,
            customer=ada, currency="EUR", total=60 * number, placed_at=ago(days=days),
        )  # fmt: skip
    live = under_way(store, NOW, "v1", "").numbers
    learned = visits.read(store, NOW + timedelta(hours=2)).rows[-1].values
    assert set(live) == set(learned) == set(NAMES)
    assert (live["in_cart"], live["orders"], live["average_order"]) == (200, 2, 90)
    assert (live["visits_before"], live["buys_before"]) == (1, 1)
    for name in set(NAMES) - set(TEXTS):
        assert live[name] == pytest.approx(learned[name]), name
    assert [live[name] for name in TEXTS] == [learned[name] for name in TEXTS]


def test_learning_counts_no_more_than_answering(store, ada):
    """A probe that comes each hour, a customer with hundreds of orders."""
    dress = thing(store)
    made = Visits(store)
    for hours in range(1, 204):
        made.visit(f"s{hours}", ago(hours=hours), visitor="v1")
    made.visit("now", ago(minutes=9), 8, visitor="v1")
    for count in range(1_000):
        at = ago(minutes=9) + timedelta(milliseconds=count)
        made.did("v1", "product_view", dress, at, 50)
    made.did("v1", "add_to_cart", dress, ago(minutes=5), 50)
    made.save()
    Link.objects.create(
        store=store, visitor="v1", customer=ada, evidence="login",
        first_at=ago(days=30), last_at=ago(days=30),
    )  # fmt: skip
    Order.objects.bulk_create(
        Order(
            store=store, number=str(hours), status=Order.Status.COMPLETED,
            customer=ada, currency="EUR", total=10, placed_at=ago(hours=hours),
        )
        for hours in range(1, 204)
    )  # fmt: skip
    live = under_way(store, NOW, "v1", "").numbers
    rows = visits.read(store, NOW + timedelta(hours=2)).rows
    for numbers in (live, rows[-1].values):
        assert (numbers["visits_before"], numbers["orders"]) == (200, 200)
    assert live["carts"] == 0
    assert {row.values["carts"] for row in rows} == {0}


@pytest.mark.parametrize("bought", [0, 30])
def test_before_a_model_the_store_s_own_rate_answers(store, visit, bought):
    made = [("sessions", 10 * bought + 1, 0), ("sessions_ordered", bought, 30_000_000)]
    # A product's and a channel's are parts of the same; the last is too old.
    for name, count, amount in made:
        for dimension, key, day in (
            ("", "", ago(days=9)), ("channel", "ads", ago(days=9)),
            ("", "", ago(days=91)),
        ):  # fmt: skip
            Metric.objects.create(
                store=store, grain=Metric.Grain.DAY, starts_at=day, name=name,
                dimension=dimension, key=key, count=count, amount=amount,
            )  # fmt: skip
    found = predict(store, NOW, session="s1")
    assert (found.session, found.model_version, found.factors) == ("s1", "", ())
    wanted = (bought + 0.6) / (10 * bought + 21)
    assert found.purchase_probability == pytest.approx(wanted)
    if bought:
        assert found.confidence_score > 0.9
    else:
        assert (found.low, found.high) == (0, pytest.approx(0.73, abs=0.01))
    # By the cart: an order brought 100 on average, or nothing is known of that.
    assert found.predicted_value == pytest.approx(wanted * 200)
    assert [one.code for one in found.recommended_actions] == ["leave_alone"]


def test_the_store_s_own_rate_is_that_of_the_visits_that_were_counted(store):
    """From events as they come: one visit with an order of 104.70, one without."""
    with time_machine.travel(NOW, tick=False):
        bring(store, seen())
        bring(store, seen(visitor="v2", session="s2")[:2])
        roll_all()
    found = predict(store, NOW + timedelta(hours=2), visitor="nobody")
    assert found.purchase_probability == pytest.approx((1 + 0.6) / (2 + 20))
    assert found.predicted_value == pytest.approx(1.6 / 22 * 104.7)


def test_nothing_at_all_is_known_of_a_new_shop(store):
    found = predict(store, NOW, visitor="nobody")
    assert (found.session, found.purchase_probability) == ("", 0.03)
    assert found.confidence_score == 0
    assert [one.code for one in found.recommended_actions] == ["leave_alone"]


def test_a_visit_that_ended_or_is_a_robot_s_or_another_shop_s_is_not_under_way(
    store, other_store, visit
):
    assert predict(store, NOW + timedelta(minutes=32), visitor="v1").session == ""
    assert predict(other_store, NOW, visitor="v1").session == ""
    made = Visits(store)
    made.visit("bot", ago(minutes=2), 1, is_bot=True)
    made.save()
    assert predict(store, NOW, session="bot").session == ""
    assert predict(store, NOW, visitor="").session == ""


def test_who_has_just_ordered_is_left_alone(store):
    made = Visits(store)
    made.visit("s2", ago(minutes=9), 8, ordered_at=ago(minutes=1), revenue=1_234_500)
    made.save()
    serve(store, carts=1.0)
    found = predict(store, NOW, session="s2")
    assert (found.purchase_probability, found.confidence_score) == (1, 1)
    assert found.predicted_value == 123.45
    assert [one.reason for one in found.recommended_actions] == [
        "They have just ordered."
    ]


@pytest.mark.parametrize(
    ("chance", "overdue", "numbers", "codes"),
    [
        (0.6, None, {"carts": 1.0}, ["give_no_discount"]),
        (0.3, None, {"carts": 1.0}, ["remind_of_cart"]),
        (0.3, None, {"carts": 1.0, "removals": 1.0}, ["show_sizes_and_delivery"]),
        (0.01, None, {"views": 9.0}, ["show_alternatives"]),
        (0.01, None, {"views": 2.0}, ["leave_alone"]),
        (0.01, 2.5, {"views": 2.0}, ["win_back"]),
        (0.6, 2.5, {"carts": 1.0}, ["give_no_discount"]),
        (
            0.3, 2.5, {"carts": 1.0, "checkout": 1.0, "frustrations": 1.0},
            ["help_at_checkout", "win_back"],
        ),
        # Who has begun the checkout knows of the cart.
        (0.45, None, {"carts": 1.0, "checkout": 1.0}, ["leave_alone"]),
        # No model was asked: what is likely, nobody knows.
        (None, None, {"carts": 1.0}, ["leave_alone"]),
        (None, None, {"carts": 1.0, "checkout": 1.0}, ["leave_alone"]),
        (None, None, {"views": 2.0}, ["leave_alone"]),
        (None, None, {"views": 9.0}, ["show_alternatives"]),
        (None, 2.5, {"views": 2.0}, ["win_back"]),
        (None, None, {"carts": 1.0, "frustrations": 1.0}, ["offer_help"]),
        (0.01, None, {"frustrations": 2.0}, ["offer_help"]),
    ],
)  # fmt: skip
def test_rules_say_what_to_do(chance, overdue, numbers, codes):
    found = recommend(Situation(chance, 0.02, numbers, overdue))
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("checkout", "reason"),
    [
        (1.0, "They met trouble in this visit and have begun the checkout."),
        (0.0, "They click in anger or without effect, or a form says errors."),
    ],
)
def test_reasons_say_no_more_than_is_known(checkout, reason):
    """Neither when trouble came nor of which kind it was is counted."""
    numbers = {"checkout": checkout, "frustrations": 1.0}
    assert recommend(Situation(0.01, 0.02, numbers))[0].reason == reason


def test_the_api_tells_a_server_and_the_team_but_no_page(
    store, visit, time_machine, analyst
):
    time_machine.move_to(NOW, tick=False)
    serve(store, carts=2.0, days_since_visit=1.0)
    client = server(store)
    answer = client.get(URL, {"session": "s1"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert body.keys() == {
        "session", "purchase_probability", "probability_low", "probability_high",
        "confidence_score", "predicted_value", "currency", "factors",
        "recommended_actions", "model_version",
    }  # fmt: skip
    assert body["purchase_probability"] == 0.59539
    assert (body["predicted_value"], body["currency"]) == ("107.17", "EUR")
    assert body["factors"] == [
        {
            "name": "carts", "label": "Put in the cart", "value": "1",
            "effect": 1.386294,
        }
    ]  # fmt: skip
    assert body["recommended_actions"] == [
        {
            "code": "give_no_discount",
            "reason": "They are likely to order as it is.",
        }
    ]  # fmt: skip
    assert person(analyst).get(URL, {"visitor": "v1"}).json() == body
    assert client.get(URL).status_code == 400
    assert client.get(URL, {"visitor": "v1", "session": "s1"}).status_code == 400


def test_it_is_told_that_the_worth_is_with_tax_and_shipping():
    told = str(PredictionSerializer().fields["predicted_value"].help_text)
    assert "with tax and shipping" in told


def test_neither_a_page_nor_a_key_for_events_may_ask(store):
    page = as_caller(Caller(store, PUBLISHABLE))
    for client in (page, server(store, "events")):
        assert client.get(URL, {"visitor": "v1"}).status_code == 403
