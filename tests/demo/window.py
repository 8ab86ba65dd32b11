"""A tiny demo store for tests of its pages, where every number is known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import Store
from apps.demo.models import DemoShop
from apps.shop.models import Category, Image, Order, PriceChange, Product, Variant

LONG_AGO = timedelta(days=100)


@pytest.fixture
def boutique(db):
    """The ready demo store with two categories and nothing in them."""
    store = Store.objects.create(
        slug="demo", name="Selmira", platform=Store.Platform.DEMO, country="DE"
    )
    DemoShop.objects.create(
        store=store,
        seed=7,
        product_count=1,
        customer_count=1,
        month_count=1,
        until_on=timezone.now().date(),
        as_of=timezone.now(),
        status=DemoShop.Status.READY,
        progress=100,
    )
    clothing = Category.objects.create(store=store, name="Clothing", slug="clothing")
    Category.objects.create(
        store=store, name="Dresses", slug="dresses", parent=clothing
    )
    return store


@pytest.fixture
def dress(boutique):
    """Reduced from 80 to 60: black in S (5 left) and M (none), red in M (2 left)."""
    product = hang(boutique, "Ada Dress", price=60, regular_price=80)
    for color, size, left in (("Black", "S", 5), ("Black", "M", 0), ("Red", "M", 2)):
        stock(product, color, size, left)
    for price, days in ((80, 90), (70, 20), (60, 10)):
        PriceChange.objects.create(
            store=boutique,
            product=product,
            price=price,
            regular_price=80,
            currency="EUR",
            changed_at=timezone.now() - timedelta(days=days),
        )
    return product


def hang(store, name, *, price=50, regular_price=None, **values):
    """A product in Dresses, with one picture."""
    now = timezone.now()
    product = Product.objects.create(
        store=store,
        name=name,
        slug=name.lower().replace(" ", "-"),
        currency="EUR",
        price=Decimal(price),
        regular_price=Decimal(regular_price or price),
        **{"published_at": now - LONG_AGO, **values},
    )
    product.categories.add(Category.objects.of(store).get(slug="dresses"))
    Image.objects.create(
        store=store, product=product, url="https://pictures.example/a.webp", alt=name
    )
    return product


def stock(product, color, size, left):
    return Variant.objects.create(
        store=product.store,
        product=product,
        color=color,
        size=size,
        price=product.price,
        regular_price=product.regular_price,
        stock_quantity=left,
        stock_status="instock" if left else "outofstock",
    )


def sell(product, quantity):
    order = Order.objects.create(
        store=product.store,
        number="1",
        status=Order.Status.COMPLETED,
        currency="EUR",
        placed_at=timezone.now(),
    )
    order.lines.create(
        store=product.store,
        product=product,
        name=product.name,
        quantity=quantity,
        subtotal=1,
        total=1,
    )


def variant_of(product, color, size):
    return Variant.objects.of(product.store).get(
        product=product, color=color, size=size
    )


def text(response):
    return response.content.decode()


def names(response):
    return [card.name for card in response.context["cards"]]
