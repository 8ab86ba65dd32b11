from __future__ import annotations

from datetime import timedelta

import pytest

from apps.shop.models import Category, PriceChange, Product, StockChange, Tag, Variant
from apps.shop.services.catalog import record_product, record_variant
from apps.shop.services.costs import change_cost
from apps.shop.services.upsert import Outcome
from tests.conftest import NOW
from tests.shop.conftest import make_product, make_variant, money

pytestmark = pytest.mark.django_db


def send(store, price="40.00", minutes=0, **links):
    values = {"name": "Hat", "slug": "hat", "currency": "EUR", "price": price}
    return record_product(store, 7, NOW + timedelta(minutes=minutes), values, **links)


def send_variant(product, quantity, minutes=0, **values):
    stock = {"manages_stock": True, "stock_quantity": quantity, **values}
    return record_variant(product, 71, NOW + timedelta(minutes=minutes), stock)


def prices(store):
    found = PriceChange.objects.of(store).order_by("pk")
    return [(c.price, c.changed_at) for c in found]


def test_each_price_is_remembered_once(store):
    send(store)
    send(store, minutes=1)
    send(store, "35.00", minutes=2)
    assert prices(store) == [(40, NOW), (35, NOW + timedelta(minutes=2))]


def test_an_old_price_is_no_news(store):
    send(store, "35.00", minutes=2)
    assert send(store)[1] == Outcome.STALE
    assert prices(store) == [(35, NOW + timedelta(minutes=2))]


def test_each_stock_is_remembered_once(store):
    product, _ = send(store)
    send_variant(product, 4)
    send_variant(product, 4, minutes=1)
    send_variant(product, 0, minutes=2)
    found = StockChange.objects.of(store).order_by("pk")
    assert list(found.values_list("quantity", flat=True)) == [4, 0]


def test_links_follow_the_payload(store):
    hats, new = (Category.objects.create(store=store, name=n, slug=n) for n in "hn")
    tag = Tag.objects.create(store=store, name="t", slug="t")
    product, _ = send(store, categories=[hats], tags=[tag])
    send(store, minutes=1, categories=[new])
    assert (list(product.categories.all()), list(product.tags.all())) == ([new], [tag])


def test_an_old_payload_changes_no_link(store):
    hats = Category.objects.create(store=store, name="Hats", slug="hats")
    product, _ = send(store, minutes=1, categories=[hats])
    send(store, categories=[])
    assert list(product.categories.all()) == [hats]


def test_a_cost_of_ours_survives_the_shops_payloads(store):
    product, _ = send(store)
    change_cost(product, money("9.50"))
    product, _ = send(store, "35.00", minutes=1)
    product.refresh_from_db()
    assert product.cost == money("9.50")


def test_a_negative_price_of_the_shop_is_copied(store):
    product, _ = send(store, "-5.00")
    assert product.price == -5


def test_what_is_on_sale_is_below_its_regular_price(store):
    sale = make_product(store, "Sale", price=money("30"))
    make_product(store, "Plain")
    make_product(store, "Odd", regular_price=None)
    assert list(Product.objects.of(store).on_sale()) == [sale]


def test_orderable_is_what_has_a_piece_or_is_not_counted(dress):
    make_variant(dress, "S", 0)
    make_variant(dress, "M", 1)
    make_variant(dress, "L", None)
    make_variant(dress, "XL", None, stock_status="outofstock")
    found = Variant.objects.of(dress.store).orderable().order_by("pk")
    assert [variant.size for variant in found] == ["M", "L"]
