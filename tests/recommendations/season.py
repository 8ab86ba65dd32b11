"""A shop with plain habits: what there is to find is known."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

from apps.events.models import Interaction
from apps.shop.models import (
    Category,
    Customer,
    Order,
    OrderLine,
    PriceChange,
    Product,
    Variant,
)  # fmt: skip
from tests.conftest import NOW

TASTES = ("linen", "wool", "silk")
DAYS = 160


def open_shop(store, *, seed=1, customers=150, noted_days=300):
    """Three tastes. Of each: eight dresses, the later the dearer, and four shoes.

    A customer looks at and buys things of their taste alone, a dress mostly with the
    shoe of its number, and comes back for the same shoe. Prices are noted since so many
    days.
    """
    chance = random.Random(seed)
    dresses = Category.objects.create(store=store, name="Dresses", slug="dresses")
    shoes = Category.objects.create(store=store, name="Shoes", slug="shoes")
    goods = {}
    for taste in TASTES:
        for kind, category, count in (("dress", dresses, 8), ("shoe", shoes, 4)):
            for number in range(count):
                thing = Product.objects.create(
                    store=store, name=f"{taste} {kind} {number}", currency="EUR",
                    slug=f"{taste}-{kind}-{number}", price=50 + 10 * number,
                    woo_id=len(goods) + 1, published_at=NOW - timedelta(days=300),
                )  # fmt: skip
                Variant.objects.create(
                    store=store, product=thing, size="M", stock_quantity=5
                )
                category.products.add(thing)
                goods[thing.name] = thing
    PriceChange.objects.bulk_create(
        PriceChange(
            store=store, product=thing, price=thing.price, currency="EUR",
            changed_at=NOW - timedelta(days=noted_days),
        )
        for thing in goods.values()
    )  # fmt: skip
    people = Customer.objects.bulk_create(
        Customer(store=store, email=f"c{number}@mail.example", woo_id=number + 1)
        for number in range(customers)
    )
    Customer.objects.of(store).update(
        created_at=NOW - timedelta(days=300),
    )
    looks, orders, lines = [], [], []
    for number, person in enumerate(people):
        taste = TASTES[number % 3]
        for visit in range(6):
            day = chance.random() * DAYS / 6 + visit * DAYS / 6
            at = NOW - timedelta(days=DAYS - day)
            shoe = goods[f"{taste} shoe {number % 4}"]
            first = chance.randrange(8)
            seen = [goods[f"{taste} dress {first}"]]
            seen.append(goods[f"{taste} dress {min(7, first + 1)}"])
            seen.append(goods[f"{taste} dress {chance.randrange(8)}"])
            looks += [look(store, chance, person, thing, at, minute)
                      for minute, thing in enumerate(seen)]  # fmt: skip
            order = Order(
                store=store, number=f"{number}-{visit}", status="completed",
                customer=person, currency="EUR", placed_at=at + timedelta(minutes=9),
                total=100, woo_id=number * 10 + visit + 1,
            )  # fmt: skip
            orders.append(order)
            lines += [(order, seen[1]), (order, shoe)]
    Interaction.objects.bulk_create(looks)
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(
        OrderLine(
            store=store, order=order, product=thing, name=thing.name, quantity=1,
            subtotal=thing.price, total=thing.price,
        )
        for order, thing in lines
    )  # fmt: skip
    return goods, people


def look(store, chance, person, thing, at, minute):
    return Interaction(
        id=uuid.UUID(int=chance.getrandbits(128)), store=store, customer=person,
        visitor=f"v{person.pk}", product=thing, type="product_view",
        at=at + timedelta(minutes=minute), price=thing.price, currency="EUR",
    )  # fmt: skip
