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

from apps.accounts.models import Membership, Role
from apps.core.merchant_admin import StoreAdmin
from tests.conftest import member
from tests.flows.addresses import Address, all_addresses
from tests.flows.one_of_each import kinds, one_of_each

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OURS, THEIRS = "maison-own", "rivale-secret"
# Signing out ends the walk; the docs and schema hold no rows.
LEFT_OUT = ("/admin/logout/", "/api/v1/docs/", "/api/v1/schema/", "/media/", "/static/")
NOT_THERE = {400, 401, 403, 404, 405}
METHODS = ("get", "post", "put", "patch", "delete")


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


def snapshot(rows) -> str:
    fresh = [row._meta.model._base_manager.get(pk=row.pk) for row in rows.values()]
    return serializers.serialize("json", fresh)


def leaks(client: Client, rows, methods=METHODS) -> Iterator[str]:
    for address in walkable():
        values = foreign_ids(rows) if address.holes else [""]
        for value in values:
            yield from leaks_at(client, address, value, methods)


def leaks_at(client: Client, address: Address, value: str, methods) -> Iterator[str]:
    path = address.filled(value)
    for method in methods if address.holes else ("get",):
        answer = getattr(client, method)(path)
        body = b"".join(answer) if answer.streaming else answer.content
        place = f"{method.upper()} {path} → {answer.status_code}"
        if THEIRS.encode() in body:
            yield f"{place} shows the other store's row"
        if answer.status_code >= 500:
            yield f"{place} broke"


def test_every_kind_of_row_joins_the_walk(rows):
    assert set(kinds()) == set(rows)


@pytest.mark.parametrize("role", list(Role))
def test_no_page_shows_or_changes_another_store_s_row(store, other_store, rows, role):
    user = member(store, role, f"walker-{role}@maison.example")
    before = snapshot(rows)
    found = list(leaks(session_of(user, other_store), rows))
    assert found == []
    assert snapshot(rows) == before
