from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.shop.models import Address, Consent, Customer
from tests.callers import person, server
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
CUSTOMERS, CONSENTS = "/api/v1/customers/", "/api/v1/consents/"
YES = {
    "channel": "email",
    "purpose": "marketing",
    "is_granted": True,
    "text_shown": "Send me news.",
    "text_version": "2",
    "surface": "footer",
}


def test_a_manager_and_the_stores_server_see_who_it_is(manager, store, ada):
    for client in (person(manager), server(store, "read")):
        row = client.get(f"{CUSTOMERS}{ada.pk}/").json()
        assert (row["email"], row["first_name"]) == ("ada@mail.example", "Ada")


def test_an_analyst_sees_a_customer_but_not_who(analyst, ada):
    client = person(analyst)
    for row in (
        client.get(f"{CUSTOMERS}{ada.pk}/").json(),
        client.get(CUSTOMERS).json()["results"][0],
    ):
        hidden = [row[name] for name in ("email", "first_name", "last_name", "phone")]
        assert (row["id"], hidden) == (ada.pk, [None] * 4)


def test_an_address_finds_its_customer_without_case(manager, ada, cleo):
    answer = person(manager).get(CUSTOMERS, {"email": "ADA@mail.example"})
    assert [row["id"] for row in answer.json()["results"]] == [ada.pk]


def test_an_analyst_cannot_ask_who_has_an_address(analyst, ada):
    answer = person(analyst).get(CUSTOMERS, {"email": "ada@mail.example"})
    assert answer.status_code == 403


def test_another_stores_customers_are_not_found(stranger, ada):
    client = person(stranger)
    assert client.get(CUSTOMERS, {"email": ada.email}).json()["results"] == []
    assert client.get(f"{CUSTOMERS}{ada.pk}/").status_code == 404


def test_who_was_merged_is_not_listed(manager, ada, dov):
    Customer.objects.of(ada.store).filter(pk=dov.pk).update(merged_into=ada)
    rows = person(manager).get(CUSTOMERS).json()["results"]
    assert [row["id"] for row in rows] == [ada.pk]


def test_filters_narrow_the_list(analyst, ada, dov):
    Customer.objects.of(ada.store).filter(pk=ada.pk).update(
        last_ordered_at=NOW, is_guest=True
    )
    for query in ({"is_guest": "true"}, {"ordered_since": "2026-05-01"}):
        rows = person(analyst).get(CUSTOMERS, query).json()["results"]
        assert [row["id"] for row in rows] == [ada.pk]


def test_a_page_of_customers_costs_two_queries(
    manager, ada, cleo, dov, django_assert_num_queries
):
    for each in (ada, cleo, dov):
        Address.objects.create(store=each.store, customer=each, city="Bonn")
    client = person(manager)
    with django_assert_num_queries(2):
        rows = client.get(CUSTOMERS).json()["results"]
    assert [row["addresses"][0]["city"] for row in rows] == ["Bonn"] * 3


def test_statements_are_listed(analyst, ada, cleo):
    rows = person(analyst).get(CONSENTS, {"customer": cleo.pk}).json()["results"]
    assert [(row["customer"], row["is_granted"]) for row in rows] == [(cleo.pk, False)]
    assert person(analyst).get(f"{CONSENTS}{rows[0]['id']}/").json() == rows[0]


def test_a_server_states_a_consent(store, dov):
    body = {**YES, "customer": dov.pk, "stated_at": "2026-05-01T10:00:00Z"}
    answer = server(store).post(CONSENTS, body, format="json")
    statement = Consent.objects.of(store).get()
    assert (answer.status_code, answer.json()["id"]) == (201, statement.pk)
    assert (statement.customer, statement.text_shown) == (dov, "Send me news.")
    assert statement.stated_at.isoformat() == "2026-05-01T10:00:00+00:00"


def test_the_same_statement_twice_is_one(store, dov):
    body = {**YES, "customer": dov.pk, "stated_at": "2026-05-01T10:00:00Z"}
    first, again = (server(store).post(CONSENTS, body, format="json") for _ in "12")
    assert first.json() == again.json()


def test_an_address_is_enough_to_state_a_consent(store):
    body = {**YES, "email": "Eve@mail.example"}
    assert server(store).post(CONSENTS, body, format="json").status_code == 201
    statement = Consent.objects.of(store).get()
    assert statement.customer.email == "eve@mail.example"


def test_a_foreign_customer_is_not_found(store, other_store):
    foreign = Customer.objects.create(store=other_store, email="x@mail.example")
    body = {**YES, "customer": foreign.pk}
    assert server(store).post(CONSENTS, body, format="json").status_code == 404
    assert not Consent.objects.of(store).exists()
    assert not Consent.objects.of(other_store).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "pigeon"}, {"text_shown": ""}, {"is_granted": None}, {"is_granted": 7},
        {"customer": None}, {"email": "dov@mail.example"}, {"customer": "x"},
        {"stated_at": "0001-01-01T00:00:00+14:00"}, {"surprise": 1},
        {"stated_at": (timezone.now() + timedelta(days=1)).isoformat()},
    ],
)  # fmt: skip
def test_a_senseless_statement_is_refused(store, dov, change):
    body = {**YES, "customer": dov.pk, **change}
    answer = server(store).post(CONSENTS, body, format="json")
    assert answer.status_code == 400
    assert not Consent.objects.of(store).exists()


def test_a_statement_about_nobody_is_refused(store):
    assert server(store).post(CONSENTS, YES, format="json").status_code == 400


def test_an_analyst_and_a_reading_key_state_nothing(analyst, store, dov):
    body = {**YES, "customer": dov.pk}
    for client in (person(analyst), server(store, "read")):
        assert client.post(CONSENTS, body, format="json").status_code == 403
    assert not Consent.objects.of(store).exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_statement_is_never_changed(store, ada, method):
    statement = Consent.objects.of(store).get()
    send = getattr(server(store), method)
    answer = send(f"{CONSENTS}{statement.pk}/", {"is_granted": False}, format="json")
    statement.refresh_from_db()
    assert (answer.status_code, statement.is_granted) == (405, True)
