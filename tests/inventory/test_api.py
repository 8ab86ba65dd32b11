from __future__ import annotations

import pytest

from tests.callers import person
from tests.inventory.test_models import supplier, term
from tests.shop.conftest import make_product, make_variant

pytestmark = pytest.mark.django_db
SUPPLIERS, TERMS = "/api/v1/inventory/suppliers/", "/api/v1/inventory/terms/"


def test_suppliers_of_the_store_are_listed(analyst, store, other_store):
    supplier(store, country="IT")
    supplier(store, "Closed", is_active=False)
    supplier(other_store, "Secret")
    client = person(analyst)
    rows = client.get(SUPPLIERS, {"is_active": "true"}).json()["results"]
    assert [(row["name"], row["country"]) for row in rows] == [("Atelier", "IT")]
    assert client.get(f"{SUPPLIERS}{rows[0]['id']}/").json() == rows[0]


def test_terms_are_found_by_product_variant_and_supplier(analyst, store):
    product = make_product(store)
    own = term(supplier(store), product, make_variant(product))
    term(supplier(store, "Other"), make_product(store, "Coat"))
    client = person(analyst)
    for query in ("product", "variant", "supplier"):
        wanted = {query: getattr(own, f"{query}_id")}
        rows = client.get(TERMS, wanted).json()["results"]
        assert [(row["id"], row["unit_cost"]) for row in rows] == [(own.pk, "12.0000")]


@pytest.mark.parametrize("url", [SUPPLIERS, TERMS])
def test_a_page_costs_one_query(analyst, store, url, django_assert_num_queries):
    for number in range(4):
        term(supplier(store, f"S{number}"), make_product(store))
    client = person(analyst)
    with django_assert_num_queries(1):
        assert len(client.get(url).json()["results"]) == 4


def test_another_stores_rows_are_not_found(stranger, store):
    own = term(supplier(store), make_product(store))
    client = person(stranger)
    assert client.get(f"{SUPPLIERS}{own.supplier_id}/").status_code == 404
    assert client.get(f"{TERMS}{own.pk}/").status_code == 404
    assert client.get(TERMS, {"product": own.product_id}).json()["results"] == []
