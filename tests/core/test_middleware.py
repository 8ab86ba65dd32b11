from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def test_it_names_the_request(client):
    assert len(client.get("/healthz").headers["X-Request-ID"]) == 32


def test_it_keeps_a_proxy_s_request_id(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "abc-12345"})
    assert answer.headers["X-Request-ID"] == "abc-12345"


@pytest.mark.parametrize("hostile", ["short", "a b c d e f g h", "x" * 65, "é" * 10])
def test_it_replaces_a_strange_request_id(client, hostile):
    answer = client.get("/healthz", headers={"X-Request-ID": hostile})
    assert answer.headers["X-Request-ID"] != hostile


def test_a_huge_body_is_refused_by_its_announced_length(client, settings):
    answer = client.post(
        "/api/v1/auth/token/",
        b"x" * (settings.API_BODY_LIMIT + 1),
        content_type="application/json",
    )
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:luxebrain:too_large"


def test_pages_allow_no_foreign_or_inline_script(client):
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("path", "is_https", "sources"),
    [
        ("/admin/login/", True, "'self' data: blob: https:"),
        ("/admin/login/", False, "'self' data: blob: https: http:"),
        ("/healthz", False, "'self' data: blob:"),
    ],
)
def test_only_the_admin_shows_pictures_of_a_shop(
    client, settings, path, is_https, sources
):
    settings.IS_HTTPS = is_https
    policy = client.get(path).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["img-src"] == sources


def test_api_answers_are_not_kept_by_caches(client):
    assert client.get("/api/v1/nothing").headers["Cache-Control"] == "no-store"


def test_an_unknown_api_address_is_a_problem(client):
    answer = client.get("/api/v1/nothing")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_an_unknown_page_is_a_page(client):
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert b"Not here" in answer.content
