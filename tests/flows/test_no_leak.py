"""Walks every address with one store's people, looking for the other store's rows.

Both stores own one row of every kind; the other store's texts carry a marker. A leak
is a marker in an answer, a foreign row that answers anything but "not found", or a
foreign row that changed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core import serializers
from django.test import Client

from apps.accounts.models import ApiKey, Role, StoreOrigin, StoreQuerySet
from apps.accounts.services import keys
from apps.core.merchant_admin import scope
from apps.events.views import live
from tests.accounts.conftest import ORIGIN, Server, person
from tests.conftest import member
from tests.flows.addresses import Address, all_addresses
from tests.flows.one_of_each import kinds, one_of_each

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OURS, THEIRS = "maison-own", "rivale-secret"
# Signing out ends the walk; the docs and schema hold no rows.
LEFT_OUT = ("/admin/logout/", "/api/v1/docs/", "/api/v1/schema/", "/media/", "/static/")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Django's admin takes whatever is no POST for a GET.
OF_PAGES = ("GET", "POST")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Live figures go on for half a minute; their first words tell enough."""
    monkeypatch.setattr(live, "SECONDS", 0)


@pytest.fixture
def rows(store, other_store, owner, stranger):
    """One row of every kind in both stores; the other store's by model."""
    for index in range(3):
        # Ids of the two stores must differ, or a leak would hide behind our own row.
        member(store, Role.ANALYST, f"filler{index}@maison.example")
    one_of_each(store, owner, OURS)
    return one_of_each(other_store, stranger, THEIRS)


def session_of(user, store) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    session = client.session
    session["store_id"] = store.pk
    session.save()
    return client


def walkable() -> list[Address]:
    return [a for a in all_addresses() if not a.template.startswith(LEFT_OUT)]


def foreign_ids(rows) -> list[str]:
    """Every way to name one of the other store's rows in an address."""
    names = {str(row.pk) for row in rows.values()}
    names |= {str(getattr(row, "slug", "")) for row in rows.values()}
    return sorted(names - {""} | {"rivale"})


def values_for(address: Address, rows) -> list[str]:
    """The row that an address is about, where its path tells; else every one of theirs.

    PostgreSQL never gives an id twice, so there "every one" is some forty.
    """
    if not address.holes:
        return [""]
    parts = address.template.split("/")
    about = [str(row.pk) for model, row in rows.items() if is_named(model, parts)]
    return about or foreign_ids(rows)


def is_named(model, parts: list[str]) -> bool:
    """/admin/shop/order/<id>/ and /api/v1/orders/<id>/ are about orders."""
    meta = model._meta
    if parts[1] == "admin":
        return parts[2:4] == [meta.app_label, meta.model_name]
    plural = str(meta.verbose_name_plural).replace(" ", "-")
    return parts[1:2] == ["api"] and parts[3] == plural


def snapshot(rows) -> str:
    fresh = [row._meta.model._base_manager.get(pk=row.pk) for row in rows.values()]
    return serializers.serialize("json", fresh)


def leaks(send, rows, templates: str = "/") -> Iterator[str]:
    """What is wrong with the answers at every address that begins so."""
    for address in walkable():
        if not address.template.startswith(templates):
            continue
        for value in values_for(address, rows):
            yield from leaks_at(send, address, value)


def body_of(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def leaks_at(send, address: Address, value: str) -> Iterator[str]:
    path = address.filled(value)
    for method in methods_of(address):
        answer = send(method, path)
        body = body_of(answer)
        place = f"{method} {path} → {answer.status_code}"
        if THEIRS.encode() in body:
            yield f"{place} shows the other store's row"
        if answer.status_code >= 500:
            yield f"{place} broke"


def methods_of(address: Address) -> tuple[str, ...]:
    if not address.holes:
        return ("GET",)
    return METHODS if address.template.startswith("/api/") else OF_PAGES


def test_every_kind_of_row_joins_the_walk(rows):
    assert set(kinds()) == set(rows)


@pytest.mark.parametrize("role", list(Role))
def test_no_page_shows_or_changes_another_store_s_row(store, other_store, rows, role):
    user = member(store, role, f"walker-{role}@maison.example")
    before = snapshot(rows)
    client = session_of(user, other_store)
    found = list(leaks(client.generic, rows))
    assert found == [], "\n".join(found)
    assert snapshot(rows) == before


@pytest.fixture
def callers(store, owner, settings):
    """The three kinds of credential that the API knows, all of our store."""
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "1000000/min")
    StoreOrigin.objects.create(store=store, origin=ORIGIN)
    page = keys.create(store, ApiKey.Kind.PUBLISHABLE, "walker")[1]
    page_headers = {"LuxeBrain-Key": page, "Origin": ORIGIN}
    return {
        "person": person(owner, store).generic,
        "server": Server(keys.create(store, "sk", "walker")[1]).send,
        "page": Client(headers=page_headers).generic,
    }


@pytest.mark.parametrize("kind", ["person", "server", "page"])
def test_no_api_caller_reaches_another_store_s_row(rows, callers, kind):
    before = snapshot(rows)
    assert list(leaks(callers[kind], rows, "/api/")) == []
    assert snapshot(rows) == before


# These need no store, so the header that names one is not looked at.
STORELESS = ("/api/v1/auth/", "/api/v1/stores/")


def test_no_token_opens_another_store(rows, callers, owner, other_store):
    client = person(owner, other_store)
    api = [
        address.filled("1")
        for address in walkable()
        if address.template.startswith("/api/")
        if not address.template.startswith(STORELESS)
    ]
    assert len(api) >= 20
    assert {client.get(path).status_code for path in api} <= {404, 405}


def test_the_walk_sees_our_own_rows(rows, callers):
    """Otherwise an empty answer everywhere would pass for safety."""
    seen = [
        address.template
        for address in walkable()
        if address.template.startswith("/api/") and not address.holes
        if OURS.encode() in callers["person"]("GET", address.template).content
    ]
    assert len(seen) >= 8, seen


def test_a_planted_leak_in_the_api_is_found(rows, callers, monkeypatch):
    monkeypatch.setattr(StoreQuerySet, "of", lambda self, store: self.all())
    found = list(leaks(callers["person"], rows, "/api/"))
    assert any("shows the other store's row" in leak for leak in found)


def test_a_planted_leak_in_the_admin_is_found(store, rows, owner, monkeypatch):
    """`belongs` looks at a row, `limit` at a query: either one alone still holds."""
    monkeypatch.setattr(scope, "limit", lambda rows, store: rows)
    monkeypatch.setattr(scope, "belongs", lambda row, store: True)
    client = session_of(owner, store)
    found = list(leaks(client.generic, rows, "/admin/shop/"))
    assert any("shows the other store's row" in leak for leak in found)


def test_the_walk_sees_our_own_rows_in_the_admin(store, rows, owner):
    client = session_of(owner, store)
    seen = [
        address.template
        for address in walkable()
        if address.template.startswith("/admin/") and not address.holes
        if OURS.encode() in body_of(client.get(address.template))
    ]
    assert len(seen) >= 12, seen
