"""A dress in two sizes, and orders of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.shop.models import Order, OrderLine, Product, Variant
from tests.conftest import NOW

EUR = "EUR"


def money(text):
    return Decimal(text)


def make_product(store, name="Dress", **values):
    return Product.objects.create(
        **{
            "store": store,
            "name": name,
            "slug": name.lower(),
            "currency": EUR,
            "price": money("40.00"),
            "regular_price": money("40.00"),
            "cost": money("15.00"),
            **values,
        }
    )


def make_variant(product, size="M", quantity=5, **values):
    return Variant.objects.create(
        **{
            "store": product.store,
            "product": product,
            "size": size,
            "manages_stock": quantity is not None,
            "stock_quantity": quantity,
            "stock_status": "outofstock" if quantity == 0 else "instock",
            **values,
        }
    )


def make_order(store, lines=(), **values):
    """`lines` are (total, tax) or OrderLine fields; the order's total is their sum."""
    rows = [
        line
        if isinstance(line, dict)
        else {"total": money(line[0]), "tax": money(line[1])}
        for line in lines
    ]
    goods = sum((row["total"] + row.get("tax", 0) for row in rows), Decimal(0))
    order = Order.objects.create(
        **{
            "store": store,
            "number": "1",
            "status": Order.Status.COMPLETED,
            "currency": EUR,
            "placed_at": NOW,
            "total": goods,
            **values,
        }
    )
    for row in rows:
        OrderLine.objects.create(
            **{
                "store": store,
                "order": order,
                "name": "Dress",
                "quantity": 1,
                "subtotal": row["total"],
                **row,
            }
        )
    return order


@pytest.fixture
def dress(store):
    return make_product(store)


@pytest.fixture
def medium(dress):
    return make_variant(dress, "M", 5)


@pytest.fixture
def small(dress):
    return make_variant(dress, "S", 2)
