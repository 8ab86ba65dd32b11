from __future__ import annotations

import pytest
from django.test import Client

from apps.accounts.models import Store, StoreOrigin
from tests.accounts.conftest import ORIGIN

pytestmark = pytest.mark.django_db
PREFLIGHT = {"Access-Control-Request-Method": "POST"}


@pytest.fixture
def registered(store):
    return StoreOrigin.objects.create(store=store, origin=ORIGIN)


def preflight(origin):
    return Client().options(
        "/api/v1/auth/whoami", headers={"Origin": origin, **PREFLIGHT}
    )


def test_a_registered_page_passes_the_preflight(registered):
    answer = preflight(ORIGIN)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "LuxeBrain-Key" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "x" * 5_000])
def test_no_other_page_does(registered, origin):
    assert "Access-Control-Allow-Origin" not in preflight(origin).headers


def test_caches_are_told_that_the_answer_depends_on_the_page(registered):
    assert "Origin" in preflight("https://evil.example").headers["Vary"]


def test_cookies_are_never_allowed_across_origins(registered):
    assert "Access-Control-Allow-Credentials" not in preflight(ORIGIN).headers


def test_a_closed_store_s_pages_are_closed(registered, store):
    Store.objects.filter(pk=store.pk).update(status=Store.Status.CLOSED)
    assert "Access-Control-Allow-Origin" not in preflight(ORIGIN).headers


def test_the_admin_is_not_open_to_other_pages(registered):
    answer = Client().get("/admin/login/", headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_another_store_s_page_cannot_read_the_answer(server, registered, other_store):
    StoreOrigin.objects.create(store=other_store, origin="https://rivale.example")
    theirs = server.send(
        "GET", "/api/v1/auth/whoami", headers={"Origin": "https://rivale.example"}
    )
    ours = server.send("GET", "/api/v1/auth/whoami", headers={"Origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in theirs.headers
    assert ours.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_page_can_read_why_it_was_refused(registered):
    answer = Client().get("/api/v1/auth/whoami", headers={"Origin": ORIGIN})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


def test_an_answer_varies_by_page_and_not_by_cookie(server):
    assert server.send("GET", "/api/v1/auth/whoami").headers["Vary"] == "Origin"
