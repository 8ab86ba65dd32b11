"""Six weeks of visitors of the demo shop."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import Store
from apps.events.models import Session
from apps.events.services.roll import roll
from apps.shop.models import Product
from tests.events.rollups.conftest import PHONE, at_ms, bring, page

COMPUTER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
CAME_FROM = (
    "https://www.google.com/", "https://www.instagram.com/", "", "https://blog.example/",
)  # fmt: skip
SHOP = "https://selmira.example"
WORDS = ("linen dress", "abaya", "white shirt", "silk scarf", "size 38", "sale")


def seed_visits() -> None:
    """Says the id of one visit, today, and the day six weeks ago."""
    store, now = Store.objects.get(slug="demo"), timezone.now()
    chance = random.Random(7)
    products = list(Product.objects.of(store).order_by("pk")[:30])
    for browser in (PHONE, COMPUTER):
        events: list[dict[str, Any]] = []
        for n in range(220):
            age = timedelta(days=chance.random() ** 2 * 42, minutes=1)
            name = f"{browser[13:19]}-{chance.randrange(90)}"
            events += visit(chance, store, products, now - age, (name, f"{name}-{n}"))
        bring(store, events, at=now, browser=browser)
    come("now-1")
    roll(timezone.now, now + timedelta(minutes=5))
    one = Session.objects.of(store).exclude(ordered_at=None).earliest("started_at")
    today = now.astimezone(store.zone).date()
    print(one.pk, today, today - timedelta(weeks=6))  # noqa: T201


def come(visitor: str) -> None:
    """Somebody opens the shop now."""
    store, now = Store.objects.get(slug="demo"), timezone.now()
    said = {
        "type": "page_view", "visitor": visitor, "session": visitor, "at": at_ms(now),
        "context": page(f"{SHOP}/demo/"),
    }  # fmt: skip
    bring(store, [said], at=now)
    roll(timezone.now, now + timedelta(minutes=1))


def visit(
    chance: random.Random,
    store: Store,
    products: list[Product],
    start: datetime,
    who: tuple[str, str],
) -> list[dict[str, Any]]:
    came_from = chance.choice(CAME_FROM)
    base = {"visitor": who[0], "session": who[1]}
    home = page(f"{SHOP}/demo/", **({"referrer": came_from} if came_from else {}))
    said: list[dict[str, Any]] = [{"type": "page_view", "context": home}]
    for _ in range(chance.randrange(8)):
        place = {"x": chance.betavariate(4, 4), "y": chance.random() ** 2}
        said.append({"type": "click", "element": "a", "context": home, **place})
    if chance.random() < 0.3:
        empty = chance.choice([0, 0, 7])
        said.append({"type": "search", "query": chance.choice(WORDS), "results": empty})
    if chance.random() < 0.1:
        said.append({"type": "rage_click", "element": "#size", "context": home})
    product = chance.choice(products)
    about = {"product": product.woo_id or product.pk, "currency": store.currency}
    bought = {**about, "price": float(product.price or 50)}
    placed = {"value": bought["price"] + 4.9, "currency": store.currency}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("product_view", bought),
        (
            "recommendation_shown",
            {"placement": "product", "products": [about["product"]]},
        ),
        ("add_to_cart", bought),
        ("checkout_start", placed),
        ("order", {"order": chance.randrange(1, 10**6), **placed}),
    ]
    for kind, fields in steps[: chance.choice([0, 1, 2, 2, 3, 4, 5])]:
        said.append({"type": kind, **fields})
    said.append({"type": "page_leave", "seconds": chance.randrange(5, 300)})
    return [
        {**one, **base, "at": at_ms(start + timedelta(seconds=20 * n))}
        for n, one in enumerate(said)
    ]
