from __future__ import annotations

from decimal import Decimal

import pytest

from apps.demo.basket import MOST_LINES
from apps.shop.models import Coupon, Product, Variant
from tests.demo.window import hang, stock, text, variant_of


def put(client, variant, quantity=1, slug="ada-dress"):
    given = {"variant": variant.pk, "quantity": quantity, "slug": slug}
    return client.post("/demo/cart/add/", given, follow=True)


def change(client, variant, quantity):
    given = {"variant": variant.pk, "quantity": quantity}
    return client.post("/demo/cart/line/", given, follow=True)


def pieces(client):
    lines = client.get("/demo/cart/").context["lines"]
    return [(str(line.variant), line.quantity, line.total) for line in lines]


@pytest.fixture
def small_black(dress):
    return variant_of(dress, "Black", "S")


def test_it_puts_products_into_the_bag(client, dress, small_black):
    put(client, small_black, 2)
    put(client, variant_of(dress, "Red", "M"))
    put(client, small_black)
    assert pieces(client) == [
        ("Black / S", 3, Decimal("180.00")),
        ("Red / M", 1, Decimal("60.00")),
    ]
    assert "€240.00" in text(client.get("/demo/cart/"))


def test_it_refuses_what_is_sold_out(client, dress):
    response = put(client, variant_of(dress, "Black", "M"))
    assert "Ada Dress (Black / M) is sold out." in text(response)
    assert pieces(client) == []


def test_it_refuses_more_than_there_is(client, small_black):
    put(client, small_black, 4)
    assert "Only 5 left of Ada Dress" in text(put(client, small_black, 2))
    assert pieces(client) == [("Black / S", 4, Decimal("240.00"))]


def test_it_refuses_more_than_one_order_takes(client, boutique):
    variant = stock(hang(boutique, "Ada Dress"), "Black", "S", 500)
    assert "At most 10 pieces" in text(put(client, variant, 11))
    assert pieces(client) == []


def test_it_refuses_more_lines_than_a_bag_holds(client, boutique):
    product = hang(boutique, "Ada Dress")
    for number in range(MOST_LINES):
        put(client, stock(product, "Black", str(number), 1))
    assert "The bag is full" in text(put(client, stock(product, "Red", "S", 1)))
    assert len(pieces(client)) == MOST_LINES


def test_it_asks_for_a_size(client, dress):
    given = {"quantity": 1, "slug": "ada-dress"}
    response = client.post("/demo/cart/add/", given, follow=True)
    assert response.request["PATH_INFO"] == "/demo/p/ada-dress/"
    assert "Please choose a size." in text(response)


def test_it_changes_and_removes_lines(client, small_black):
    put(client, small_black)
    change(client, small_black, 3)
    assert pieces(client) == [("Black / S", 3, Decimal("180.00"))]
    assert "Only 5 left" in text(change(client, small_black, 6))
    change(client, small_black, 0)
    assert pieces(client) == []


def test_it_says_what_went_since(client, small_black):
    put(client, small_black, 4)
    Variant.objects.filter(pk=small_black.pk).update(stock_quantity=1)
    page = text(client.get("/demo/cart/"))
    assert "Only 1 left" in page
    assert "Go to checkout" not in page
    assert client.get("/demo/checkout/").status_code == 302


def test_it_forgets_what_the_shop_no_longer_shows(client, small_black):
    put(client, small_black)
    Product.objects.update(is_visible=False)
    assert pieces(client) == []


def test_it_refuses_a_foreign_variant(client, dress, store):
    product = Product.objects.create(store=store, name="X", slug="x", price=1)
    assert put(client, stock(product, "Red", "S", 5)).status_code == 404
    assert pieces(client) == []


@pytest.mark.parametrize(
    ("variant", "quantity"),
    [
        ("", "1"),
        ("abc", "1"),
        ("-1", "1"),
        ("0", "1"),
        ("9" * 30, "1"),
        ("٣", "٣"),
        ("1 OR 1=1", "1"),
        ("1", "0"),
        ("1", "-5"),
        ("1", "1e9"),
        ("1", "9" * 400),
        ("1", "<script>"),
        ("1\x00", "1"),
    ],
)
def test_it_survives_hostile_lines(client, dress, variant, quantity):
    for address in ("/demo/cart/add/", "/demo/cart/line/"):
        given = {"variant": variant, "quantity": quantity, "slug": "ada-dress"}
        response = client.post(address, given, follow=True)
        assert response.status_code in (200, 404)
        assert "<script>" not in text(response).replace("<script type", "")
    assert pieces(client) == []


@pytest.mark.parametrize("slug", ["../../admin/", "a/b", "//evil.example", ""])
def test_it_leads_nowhere_else(client, dress, slug):
    response = client.post("/demo/cart/add/", {"slug": slug})
    assert response.status_code == 302
    assert response.url == "/demo/cart/"


def test_it_leads_to_no_endless_address(client, dress):
    response = client.post("/demo/cart/add/", {"slug": "x" * 9999})
    assert len(response.url) < 500
    assert client.get(response.url).status_code == 404


def coupon(store, **values):
    given = {"code": "SUN10", "kind": Coupon.Kind.PERCENT, "amount": 10, **values}
    return Coupon.objects.create(store=store, **given)


def redeem(client, code):
    return client.post("/demo/cart/coupon/", {"code": code}, follow=True)


def test_it_takes_a_coupon_and_shows_the_total(client, dress, small_black):
    coupon(dress.store)
    put(client, small_black)
    bill = redeem(client, "sun10").context
    assert (bill["discount"], bill["total"]) == (Decimal("6.00"), Decimal("54.00"))
    assert Coupon.objects.get().usage_count == 0
    assert redeem(client, "").context["total"] == Decimal("60.00")


@pytest.mark.parametrize("code", ["NONE", "' OR 1=1", "\x00", "x" * 99, "<b>"])
def test_it_refuses_other_codes(client, small_black, code):
    put(client, small_black)
    response = redeem(client, code)
    assert response.context["total"] == Decimal("60.00")
    assert "message-error" in text(response)


def test_it_drops_a_coupon_that_no_longer_fits(client, dress, small_black):
    coupon(dress.store, minimum_amount=100)
    put(client, small_black, 2)
    assert redeem(client, "SUN10").context["total"] == Decimal("108.00")
    response = change(client, small_black, 1)
    assert response.context["total"] == Decimal("60.00")
    assert "too small" in text(response)


def test_it_shows_no_coupon_of_another_store(client, small_black, store):
    coupon(store)
    put(client, small_black)
    assert redeem(client, "SUN10").context["total"] == Decimal("60.00")
