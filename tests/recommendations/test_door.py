"""Pages are answered ahead of Django: the same, and whatever is wrong by Django."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client

from apps.accounts.models import ApiKey, Store, StoreOrigin
from apps.accounts.services import keys, limits, pages
from apps.decisions.models import Decision
from apps.recommendations.api import door
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import filling
from tests.conftest import NOW
from tests.recommendations.goods import product
from tests.recommendations.pages import ORIGIN, AtTheDoor

pytestmark = pytest.mark.django_db
URL = door.PATH
# Set by the middleware for pages that people look at, or different with each answer.
ELSEWHERE = {
    "X-Request-ID", "Content-Security-Policy", "Permissions-Policy", "Referrer-Policy",
    "Cross-Origin-Opener-Policy", "X-Frame-Options", "Allow", "RateLimit-Remaining",
}  # fmt: skip


@pytest.fixture(autouse=True)
def now(time_machine, store):
    time_machine.move_to(NOW, tick=False)
    ShelfSettings.objects.create(store=store, variety=0, exploration_share=0)


@pytest.fixture(autouse=True)
def three(store):
    return [product(store, name, days_old=day) for day, name in enumerate("abc")]


@pytest.fixture
def page(store):
    StoreOrigin.objects.create(store=store, origin=ORIGIN)
    key = keys.create(store, "pk", "shop pages")[1]
    return AtTheDoor(headers={"LuxeBrain-Key": key, "Origin": ORIGIN})


def test_it_takes_few_queries(three, page, django_assert_num_queries):
    ask = {"visitor": "v1", "viewed": three[0].woo_id, "limit": 2}
    page.get(URL, ask)
    # Ids, the shopper, lists, what sells beside and what is new, cards, the decision.
    with django_assert_num_queries(7):
        page.get(URL, ask)


def test_it_says_what_django_says(page):
    ask = {"visitor": "v1", "limit": 2, "explain": "1"}
    at_the_door, by_django = page.get(URL, ask), Client(**page.defaults).get(URL, ask)
    first, second = at_the_door.json(), by_django.json()
    assert {**first, "decision_id": ""} == {**second, "decision_id": ""}
    assert told(at_the_door) == told(by_django)


def told(answer):
    return {k: v for k, v in answer.headers.items() if k not in ELSEWHERE}


@pytest.mark.parametrize(
    "spoiled", [{"LuxeBrain-Key": "pk_" + "a" * 24}, {"Origin": "https://else.example"}]
)
def test_who_is_not_known_is_refused_by_django(page, spoiled):
    assert page.get(URL, {"limit": 2}, headers=spoiled).status_code == 401


def test_what_cannot_be_read_is_explained_by_django(store, page):
    assert page.get(URL, {"limit": "many"}).status_code == 400
    assert page.get(URL, {"customer": 7}).status_code == 403
    assert page.get(f"{URL}?{'a&' * 5_001}").status_code == 400
    assert page.get(URL, headers={"LuxeBrain-Key": "ä"}).status_code == 401
    assert not Decision.objects.of(store).exists()


def test_other_methods_are_django_s(page):
    assert page.head(URL).status_code == 200
    assert page.options(URL).status_code == 200
    assert page.post(URL).status_code == 405


def test_what_breaks_is_asked_of_django_again(page, monkeypatch):
    def broken(*_):
        raise DatabaseError("away")

    monkeypatch.setattr(door, "shelf_for", broken)
    with pytest.raises(AssertionError, match="Handed on"):
        page.get(URL)


def test_without_tls_django_sends_it_away(page, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert page.get(URL).status_code == 301
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert page.get(URL, headers={"X-Forwarded-Proto": "https"}).status_code == 200


def test_a_page_s_limit_holds_and_spends_nothing_of_the_shop_s(page, store, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "shelf_page": "3/min"}
    found = [page.get(URL, {"limit": 1}) for _ in range(3)]
    assert [one.headers["RateLimit-Remaining"] for one in found] == ["2", "1", "0"]
    spent = counted("store", store.pk)
    assert page.get(URL, {"limit": 1}).status_code == 429
    # Django's own throttle counts it, the door does not.
    assert counted("store", store.pk) <= spent + 1


def counted(scope, who):
    key, _ = limits.window(scope, str(who), 60, NOW.timestamp())
    return cache.get(key, 0)


def test_a_revoked_key_and_a_closed_shop_get_nothing_once_forgotten(
    page, store, monkeypatch
):
    monkeypatch.setattr(pages.KNOWN, "seconds", 0.0)
    assert page.get(URL).status_code == 200
    Store.objects.filter(pk=store.pk).update(status=Store.Status.CLOSED)
    assert page.get(URL).status_code == 401
    Store.objects.filter(pk=store.pk).update(status=Store.Status.ACTIVE)
    keys.revoke(ApiKey.objects.of(store).get())
    assert page.get(URL).status_code == 401


def test_however_an_origin_is_written_it_is_remembered_once(page):
    for spelled in (ORIGIN, ORIGIN.upper(), "https://Maison.Example"):
        assert page.get(URL, headers={"Origin": spelled}).status_code == 200
    assert len(pages.KNOWN.found) == 1


def test_a_filter_that_nothing_passes_costs_few_queries(
    store, page, django_assert_max_num_queries
):
    for number in range(200):
        product(store, f"dress {number}", sizes=("S",), woo_id=5_000 + number)
    ask = {"limit": 1, "price_to": "0"}
    with django_assert_max_num_queries(16):
        assert page.get(URL, ask).json()["picks"] == []
    assert filling.MOST_LOOKED_UP == 512
