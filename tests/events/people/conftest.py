from __future__ import annotations

import json
import zlib
from datetime import timedelta
from uuid import UUID

import polars as pl
import pytest

from apps.events.models import IdentityChange, Interaction, Link, Session
from apps.events.services.engines.base import FRAME
from apps.events.services.people.link import link_from
from apps.shop.models import Customer, Product
from tests.conftest import NOW

BLANK = {
    "batch_id": 1,
    "session": "s",
    "customer_woo_id": None,
    "product_woo_id": None,
    "variant_woo_id": None,
    "quantity": None,
    "value": None,
    "currency": "",
    "properties": "{}",
    "context": "{}",
}


def after(minutes):
    return NOW + timedelta(minutes=minutes)


def event(store, visitor, minutes, customer=None, kind="page_view", **said):
    """An id of its moment and content: the same event is the same row."""
    at = after(minutes)
    number = zlib.crc32(repr((visitor, minutes, customer, kind)).encode())
    milliseconds = round(at.timestamp() * 1000)
    row = {
        "id": UUID(int=milliseconds << 80 | number).hex,
        "store_id": store.pk,
        "at": at,
        "type": kind,
        "visitor": visitor,
        "customer_woo_id": customer,
    }
    return BLANK | row | said


def order_event(store, visitor, minutes, number, value=100.0, **said):
    properties = json.dumps({"order": number})
    said = {"value": value, "currency": "EUR", "properties": properties} | said
    return event(store, visitor, minutes, kind="order", **said)


def frame(*events):
    return pl.DataFrame(list(events), schema=FRAME, orient="row")


def link(*events, at=NOW):
    link_from(frame(*events), at)


def spells(store, visitor="v"):
    """Who, until which minute."""
    rows = Link.objects.of(store).filter(visitor=visitor)
    return [
        (row.customer.woo_id, minute_of(row.ended_at))
        for row in rows.order_by("first_at", "customer")
    ]


def minute_of(at):
    return None if at is None else (at - NOW) / timedelta(minutes=1)


def state(store):
    """All that follows from the sightings."""
    links = Link.objects.of(store).order_by("visitor", "first_at", "customer")
    fields = ("visitor", "customer", "evidence", "first_at", "last_at", "ended_at")
    return (
        list(links.values_list(*fields)),
        list(Interaction.objects.of(store).order_by("pk").values_list("customer")),
        list(Session.objects.of(store).order_by("pk").values_list("customer")),
    )


def changes(store):
    rows = IdentityChange.objects.of(store).order_by("pk")
    return [(row.kind, row.visitor, row.customer.woo_id, row.reason) for row in rows]


def last_change(store, visitor="v", **fields):
    return IdentityChange.objects.of(store).filter(visitor=visitor, **fields).last()


def person(store, woo_id):
    return Customer.objects.create(
        store=store, woo_id=woo_id, email=f"{woo_id}@mail.example"
    )


def act(store, product, visitor, minutes, number=None):
    """A row of the rollups, as the roll writes it before it links."""
    return Interaction.objects.create(
        id=UUID(int=number or round(minutes * 60_000) + 10**9),
        store=store,
        visitor=visitor,
        product=product,
        type="product_view",
        at=after(minutes),
    )


def visit(store, visitor, minutes, key=None):
    return Session.objects.create(
        store=store,
        key=key or f"{visitor}-{minutes}",
        visitor=visitor,
        started_at=after(minutes),
        last_at=after(minutes),
    )


@pytest.fixture
def people(store):
    """Eight customers, 1 to 8 in the shop."""
    return {number: person(store, number) for number in range(1, 9)}


@pytest.fixture
def product(store):
    return Product.objects.create(store=store, woo_id=1, name="Dress")
