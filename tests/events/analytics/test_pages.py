"""The merchant's pages about visitors, and the stream that keeps one up to date."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from apps.events.models import Session, Tracking
from apps.events.views import live
from apps.shop.models import Product
from tests.conftest import NOW
from tests.events.rollups.conftest import bring, page, roll_all
from tests.events.rollups.test_roll import visit

pytestmark = pytest.mark.django_db
HOME = "/admin/analytics"
PAGES = ("live", "visitors", "returning", "searches", "clicks")


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rolled(store):
    Product.objects.create(
        store=store, woo_id=7, name="Linen dress", slug="dress", currency="EUR",
        status=Product.Status.PUBLISHED,
    )  # fmt: skip
    bring(store, visit())
    bring(store, [
        {"type": "search", "query": "linen", "results": 0, "visitor": "v2", "session": "s2",
         "context": page("https://maison.example/sale")},
        {"type": "click", "element": "a", "x": 0.5, "y": 0.5, "visitor": "v2", "session": "s2",
         "context": page("https://maison.example/sale")},
        {"type": "rage_click", "element": "#buy", "visitor": "v2", "session": "s2",
         "context": page("https://maison.example/sale")},
    ])  # fmt: skip
    roll_all()
    return store


@pytest.fixture
def client(rolled, analyst):
    client = Client()
    client.force_login(analyst)
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_funnel_page_tells_what_happened(client):
    found = text_of(client.get(f"{HOME}/visitors/?by=device"))
    assert "€104.70" in found
    assert "Put something into the cart" in found
    assert '"name": "Visits"' in found
    assert re.search(r'data-label="Device">\s*<span>Phone', found)


def test_searches_and_obstacles_are_listed(client):
    found = text_of(client.get(f"{HOME}/searches/"))
    assert "linen" in found
    assert "Clicked again and again" in found


def test_the_heat_of_a_page_is_drawn(client):
    found = text_of(client.get(f"{HOME}/clicks/?path=/sale"))
    assert "/sale: 1 click<" in found
    assert 'x="200"' in found


def test_weeks_of_first_visits_are_shown(client):
    assert 'title="2 of 2"' in text_of(client.get(f"{HOME}/returning/"))


@pytest.mark.parametrize("name", PAGES)
def test_odd_days_are_answered_with_the_usual_ones(client, name):
    for query in ("first=x", "first=2026-06-05&last=2026-06-01", "last=0001-01-01"):
        assert client.get(f"{HOME}/{name}/?{query}").status_code == 200


@pytest.mark.parametrize("name", [*PAGES, "live/stream"])
def test_strangers_see_nothing(rolled, name):
    answer = Client().get(f"{HOME}/{name}/".replace("stream/", "stream"))
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def test_another_store_s_people_see_their_own(rolled, stranger):
    client = Client()
    client.force_login(stranger)
    assert "linen" not in text_of(client.get(f"{HOME}/searches/"))


def test_the_stream_tells_at_once_and_gives_its_seat_back(client, rolled):
    bring(
        rolled, visit(start=NOW - timedelta(minutes=3), visitor="v3", session="s3")[:2]
    )
    roll_all()
    answer = client.get(f"{HOME}/live/stream")
    assert answer["Content-Type"] == "text/event-stream"
    first = next(iter(answer.streaming_content)).decode()
    retry, data = first.strip().split("\n")
    assert retry == "retry: 1000"
    assert json.loads(data.removeprefix("data: "))["visitors_now"] == 2
    assert live.SEATS._value == 1
    answer.close()
    assert live.SEATS._value == 2


def test_whoever_finds_no_seat_is_told_once_and_asked_to_wait(client):
    for _ in range(2):
        live.SEATS.acquire()
    try:
        answer = client.get(f"{HOME}/live/stream")
        parts = [part.decode() for part in answer.streaming_content]
    finally:
        live.SEATS.release(2)
    assert len(parts) == 1
    assert parts[0].startswith("retry: 10000\n")


def test_a_visit_is_told_step_by_step(client, rolled):
    one = Session.objects.of(rolled).get(key="s1")
    found = text_of(client.get(f"/admin/events/session/{one.pk}/change/"))
    assert "Search engines (google.com)" in found
    assert "Linen dress" in found
    assert found.index("Looked at a product") < found.index("Began to check out")
    assert "Phone" in text_of(client.get("/admin/events/session/"))


def test_robots_are_not_among_the_visits(client, rolled):
    Session.objects.of(rolled).update(is_bot=True, browser="Googlebot")
    assert "Googlebot" not in text_of(client.get("/admin/events/session/"))
    assert "Googlebot" in text_of(client.get("/admin/events/session/?outcome=robots"))


def test_tracking_settings_are_a_manager_s(rolled, manager, client):
    row = Tracking.objects.for_store(rolled)
    page_url = f"/admin/events/tracking/{row.pk}/change/"
    assert client.get("/admin/events/tracking/")["Location"] == page_url
    assert client.post(page_url, {"days_kept": 3}).status_code == 403
    boss = Client()
    boss.force_login(manager)
    assert boss.post(page_url, {"days_kept": 3}).status_code == 302
    row.refresh_from_db()
    assert row.days_kept == 3
