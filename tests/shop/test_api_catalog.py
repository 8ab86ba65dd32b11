from __future__ import annotations

from datetime import timedelta

import pytest

from apps.shop.models import Category, Image, Product, Tag
from apps.shop.services.prices import change_price
from tests.callers import person, server
from tests.conftest import NOW
from tests.shop.conftest import make_product, make_variant, money

pytestmark = pytest.mark.django_db
PRODUCTS, VARIANTS = "/api/v1/products/", "/api/v1/variants/"


def names(client, **query):
    answer = client.get(PRODUCTS, query)
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_it_lists_products_of_the_store_the_newest_first(analyst, store, other_store):
    for each in ("Hat", "Coat"):
        make_product(store, each)
    make_product(other_store, "Secret")
    make_product(store, "Gone", deleted_at=NOW)
    assert names(person(analyst)) == ["Coat", "Hat"]


def test_a_product_shows_amounts_as_text(analyst, dress):
    row = person(analyst).get(f"{PRODUCTS}{dress.pk}/").json()
    assert (row["price"], row["currency"], row["cost"]) == ("40.0000", "EUR", "15.0000")


@pytest.mark.parametrize("number", ["{foreign}", "999999", "9" * 40])
def test_what_is_not_the_stores_is_not_found(analyst, other_store, number):
    foreign = make_product(other_store)
    url = f"{PRODUCTS}{number.format(foreign=foreign.pk)}/"
    answer = person(analyst).get(url)
    assert (answer.status_code, answer.json()["type"]) == (
        404,
        "urn:luxebrain:not_found",
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "draft"}, ["Draft"]),
        ({"in_stock": "false"}, ["Sold out"]),
        ({"in_stock": "true"}, ["Sale", "Draft"]),
        ({"on_sale": "true"}, ["Sale"]),
        ({"on_sale": "false"}, ["Sold out", "Draft"]),
        ({"sku": "S-1"}, ["Sale"]),
        ({"brand": "Lux", "status": "publish"}, ["Sale"]),
        ({"stock_status": "outofstock"}, ["Sold out"]),
        ({"kind": "external"}, []),
        ({"category": "999"}, []),
        ({"updated_since": "2199-01-01T00:00:00Z"}, []),
        ({"updated_since": "2001-01-01"}, ["Sold out", "Sale", "Draft"]),
    ],
)
def test_filters_narrow_the_list(analyst, store, query, found):
    make_product(store, "Draft", status="draft", brand="Lux")
    make_product(store, "Sale", price=money("9"), sku="S-1", brand="Lux")
    make_product(store, "Sold out", stock_status="outofstock")
    assert names(person(analyst), **query) == found


def test_a_category_narrows_the_list(analyst, store, dress):
    coats = Category.objects.create(store=store, name="Coats", slug="coats")
    make_product(store, "Coat").categories.add(coats)
    assert names(person(analyst), category=coats.pk) == ["Coat"]


@pytest.mark.parametrize(
    "query",
    [
        {"updated_since": "yesterday"}, {"updated_since": "0001-01-01T00:00:00+14:00"},
        {"category": "x"}, {"category": "9" * 30}, {"category": "1e400"},
        {"status": "odd"}, {"sku": "a\x00b"},
    ],
)  # fmt: skip
def test_a_senseless_filter_is_refused(analyst, query):
    answer = person(analyst).get(PRODUCTS, query)
    assert (answer.status_code, answer.json()["type"]) == (
        400,
        "urn:luxebrain:invalid_input",
    )


def test_pages_follow_a_cursor(analyst, store):
    for number in range(5):
        make_product(store, f"P{number}")
    client = person(analyst)
    first = client.get(PRODUCTS, {"limit": 2}).json()
    make_product(store, "Late")
    second = client.get(first["next"]).json()
    found = [row["name"] for page in (first, second) for row in page["results"]]
    assert found == ["P4", "P3", "P2", "P1"]


def test_a_page_of_products_costs_four_queries(
    analyst, store, django_assert_num_queries
):
    coats = Category.objects.create(store=store, name="Coats", slug="coats")
    tag = Tag.objects.create(store=store, name="New", slug="new")
    for number in range(6):
        product = make_product(store, f"P{number}")
        product.categories.add(coats)
        product.tags.add(tag)
        Image.objects.create(store=store, product=product, url="/1.jpg")
    client = person(analyst)
    with django_assert_num_queries(4):
        assert len(names(client)) == 6


def test_a_page_of_variants_costs_one_query(
    analyst, dress, medium, small, django_assert_num_queries
):
    client = person(analyst)
    with django_assert_num_queries(1):
        rows = client.get(VARIANTS, {"product": dress.pk}).json()["results"]
    assert [row["size"] for row in rows] == ["S", "M"]


def test_variants_of_a_deleted_product_are_gone(analyst, store, medium):
    Product.objects.of(store).update(deleted_at=NOW)
    assert person(analyst).get(VARIANTS).json()["results"] == []


def test_a_product_tells_the_lowest_price_of_thirty_days(analyst, dress):
    for days, price in ((-60, "40"), (-9, "25"), (-5, "40"), (-1, "30")):
        at = dress.created_at + timedelta(days=days)
        change_price(dress, money(price), at=at, reason="test")
    row = person(analyst).get(f"{PRODUCTS}{dress.pk}/").json()
    assert row["lowest_price_30_days"] == "25.0000"


@pytest.mark.parametrize("path", ["products", "variants"])
def test_a_manager_changes_a_cost(manager, dress, medium, path):
    row = dress if path == "products" else medium
    answer = person(manager).patch(
        f"/api/v1/{path}/{row.pk}/", {"cost": "9.50"}, format="json"
    )
    row.refresh_from_db()
    assert (answer.status_code, answer.json()["cost"]) == (200, "9.5000")
    assert row.cost == money("9.50")


def test_a_cost_can_be_forgotten(manager, dress):
    person(manager).patch(f"{PRODUCTS}{dress.pk}/", {"cost": None}, format="json")
    dress.refresh_from_db()
    assert dress.cost is None


@pytest.mark.parametrize(
    "body",
    [{}, {"cost": -1}, {"cost": "x"}, {"cost": 1, "price": 1}, {"name": "x"}, []],
)
def test_nothing_but_a_cost_can_be_changed(manager, dress, body):
    answer = person(manager).patch(f"{PRODUCTS}{dress.pk}/", body, format="json")
    dress.refresh_from_db()
    assert answer.status_code == 400
    assert (dress.cost, dress.price, dress.name) == (15, 40, "Dress")


def test_an_analyst_and_a_reading_key_change_nothing(analyst, store, dress):
    for client in (person(analyst), server(store, "read")):
        answer = client.patch(f"{PRODUCTS}{dress.pk}/", {"cost": 1}, format="json")
        assert answer.status_code == 403
    dress.refresh_from_db()
    assert dress.cost == 15


@pytest.mark.parametrize("path", ["products", "variants"])
def test_another_stores_cost_is_not_found(stranger, dress, medium, path):
    row = dress if path == "products" else medium
    answer = person(stranger).patch(
        f"/api/v1/{path}/{row.pk}/", {"cost": 1}, format="json"
    )
    row.refresh_from_db()
    assert (answer.status_code, dress.cost) == (404, 15)


def test_categories_are_listed_with_their_parents(analyst, store):
    top = Category.objects.create(store=store, name="Women", slug="women")
    Category.objects.create(store=store, name="Coats", slug="coats", parent=top)
    client = person(analyst)
    rows = client.get("/api/v1/categories/", {"parent": top.pk}).json()["results"]
    assert [(row["name"], row["parent"]) for row in rows] == [("Coats", top.pk)]
    assert client.get(f"/api/v1/categories/{top.pk}/").json()["name"] == "Women"


def test_a_category_of_another_store_filters_to_nothing(analyst, store, other_store):
    foreign = Category.objects.create(store=other_store, name="X", slug="x")
    make_product(other_store).categories.add(foreign)
    assert names(person(analyst), category=foreign.pk) == []
    assert make_variant(make_product(other_store)).product.categories.count() == 0
