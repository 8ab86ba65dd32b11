from __future__ import annotations

import json
from datetime import timedelta

import pytest

from apps.accounts.models import StoreOrigin
from apps.accounts.services import customer_token, keys
from apps.experiments.models import Exposure
from tests import callers
from tests.conftest import NOW
from tests.experiments.made import experiment, holdout

pytestmark = pytest.mark.django_db
ASSIGN, EXPOSE = "/api/v1/experiments/assign/", "/api/v1/experiments/expose/"
ORIGIN = "https://maison.example"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def page(store, client):
    """Calls as a page of the shop does."""
    StoreOrigin.objects.create(store=store, origin=ORIGIN)
    _, key = keys.create(store, "pk", "Pages")
    headers = {"luxebrain-key": key, "origin": ORIGIN}

    def call(url, *, method="get", **said):
        if method == "get":
            return client.get(url, said, headers=headers)
        body = json.dumps(said)
        return client.post(url, body, content_type="application/json", headers=headers)

    return call


@pytest.fixture
def cart(store):
    """A test of the cart page."""
    return experiment(
        store, kind="page", place="page:cart", configs=[{}, {"button": "green"}]
    )


def known(person, woo_id):
    person.woo_id = woo_id
    person.save()
    return person


def test_a_page_asks_shows_and_says_that_it_was_seen(store, page, cart):
    asked = page(ASSIGN, place="page:cart", visitor="v").json()
    assert asked["tests"].keys() == {cart.key}
    assert not Exposure.objects.of(store).exists()
    shown = page(EXPOSE, method="post", place="page:cart", visitor="v").json()
    assert shown == asked
    page(EXPOSE, method="post", place="page:cart", visitor="v")
    row = Exposure.objects.of(store).get()
    assert (row.unit, row.variant.key) == ("visitor:v", asked["tests"][cart.key])
    config = {"a": {}, "b": {"button": "green"}}[row.variant.key]
    assert asked["config"] == config


def test_who_is_left_alone_is_told(store, page, cart):
    holdout(store, 1.0)
    asked = page(ASSIGN, place="page:cart", visitor="v").json()
    assert (asked["held_out"], asked["config"]) == (True, {})


def test_a_page_names_a_customer_by_a_token_only(store, page, cart, ada):
    known(ada, 7)
    refused = page(ASSIGN, place="page:cart", customer=7)
    assert refused.status_code == 403
    _, secret = keys.create(store, "sk", "Server")
    token = customer_token.mint(secret, 7, NOW + timedelta(hours=1))
    page(EXPOSE, method="post", place="page:cart", visitor="v", token=token)
    rows = Exposure.objects.of(store).values_list("unit", "customer")
    assert set(rows) == {("visitor:v", ada.pk), (f"customer:{ada.pk}", ada.pk)}


@pytest.mark.parametrize(
    "said",
    [
        {}, {"place": "Page Cart"}, {"place": "p" * 81}, {"place": "<script>"},
        {"place": "page:cart", "visitor": "v" * 65}, {"place": "page:سلة"},
    ],
)  # fmt: skip
def test_what_is_no_place_or_visitor_is_refused(page, cart, said):
    assert page(ASSIGN, **said).status_code == 400
    assert page(EXPOSE, method="post", **said).status_code == 400


def test_nobody_known_takes_part_in_nothing(store, page, cart):
    answer = page(EXPOSE, method="post", place="page:cart")
    assert answer.json() == {"held_out": False, "config": {}, "tests": {}}
    assert not Exposure.objects.of(store).exists()


def test_shelves_are_written_down_by_their_answers_alone(store, page):
    experiment(store)
    answer = page(EXPOSE, method="post", place="shelf:home", visitor="v")
    assert answer.status_code == 400
    assert not Exposure.objects.of(store).exists()


def test_a_page_writes_down_nobody_for_a_holdout_nor_elsewhere(store, page, cart):
    """Whoever holds a page's key could tell only of those who are left alone: from then
    on the groups would not be of the sizes that were set, and nothing would be known."""
    everything = holdout(store, 0.5)
    for n in range(20):
        page(EXPOSE, method="post", place="page:cart", visitor=f"v{n}")
    rows = Exposure.objects.of(store)
    assert not rows.filter(experiment=everything).exists()
    assert rows.filter(experiment=cart).exists()
    for place in ("message:welcome", "price:coat", "other"):
        answer = page(EXPOSE, method="post", place=place, visitor="v")
        assert answer.status_code == 403


def test_whoever_sends_messages_asks_for_many(store, other_store, ada, cleo):
    known(ada, 7), known(cleo, 8)
    row = experiment(
        store, kind="message", place="message:welcome", configs=[{}, {"subject": "Hi"}]
    )
    server = callers.server(store)
    said = {"place": "message:welcome", "customers": [7, 8, 999, 7]}
    found = server.post(ASSIGN, said, format="json").json()
    assert [one["customer"] for one in found] == [7, 8, 999]
    assert found[2]["tests"] == {}
    assert not Exposure.objects.of(store).exists()
    again = server.post(ASSIGN, {**said, "exposed": True}, format="json").json()
    assert again == found
    rows = Exposure.objects.of(store).values_list("customer", "variant__key")
    assert dict(rows) == {
        ada.pk: found[0]["tests"][row.key], cleo.pk: found[1]["tests"][row.key],
    }  # fmt: skip


def test_a_page_may_not_ask_for_many(page):
    answer = page(ASSIGN, method="post", place="page:cart", customers=[1])
    assert answer.status_code == 403


def test_too_many_are_refused(store):
    said = {"place": "page:cart", "customers": list(range(1, 202))}
    answer = callers.server(store).post(ASSIGN, said, format="json")
    assert answer.status_code == 400


def test_another_store_s_customers_are_unknown(store, other_store, ada):
    known(ada, 7)
    experiment(other_store, kind="message", place="message:welcome")
    said = {"place": "message:welcome", "customers": [7], "exposed": True}
    found = callers.server(other_store).post(ASSIGN, said, format="json").json()
    assert found == [{"customer": 7, "held_out": False, "config": {}, "tests": {}}]
    assert not Exposure.objects.exists()
