"""A small shop for shelves: products with sizes, shelves by hand, a chance on rails."""

from __future__ import annotations

from datetime import timedelta

from apps.recommendations.models import Shelf
from apps.registry.models import ModelVersion
from apps.shop.models import Order, OrderLine, Product, Variant
from tests.conftest import NOW


class Rails:
    """Chance that does as told: never by default."""

    def __init__(self, *draws, index=0):
        self.draws, self.index = list(draws), index

    def random(self):
        return self.draws.pop(0) if self.draws else 1.0

    def randrange(self, stop, /):
        return min(self.index, stop - 1)


NEVER = Rails()


def product(store, name, *, sizes=("S", "M"), pieces=5, days_old=100, **values):
    """Published, with so many pieces of each size."""
    made = Product.objects.create(
        store=store,
        name=name,
        slug=name,
        currency=store.currency,
        published_at=NOW - timedelta(days=days_old),
        **{"price": 50, "woo_id": Product.objects.of(store).count() + 1_000, **values},
    )
    Variant.objects.bulk_create(
        Variant(store=store, product=made, size=size, stock_quantity=pieces)
        for size in sizes
    )
    return made


def version(store, kind="recommendations.personal", number=1, status="champion"):
    return ModelVersion.objects.get_or_create(
        store=store,
        kind=kind,
        number=number,
        defaults={"name": "blend", "status": status, "trained_at": NOW},
    )[0]


def shelf(store, kind, subject, *products, code="taste", about=None, of=None):
    """Best first, of a version that serves."""
    return Shelf.objects.create(
        store=store,
        version=of or version(store),
        kind=kind,
        subject=subject,
        picks=[[p.pk, 1.0, code, about and about.pk] for p in products],
        computed_at=NOW,
    )


def buy(store, customer, *products, days_ago=1, **values):
    order = Order.objects.create(
        store=store,
        number=f"{customer.pk}-{days_ago}-{products[0].pk}",
        customer=customer,
        currency=store.currency,
        placed_at=NOW - timedelta(days=days_ago),
        **{"status": Order.Status.COMPLETED, **values},
    )
    for thing in products:
        OrderLine.objects.create(
            store=store, order=order, product=thing, name=thing.name, quantity=1,
            subtotal=thing.price, total=thing.price,
        )  # fmt: skip
    return order
