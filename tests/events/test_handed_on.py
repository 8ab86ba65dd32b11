"""Events of a page that the shop's server hands on: believed as a page's, not as a server's."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from apps.accounts.services import customer_token
from apps.events.models import Tracking
from tests.events.conftest import PATH, event, rows

pytestmark = pytest.mark.django_db
HANDED = f"{PATH}?source=page"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"


def hand(server, *events, address="198.51.100.7", **batch):
    told = {"events": events, "visitor_address": address, **batch}
    return server.send("POST", HANDED, told)


def test_it_believes_no_name_of_a_customer(server, store):
    hand(server, event("page_view", customer=42))
    server.send("POST", PATH, event("page_view", customer=42))

    assert [row.customer_woo_id for row in rows(store)] == [None, 42]


def test_a_token_still_says_who_it_is(server, store):
    token = customer_token.mint(
        server.shown, 42, datetime.now(UTC) + timedelta(hours=1)
    )

    hand(server, event("page_view"), customer_token=token)

    assert rows(store)[0].customer_woo_id == 42


def test_it_cannot_tell_of_last_year(server, store):
    old = event("page_view", at=round((time.time() - 90 * 86_400) * 1000))
    late = event("page_view", at=old["at"])

    assert hand(server, old).status_code == 400
    # Nor by a clock that claims to be wrong.
    assert hand(server, late, sent_at=late["at"] + 86_400_000 * 40).status_code == 400
    assert rows(store) == []


def test_it_cannot_fill_the_figures(server, store):
    much = [
        event("recommendation_shown", placement="p", products=list(range(1, 101)))
        for _ in range(51)
    ]

    assert hand(server, *much).status_code == 400


def test_one_visitor_cannot_use_up_what_others_need(server, store, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "track_page": "2/min"}

    said = [hand(server, event("page_view")).status_code for _ in range(3)]

    assert said == [200, 200, 429]
    assert hand(server, event("page_view"), address="198.51.100.8").status_code == 200
    assert server.send("POST", PATH, event("page_view")).status_code == 200


def test_address_and_browser_are_the_visitors(server, store):
    hand(server, event("page_view"), visitor_browser=IPHONE)

    assert rows(store)[0].context == {"ip": "198.51.100.0", "browser": IPHONE}


def test_a_whole_address_is_kept_only_where_shop_and_visitor_want_it(server, store):
    Tracking.objects.update_or_create(store=store, defaults={"keeps_whole_ip": True})

    hand(server, event("page_view"))
    hand(server, event("page_view"), consent={"personalization": True})

    kept = [row.context["ip"] for row in rows(store)]
    assert kept == ["198.51.100.0", "198.51.100.7"]


@pytest.mark.parametrize("address", ["", "<script>", 5, None])
def test_no_address_costs_no_event(server, store, address):
    assert hand(server, event("page_view"), address=address).status_code == 200
    assert rows(store)[0].context == {}


def test_a_page_gains_nothing_by_saying_so_itself(page, store):
    page.send(event("page_view"), visitor_address="198.51.100.7")

    assert rows(store)[0].context == {"ip": "127.0.0.0"}


def test_the_mark_is_signed(server, store):
    """Who takes it off the way changes what was signed."""
    told = {"events": [event("page_view", customer=42)]}
    signature = server.headers("POST", HANDED)

    answer = server.send("POST", PATH, told, headers=signature)

    assert answer.status_code == 401
    assert rows(store) == []
