from __future__ import annotations

import pytest

from apps.features.definitions import KINDS
from apps.features.services import refresh
from apps.shop.models import Customer
from tests.callers import person, server
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
CUSTOMERS, PRODUCTS = "/api/v1/features/customers/", "/api/v1/features/products/"


@pytest.fixture
def served(shop, ada, cleo):
    dress = shop.product("Dress", brand="Mira")
    shop.order(ada, (dress, 2, "80"), days=30)
    shop.order(cleo, (dress, 1, "40"), days=20)
    for kind in refresh.SERVED:
        refresh.refresh_all(shop.store, kind, NOW)
    return dress


def test_it_answers_with_every_declared_number(store, served, analyst, ada):
    for client in (person(analyst), server(store, "read")):
        row = client.get(f"{CUSTOMERS}{ada.pk}/").json()
        declared = [feature.name for feature in KINDS["customer"].features]
        assert list(row) == ["customer", "as_of", *declared]
        assert (row["customer"], row["orders"], row["spent"]) == (ada.pk, 1, 80.0)
        assert row["brand_shares"] == [{"key": "Mira", "share": 1.0}]


def test_it_lists_products_page_by_page(store, served):
    answer = server(store, "read").get(PRODUCTS, {"limit": 1}).json()
    assert [(row["product"], row["units_90"]) for row in answer["results"]] == [
        (served.pk, 3)
    ]
    assert answer["next"] is None


def test_it_lists_what_was_worked_out_since(store, served):
    client = server(store, "read")
    later = {"as_of_since": "2026-06-01T12:00:01Z"}
    assert client.get(CUSTOMERS, later).json()["results"] == []
    same = {"as_of_since": "2026-06-01T12:00:00Z"}
    assert len(client.get(CUSTOMERS, same).json()["results"]) == 2


def test_it_knows_no_number_of_another_store(stranger, served, ada):
    client = person(stranger)
    assert client.get(CUSTOMERS).json()["results"] == []
    assert client.get(f"{CUSTOMERS}{ada.pk}/").status_code == 404
    assert client.get(f"{PRODUCTS}{served.pk}/").status_code == 404


def test_it_hides_who_was_merged_before_the_next_night(store, served, ada, cleo):
    Customer.objects.filter(pk=cleo.pk).update(merged_into=ada)
    client = server(store, "read")
    rows = client.get(CUSTOMERS).json()["results"]
    assert [row["customer"] for row in rows] == [ada.pk]
    assert client.get(f"{CUSTOMERS}{cleo.pk}/").status_code == 404


def test_it_has_no_row_for_an_id_that_no_row_can_have(store, served):
    client = server(store, "read")
    assert client.get(f"{CUSTOMERS}99999999999999999999/").status_code == 404


def test_it_says_what_numbers_there_are(analyst):
    rows = person(analyst).get("/api/v1/features/").json()
    assert len(rows) == sum(len(kind.features) for kind in KINDS.values())
    assert rows[0] == {
        "kind": "customer",
        "group": "buying",
        "name": "orders",
        "unit": "count",
        "label": "Orders",
        "words": "Orders placed, unpaid and canceled ones left out",
    }


def test_it_asks_the_database_little(store, served, django_assert_num_queries):
    client = server(store, "read")
    with django_assert_num_queries(1):
        client.get(CUSTOMERS)
