from __future__ import annotations

import json
import math
from datetime import timedelta

import numpy as np
import pytest

from apps.events.models import Interaction, Link, Session, Tracking
from apps.events.services.engines.chosen import engine
from apps.events.services.rows import Row as Raw
from apps.registry.models import ModelVersion
from apps.registry.services import drift
from apps.registry.services.brain import TooLittleDataError
from apps.registry.services.learn import learn
from apps.segmentation.models import PurchaseModel
from apps.segmentation.services.learning import purchase, visits
from apps.segmentation.services.learning.purchase import KIND, Purchase
from apps.segmentation.services.purchase import predict
from apps.segmentation.services.purchase_numbers import NAMES
from apps.shop.models import Order
from ml_models.intent.model import silent
from tests.conftest import NOW
from tests.segmentation.purchase.world import Visits, ago, season, thing

pytestmark = pytest.mark.django_db


def train(store):
    return learn(store, KIND, as_of=NOW, clock=lambda: NOW)


@pytest.mark.slow
def test_it_learns_what_brings_orders_and_the_web_answers_from_its_row(
    store, monkeypatch
):
    monkeypatch.setattr(purchase, "SAMPLED", 100)
    dress, _ = season(store)
    liar = Visits(store)
    for key, price, revenue in (("l1", 1e9, 10_000), ("l2", 0.01, 10**14)):
        began, end = ago(days=2), ago(days=2) + timedelta(minutes=5)
        liar.visit(
            key, began, visitor="liar", device="computer", channel="ads",
            checkout_at=end, ordered_at=end, revenue=revenue,
        )  # fmt: skip
        liar.did("liar", "product_view", dress, began, 100)
        liar.did("liar", "add_to_cart", dress, began + timedelta(minutes=1), price)
    liar.save()
    version = train(store)
    sample = Purchase().sample(store, NOW)
    assert drift.shifted(version.card["inputs"], sample) == {}
    assert version.card["inputs"] == {
        name: drift.bins_of(values) for name, values in sample.items()
    }
    assert version.status == ModelVersion.Status.CHAMPION
    assert version.metrics["surprise"] < version.baseline_metrics["surprise"]
    assert version.card["rivals"].keys() == {"linear", "trees", "blend"}
    row = PurchaseModel.objects.of(store).serving().get()
    assert [column["name"] for column in row.document["columns"]] == list(NAMES)
    now = Visits(store)
    for key, device in (("full", "computer"), ("empty", "phone")):
        now.visit(key, ago(minutes=5), 5, device=device, channel="ads")
        now.did(key, "product_view", dress, ago(minutes=4), 100)
    now.did("full", "add_to_cart", dress, ago(minutes=3), 100)
    now.save()
    full, empty = (predict(store, NOW, visitor=who) for who in ("full", "empty"))
    assert full.purchase_probability > 0.6 > 0.3 > empty.purchase_probability
    assert full.low < full.purchase_probability < full.high
    assert full.model_version == str(version)
    # A cart of 100 came to orders of 150; what one shopper makes up changes nothing.
    assert full.predicted_value == pytest.approx(full.purchase_probability * 150)
    assert row.document["basket"] == {
        "average": 150, "by_cart": 1.5, "most_cart": 100,
    }  # fmt: skip
    effects = {factor.name: factor.effect for factor in full.factors}
    assert effects["device"] > 0.5
    assert effects.get("carts", 0) + effects.get("in_cart", 0) > 0.5
    assert Purchase().forget(version) == 1
    assert not PurchaseModel.objects.of(store).exists()


def test_it_asks_for_fifty_visits_with_an_order(store):
    season(store, visits=60)
    with pytest.raises(
        TooLittleDataError, match="visits ended in an order; it takes 50"
    ):
        train(store)
    assert not ModelVersion.objects.of(store).exists()


@pytest.mark.parametrize(
    ("loyal", "said"),
    [
        (range(400), "In visits 1 visitors ordered and 0 did not"),
        (range(230, 330), "In a part of the visits 1 visitors ordered and 0 did not"),
    ],
)
def test_it_asks_for_many_visitors_and_not_only_for_many_visits(store, loyal, said):
    """Else a part might hold only buyers, from whom nothing is to be learned."""
    season(store, visits=400)
    names = [f"s{number}" for number in loyal]
    Session.objects.of(store).filter(visitor__in=names).update(visitor="loyal")
    Interaction.objects.of(store).filter(visitor__in=names).update(visitor="loyal")
    brain = Purchase()
    with pytest.raises(TooLittleDataError, match=said):
        brain.compete(brain.read(store, NOW, silent), None, 0, silent)


@pytest.mark.parametrize(
    ("said", "error", "passes"),
    [
        (0.0, 0.03, False),
        (0.03, 0.005, True),
        (0.015, 0.015, False),
        (0.06, 0.03, False),
    ],
)
def test_where_three_of_a_hundred_order_it_may_not_say_that_nobody_does(
    said, error, passes
):
    found = purchase.Quality(
        np.zeros(20_000), 0.03, {"calibration_error": error}, [said] * 20_000
    )
    assert purchase.calibration(found).passes is passes


def test_a_row_knows_nothing_of_what_came_after_its_moment(store):
    """The same visit, broken off after each of its steps, says the same of them."""
    dress, boot = thing(store), thing(store, "Boot")
    began = ago(days=3)
    deeds = [
        ("product_view", dress, 40), ("product_view", boot, 100),
        ("add_to_cart", boot, 100), ("product_view", dress, 40),
        ("remove_from_cart", boot, 100), ("add_to_cart", dress, 40),
    ]  # fmt: skip
    told = []
    for length in range(1, len(deeds) + 1):
        Session.objects.of(store).delete()
        made = Visits(store)
        minutes = 30.0 if length == len(deeds) else length - 1
        made.visit("s", began, minutes, visitor=f"v{length}")
        for minute, (kind, product, price) in enumerate(deeds[:length]):
            at = began + timedelta(minutes=minute)
            made.did(f"v{length}", kind, product, at, price)
        made.save()
        told.append([said(row) for row in visits.read(store, NOW).rows])
    whole = told[-1]
    assert [row[0] for row in whole] == [
        began + timedelta(minutes=n) for n in (0, 1, 2, 3)
    ]
    assert all(rows == whole[: len(rows)] for rows in told)
    assert [len(rows) for rows in told] == [1, 2, 3, 4, 4, 4]


def said(row):
    """NaN is not itself."""
    values = {n: "?" if v != v else v for n, v in row.values.items()}
    return row.at, values


def test_nothing_is_learned_from_a_moment_after_the_order(store):
    dress = thing(store)
    made = Visits(store)
    began = ago(days=2)
    later = began + timedelta(minutes=4)
    made.visit("s", began, 20, checkout_at=later, ordered_at=later, revenue=500_000)
    made.did("s", "product_view", dress, began, 50)
    for minute in (1, 5, 6):
        at = began + timedelta(minutes=minute)
        made.did("s", "product_view", dress, at, 50)
    made.save()
    rows = visits.read(store, NOW).rows
    assert [(row.looks, row.has_bought, row.worth) for row in rows] == [
        (1, True, 50.0), (2, True, 50.0),
    ]  # fmt: skip


def test_a_checkout_is_a_moment_of_its_own(store):
    dress = thing(store)
    made = Visits(store)
    began = ago(days=2)
    made.visit("s", began, 9, checkout_at=began + timedelta(minutes=7))
    made.did("s", "product_view", dress, began, 50)
    made.save()
    first, second = visits.read(store, NOW).rows
    assert (first.values["checkout"], second.values["checkout"]) == (0, 1)
    assert second.values["seconds"] == 420


def test_who_signs_in_to_buy_was_not_known_before(store, ada):
    """Otherwise being known would tell of the order that makes people sign in."""
    dress = thing(store)
    made = Visits(store)
    for key, began in (("first", ago(days=9)), ("second", ago(days=2))):
        made.visit(key, began, visitor="v")
        made.did("v", "product_view", dress, began, 50)
    made.save()
    signed = ago(days=9) + timedelta(minutes=1)
    Link.objects.create(
        store=store, visitor="v", customer=ada, evidence="login",
        first_at=signed, last_at=signed,
    )  # fmt: skip
    Order.objects.create(
        store=store, number="1", status=Order.Status.COMPLETED, customer=ada,
        currency="EUR", total=80, placed_at=signed,
    )  # fmt: skip
    first, second = (row.values for row in visits.read(store, NOW).rows)
    assert (first["is_known"], first["orders"]) == (0, 0)
    assert (second["is_known"], second["orders"]) == (1, 1)
    assert second["average_order"] == 80
    assert second["visits_before"] == 1
    assert math.isnan(float(first["days_since_visit"]))


def test_robots_and_visits_under_way_teach_nothing(store):
    dress = thing(store)
    made = Visits(store)
    made.visit("robot", ago(days=1), is_bot=True)
    made.visit("here", ago(minutes=20), 10)
    made.did("robot", "product_view", dress, ago(days=1), 50)
    made.did("here", "product_view", dress, ago(minutes=20), 50)
    made.save()
    assert visits.read(store, NOW).rows == []


def test_pages_searches_and_anger_count_from_their_moment_on(store):
    dress = thing(store)
    made = Visits(store)
    began = ago(days=1)
    made.visit("s", began, 9)
    for minute in (1, 4):
        at = began + timedelta(minutes=minute)
        made.did("s", "product_view", dress, at, 50)
    made.save()
    for number, (kind, minute) in enumerate(
        [("page_view", 0), ("search", 2), ("rage_click", 3), ("page_view", 5)], 1
    ):
        at_ms = round((began + timedelta(minutes=minute)).timestamp() * 1000)
        raw = Raw(
            ((at_ms << 80) | number).to_bytes(16, "big"), at_ms, kind, "s", "s",
            None, None, None, None, None, "", json.dumps({}).encode(), b"{}",
        )  # fmt: skip
        engine().append([engine().prepare(store.pk, [raw])], 1, NOW)
    rows = visits.read(store, NOW).rows
    counted = [
        tuple(row.values[name] for name in ("pages", "searches", "frustrations"))
        for row in rows
    ]
    assert counted == [(1, 0, 0), (1, 0, 0), (1, 1, 1)]


def test_what_was_forgotten_is_unknown_and_not_nothing(store):
    """Otherwise no pages would mean an old visit, which no visit under way is."""
    dress = thing(store)
    made = Visits(store)
    for day in (1, 40):
        made.visit(f"s{day}", ago(days=day))
        made.did(f"s{day}", "product_view", dress, ago(days=day), 50)
    made.save()
    Tracking.objects.create(store=store, forgotten_to_at=ago(days=30))
    old, new = (said(row)[1] for row in visits.read(store, NOW).rows)
    for name in ("pages", "searches", "frustrations"):
        assert (old[name], new[name]) == ("?", 0)
    assert (old["views"], new["views"]) == (1, 1)


def test_visits_of_which_nothing_is_kept_count_for_the_rate(store):
    dress = thing(store)
    made = Visits(store)
    made.visit("s1", ago(days=2), ordered_at=ago(days=2) + timedelta(minutes=5))
    made.did("s1", "product_view", dress, ago(days=2), 50)
    made.visit("s2", ago(days=3))
    made.save()
    found = visits.read(store, NOW)
    assert (found.visits, found.bought, len(found.rows)) == (2, 1, 1)


def test_the_newest_visits_teach_where_there_are_too_many(store):
    dress = thing(store)
    made = Visits(store)
    for day in range(1, 6):
        made.visit(f"s{day}", ago(days=day))
        made.did(f"s{day}", "product_view", dress, ago(days=day), 50)
    made.save()
    told = []
    found = visits.read(store, NOW, lambda *step: told.append(step), most=2)
    assert [row.key for row in found.rows] == ["s2", "s1"]
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert {step for _, step in told} == {
        "Reading visits", "Reading what they looked at", "Reading pages and searches",
    }  # fmt: skip


def test_what_visits_knew_does_not_hang_on_how_many_are_read(store):
    """The watch reads fewer than a training, and compares the two."""
    dress = thing(store)
    made = Visits(store)
    for day in range(1, 6):
        made.visit(f"s{day}", ago(days=day), visitor="v")
        made.did("v", "product_view", dress, ago(days=day), 50)
    made.save()
    few, all_of_them = (visits.read(store, NOW, most=most).rows for most in (2, 9))
    assert [said(row) for row in few] == [said(row) for row in all_of_them[-2:]]
    assert [row.values["visits_before"] for row in few] == [3, 4]
