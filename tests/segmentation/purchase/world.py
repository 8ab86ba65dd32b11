"""Visits of a shop whose rule is known: a desk brings orders, and so does a cart."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

from apps.events.models import Interaction, Session
from apps.shop.models import Product
from tests.conftest import NOW


def ago(**span):
    return NOW - timedelta(**span)


def thing(store, name="Dress", **values):
    return Product.objects.create(
        store=store, name=name, slug=name.lower(), currency="EUR", **values
    )


class Visits:
    """Makes visits as the rollups of events keep them, all at once."""

    def __init__(self, store):
        self.store = store
        self.sessions, self.deeds = [], []

    def visit(self, key, started_at, minutes=10.0, *, visitor=None, **values):
        self.sessions.append(
            Session(
                store=self.store,
                key=key,
                visitor=key if visitor is None else visitor,
                started_at=started_at,
                last_at=started_at + timedelta(minutes=minutes),
                **values,
            )
        )

    def did(self, visitor, kind, product, at, price=None, **values):
        values.setdefault("currency", "" if price is None else "EUR")
        self.deeds.append(
            Interaction(
                id=uuid.uuid4(),
                store=self.store,
                visitor=visitor,
                product=product,
                type=kind,
                at=at,
                price=price,
                **values,
            )
        )

    def save(self):
        Session.objects.bulk_create(self.sessions)
        Interaction.objects.bulk_create(self.deeds)


def season(store, visits=420, seed=1):
    """90 days of visits. At a desk six of ten order, on a phone one of twenty; some of
    the others fill a cart, too."""
    chance = random.Random(seed)
    dress, boot = thing(store, "Dress"), thing(store, "Boot")
    made = Visits(store)
    for number in range(visits):
        began = ago(days=89 - 88 * number / visits, minutes=chance.randrange(600))
        looks = 1 + chance.randrange(5)
        device = chance.choice(["phone", "computer"])
        orders = chance.random() < (0.6 if device == "computer" else 0.05)
        has_cart = orders or chance.random() < 0.2
        end = began + timedelta(minutes=looks + 3)
        key = f"s{number}"
        made.visit(
            key,
            began,
            looks + 3,
            device=device,
            channel=chance.choice(["direct", "ads", "email"]),
            carted_at=end if has_cart else None,
            checkout_at=end if orders else None,
            ordered_at=end if orders else None,
            revenue=1_500_000 if orders else 0,
        )
        for look in range(looks):
            at = began + timedelta(minutes=look)
            made.did(key, "product_view", chance.choice([dress, boot]), at, 100)
        if has_cart:
            put = began + timedelta(minutes=looks)
            made.did(key, "add_to_cart", dress, put, 100)
    made.save()
    return dress, boot
