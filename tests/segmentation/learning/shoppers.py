"""A shop whose customers are of five plain kinds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db.models import F

from apps.segmentation.models import Place
from apps.shop.models import Customer, Order, OrderLine, Product
from tests.conftest import NOW

# By kind: orders, amount of each, days between two, days since the last one, coupons.
KINDS = {
    "vip": (12, 400, 30, 10, False),
    "loyal": (9, 60, 70, 20, False),
    "discount": (6, 50, 60, 40, True),
    "occasional": (2, 50, 150, 320, False),
    "new": (1, 60, 1, 9, False),
}


def open_shop(store, each=4):
    """`each` customers of each kind; by kind, in the order in which they were made."""
    thing = Product.objects.create(
        store=store, name="Dress", slug="dress", currency="EUR", price=50, woo_id=1
    )
    people = {}
    for kind in KINDS:
        people[kind] = [
            Customer.objects.create(
                store=store, email=f"{kind}{number}@mail.example",
                source_created_at=NOW - timedelta(days=800),
            )
            for number in range(each)
        ]  # fmt: skip
        for number, person in enumerate(people[kind]):
            buy(store, thing, person, KINDS[kind], number)
    return people


def buy(store, thing, person, habit, number):
    count, amount, gap, last, has_coupon = habit
    for turn in range(count):
        days = last + gap * turn + number % 5
        paid = Decimal(amount + number)
        order = Order.objects.create(
            store=store, customer=person,
            number=f"{person.pk}-{amount}-{turn}",
            woo_id=person.pk * 100_000 + amount * 100 + turn, status="completed", currency="EUR",
            placed_at=NOW - timedelta(days=days), total=paid,
            coupon_codes=["SAVE"] if has_coupon else [],
        )  # fmt: skip
        OrderLine.objects.create(
            store=store, order=order, woo_id=order.woo_id, product=thing, name="Dress",
            quantity=1, subtotal=paid, total=paid,
        )  # fmt: skip


def codes(store):
    """Segment that serves, by customer."""
    rows = Place.objects.of(store).served()
    return dict(rows.values_list("customer_id", "code"))


def older(store, days):
    """All that was bought happened so much earlier."""
    Order.objects.of(store).update(placed_at=F("placed_at") - timedelta(days=days))
