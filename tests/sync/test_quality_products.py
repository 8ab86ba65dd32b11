"""Products, stock, prices and coupons: a good row and a bad row for each check."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.shop.models import Category, Coupon, Image
from apps.sync.models import Finding
from apps.sync.services import check_quality
from tests.conftest import NOW
from tests.shop.conftest import make_order, make_product, make_variant

DAY = timedelta(days=1)


@pytest.fixture
def dress(store):
    """A product with two variants that nothing is wrong with."""
    product = make_product(store, kind="variable", sku="D-1", published_at=NOW - DAY)
    product.categories.add(Category.objects.create(store=store, name="All", slug="all"))
    Image.objects.create(store=store, product=product, url="https://maison.example/1")
    for size in ("M", "L"):
        make_variant(
            product, size, sku=f"D-1-{size}", regular_price=40, price=40, cost=15
        )
    return product


def change(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def said(store):
    check_quality.look(store, NOW)
    rows = Finding.objects.of(store).filter(gone_at=None).order_by("pk")
    return [(row.code, row.subject, row.text) for row in rows]


def test_it_finds_nothing_in_a_product_that_is_right(store, dress):
    assert said(store) == []


def test_it_finds_negative_stock(store, dress):
    variant = dress.variants.first()
    change(variant, stock_quantity=-3, stock_status="onbackorder")
    assert said(store) == [
        ("stock.negative", f"variant:{variant.pk}", "Dress (M) has -3 pieces in stock.")
    ]


@pytest.mark.parametrize(
    ("quantity", "status", "text"),
    [
        (4, "outofstock", "Dress (M) is shown as out of stock with 4 left."),
        (0, "instock", "Dress (M) is shown as in stock with 0 left."),
    ],
)
def test_it_finds_stock_that_contradicts_its_count(
    store, dress, quantity, status, text
):
    variant = dress.variants.first()
    change(variant, stock_quantity=quantity, stock_status=status)
    assert said(store) == [("stock.other_status", f"variant:{variant.pk}", text)]


def test_it_takes_stock_that_is_not_counted_as_it_is(store, dress):
    change(
        dress.variants.first(),
        manages_stock=False,
        stock_quantity=None,
        stock_status="outofstock",
    )
    assert said(store) == []


@pytest.mark.parametrize(
    ("values", "code", "text"),
    [
        (
            {"price": None},
            "products.no_price",
            "Dress is published without a price: nobody can buy it.",
        ),
        (
            {"published_at": NOW + 9 * DAY},
            "products.in_the_future",
            "Dress is published, but only from 10 June 2026 on.",
        ),
    ],
)
def test_it_finds_products_that_nobody_can_buy(store, dress, values, code, text):
    change(dress, **values)
    assert said(store) == [(code, f"product:{dress.pk}", text)]


def test_it_leaves_drafts_alone(store, dress):
    change(dress, price=None, status="draft", published_at=NOW + 9 * DAY)
    dress.categories.clear()
    assert said(store) == []


def test_it_finds_a_product_without_a_picture(store, dress):
    dress.images.update(deleted_at=NOW)
    assert said(store) == [
        (
            "products.no_image",
            f"product:{dress.pk}",
            "Dress is published without a picture.",
        )
    ]


def test_it_finds_a_product_without_a_category(store, dress):
    dress.categories.clear()
    assert said(store) == [
        ("products.no_category", f"product:{dress.pk}", "Dress is in no category.")
    ]


def test_it_finds_a_product_without_a_cost(store, dress):
    change(dress, cost=None)
    assert said(store) == []
    dress.variants.update(cost=None)
    assert said(store) == [
        (
            "products.no_cost",
            f"product:{dress.pk}",
            "Dress has no cost: its margin is not known.",
        )
    ]


@pytest.mark.parametrize(
    ("sale", "text"),
    [
        ("40.00", "a sale price of 40.00 EUR and a regular price of 40.00 EUR."),
        ("-1.00", "a sale price of -1.00 EUR and a regular price of 40.00 EUR."),
    ],
)
def test_it_finds_sale_prices_that_are_none(store, dress, sale, text):
    variant = dress.variants.first()
    change(variant, sale_price=Decimal(sale))
    assert said(store) == [
        ("prices.wrong_sale", f"variant:{variant.pk}", f"Dress (M) has {text}")
    ]


def test_it_takes_a_lower_sale_price_as_right(store, dress):
    change(dress.variants.first(), sale_price=Decimal("39.99"), price=Decimal("39.99"))
    assert said(store) == []


def test_it_finds_a_sku_of_two_products(store, dress):
    other = make_product(store, "Coat", status="draft")
    make_variant(other, sku="d-1-m", color="Red")
    assert said(store) == [
        ("products.same_sku", "sku:d-1-m", "2 products have the SKU d-1-m.")
    ]


def test_it_finds_a_sku_of_two_variants_of_one_product(store, dress):
    dress.variants.update(sku="X")
    assert said(store) == [
        (
            "products.same_sku",
            f"product:{dress.pk}",
            "2 variants of Dress have the SKU x.",
        )
    ]


def test_it_knows_that_variants_show_their_products_sku(store, dress):
    dress.variants.update(sku="D-1")
    assert said(store) == []


def test_it_finds_variants_without_a_choice(store, dress):
    dress.variants.update(size="")
    assert said(store) == [
        (
            "variants.no_choice",
            f"product:{dress.pk}",
            "2 variants of Dress without size and color.",
        )
    ]


def coupon(store, **values):
    return Coupon.objects.create(
        **{
            "store": store,
            "code": "SPRING",
            "kind": "percent",
            "amount": Decimal(10),
            "expires_at": NOW - 10 * DAY,
            **values,
        }
    )


@pytest.mark.parametrize(("days_ago", "found"), [(8, 1), (10, 0), (20, 0)])
def test_it_finds_a_coupon_used_after_its_end(store, ada, days_ago, found):
    row = coupon(store)
    make_order(
        store, customer=ada, coupon_codes=["spring"], placed_at=NOW - days_ago * DAY
    )
    text = "The coupon spring ended on 22 May 2026, but was used in 1 order after that."
    assert said(store) == [("coupons.used_after_end", f"coupon:{row.pk}", text)] * found


@pytest.mark.parametrize(("kind", "found"), [("percent", 1), ("fixed_cart", 0)])
def test_it_finds_a_coupon_of_more_than_a_hundred_percent(store, kind, found):
    row = coupon(store, kind=kind, amount=Decimal(150))
    text = "The coupon SPRING takes off 150 percent."
    assert said(store) == [("coupons.over_whole", f"coupon:{row.pk}", text)] * found
