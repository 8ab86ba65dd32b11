"""A small shop whose numbers can be worked out by hand."""

from __future__ import annotations

import itertools
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.events.models import Interaction, Link, Metric, Session
from apps.events.services.enrich import browser_of
from apps.features.services.frame import frame
from apps.shop.models import (
    Category,
    Order,
    OrderLine,
    PriceChange,
    Product,
    Refund,
    RefundLine,
    StockChange,
    Variant,
)
from tests.conftest import NOW

numbers = itertools.count(1)
# As visits really have it: these names have to be those that behavior asks for.
PHONE = browser_of(
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
).device
TABLET = browser_of(
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1"
).device
COMPUTER = browser_of(
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
).device


def ago(days: float):
    return NOW - timedelta(days=days)


class Shop:
    """Makes rows as the copy of a shop would hold them."""

    def __init__(self, store):
        self.store = store

    def category(self, name, parent=None):
        return Category.objects.create(
            store=self.store, name=name, slug=name.lower(), parent=parent
        )

    def product(self, name="Dress", category=None, *, sizes=("M",), **values):
        number = next(numbers)
        product = Product.objects.create(
            **{
                "store": self.store,
                "name": name,
                "slug": name.lower(),
                "currency": self.store.currency,
                "woo_id": number,
                "published_at": ago(200),
                "source_created_at": ago(200),
            }
            | values
        )
        if category is not None:
            product.categories.set([category])
        for place, size in enumerate(sizes, start=1):
            Variant.objects.create(
                store=self.store,
                product=product,
                size=size,
                color="Red",
                woo_id=number * 1000 + place,
                source_created_at=ago(200),
            )
        return product

    def price(self, product, price, regular=None, *, days=100.0):
        PriceChange.objects.create(
            store=self.store,
            product=product,
            price=Decimal(price),
            regular_price=None if regular is None else Decimal(regular),
            currency=self.store.currency,
            changed_at=ago(days),
        )

    def stock(self, variant, quantity, *, days):
        StockChange.objects.create(
            store=self.store, variant=variant, quantity=quantity, changed_at=ago(days)
        )

    def order(self, customer, *lines, days=10.0, **values):
        """Lines are (product, pieces, paid for all, before discounts or None)."""
        number = next(numbers)
        total = sum((Decimal(line[2]) for line in lines), Decimal(0))
        at = ago(days)
        order = Order.objects.create(
            **{
                "store": self.store,
                "number": str(number),
                "woo_id": number,
                "customer": customer,
                "status": Order.Status.COMPLETED,
                "currency": self.store.currency,
                "total": total,
                "placed_at": at,
                "source_modified_at": at,
            }
            | values
        )
        for product, pieces, paid, *before in lines:
            self.line(order, product, pieces, paid, *before)
        return order

    def line(self, order, product, pieces, paid, before=None):
        return OrderLine.objects.create(
            store=self.store,
            order=order,
            woo_id=next(numbers),
            product=product,
            variant=product.variants.order_by("pk").first(),
            name=product.name,
            quantity=pieces,
            subtotal=Decimal(paid if before is None else before),
            total=Decimal(paid),
            unit_cost=product.cost,
        )

    def refund(self, order, amount, *back, days=1.0):
        """`back` are (line, pieces, amount)."""
        refund = Refund.objects.create(
            store=self.store,
            order=order,
            woo_id=next(numbers),
            amount=Decimal(amount),
            refunded_at=ago(days),
        )
        for line, pieces, money in back:
            RefundLine.objects.create(
                store=self.store,
                refund=refund,
                order_line=line,
                quantity=pieces,
                total=Decimal(money),
            )
        return refund

    def touch(self, kind, product, *, days, customer=None, visitor="", price=None):
        return Interaction.objects.create(
            id=uuid.uuid4(),
            store=self.store,
            visitor=visitor,
            customer=customer,
            product=product,
            type=kind,
            at=ago(days),
            price=price,
            currency=self.store.currency if price else "",
        )

    def counted(self, name, *, days):
        """The day's count, as the rollups keep it."""
        Metric.objects.get_or_create(
            store=self.store, grain=Metric.Grain.DAY, name=name, starts_at=ago(days)
        )

    def visit(self, key, *, days, visitor="", customer=None, **values):
        return Session.objects.create(
            store=self.store,
            key=key,
            visitor=visitor,
            customer=customer,
            started_at=ago(days),
            last_at=ago(days),
            **values,
        )

    def link(self, visitor, customer, *, days):
        Link.objects.of(self.store).filter(visitor=visitor, ended_at=None).update(
            ended_at=ago(days)
        )
        return Link.objects.create(
            store=self.store,
            visitor=visitor,
            customer=customer,
            evidence="login",
            first_at=ago(days),
            last_at=ago(days),
        )

    def numbers(self, kind, *, days=0.0, **keys):
        """One row of the frame as of so many days ago; None where there is none."""
        rows = frame(self.store, kind, ago(days)).to_dicts()
        found = [row for row in rows if keys.items() <= row.items()]
        assert len(found) <= 1
        return found[0] if found else None


@pytest.fixture
def shop(store):
    return Shop(store)
