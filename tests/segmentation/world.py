"""A shop of random customers of whom all is known twice: as rows, and as plain facts."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from apps.events.models import Interaction, Session
from apps.features.models import CustomerFeatures
from apps.segmentation.models import RfmScore
from apps.shop.models import (
    Address,
    Category,
    Consent,
    Customer,
    Order,
    OrderLine,
    Product,
    Refund,
    RefundLine,
)
from tests.conftest import NOW

COUNTRIES = ("DE", "at", "FR", "")
CITIES = ("Berlin", "BERLIN", "Graz", "Łódź", "")
LANGUAGES = ("en", "de", "")
NUMBERS = ("orders", "spent", "recency_days", "average_order", "views_30")
JSON_NUMBERS = ("open_share", "gap_mean", "sessions_7", "preferred_hour")
# Which stand at 0 where nothing is known.
ZERO = frozenset(("orders", "spent", "views_30", "sessions_7"))
BRANDS = ("Arc", "Bel", "Cos")


@dataclass
class Fact:
    """`values` by field; a set for what may be several. `deeds`: what, when, goods."""

    pk: int
    values: dict[str, Any]
    deeds: list[tuple[str, timedelta, list[Product]]] = field(default_factory=list)


@dataclass
class World:
    store: Any
    facts: list[Fact]
    products: list[Product]
    categories: list[Category]


def make_world(store, seed: int, people: int = 16) -> World:
    chance = random.Random(seed)
    categories, products = make_goods(store)
    world = World(store, [], products, categories)
    for n in range(people):
        world.facts.append(make_person(world, chance, n))
    # Nobody's members, whatever is asked.
    Customer.objects.create(store=store, email="gone@mail.example", deleted_at=NOW)
    Customer.objects.create(store=store)
    return world


def make_goods(store):
    """The second category lies in the first one."""
    top = Category.objects.create(store=store, name="Women", slug="women")
    below = Category.objects.create(store=store, name="Coats", slug="coats", parent=top)
    other = Category.objects.create(store=store, name="Men", slug="men")
    products = []
    for n, category in enumerate((top, below, other, other)):
        product = Product.objects.create(
            store=store, name=f"P{n}", slug=f"p{n}", currency="EUR", brand=BRANDS[n % 3]
        )
        product.categories.add(category)
        products.append(product)
    return [top, below, other], products


def make_person(world: World, chance, n: int) -> Fact:
    store = world.store
    guest, language = chance.random() < 0.4, chance.choice(LANGUAGES)
    registered = chance.choice([None, 1, 20, 200])
    person = Customer.objects.create(
        store=store, email=f"{n}@mail.example", is_guest=guest, language=language,
        phone=chance.choice(("", "123")),
        source_created_at=registered and NOW - timedelta(days=registered, hours=1),
    )  # fmt: skip
    fact = Fact(person.pk, {
        "registered": not guest, "guest": guest, "language": language or None,
        "has_email": True, "has_phone": person.phone != "",
        **dict.fromkeys((*NUMBERS, *JSON_NUMBERS)), **dict.fromkeys(ZERO, 0.0),
        "brand_shares": None, "country": set(), "city": set(), "rfm_recency": None,
        "rfm_code": None, "consent_email": None, "consent_sms": None,
    })  # fmt: skip
    if registered and not guest:
        fact.deeds.append(("registered", timedelta(days=registered, hours=1), []))
    absorbed = None
    if chance.random() < 0.4:
        absorbed = Customer.objects.create(
            store=store, email=f"{n}@other.example", merged_into=person
        )
    make_places(store, chance, person, fact)
    make_numbers(store, chance, person, fact)
    make_consents(store, chance, [person, absorbed or person], fact)
    make_acts(world, chance, [person, absorbed or person], fact)
    make_orders(world, chance, person, fact)
    return fact


def make_places(store, chance, person, fact) -> None:
    for country, city in {
        (chance.choice(COUNTRIES), chance.choice(CITIES))
        for _ in range(chance.randint(0, 2))
    }:
        Address.objects.create(store=store, customer=person, country=country, city=city)
        fact.values["country"] |= {country} - {""}
        fact.values["city"] |= {city} - {""}


def make_numbers(store, chance, person, fact) -> None:
    """Some have no row, as between a first order and the first refresh."""
    if chance.random() < 0.25:
        return
    own = {name: float(chance.randint(0, 4)) for name in NUMBERS if name in ZERO}
    may = {
        name: chance.choice([None, 0.0, 1.5, 3.0])
        for name in NUMBERS
        if name not in ZERO
    }
    apart = {
        name: chance.choice([None, 0.0, 0.5, 2.0])
        for name in JSON_NUMBERS
        if name not in ZERO
    }
    apart["sessions_7"] = float(chance.randint(0, 3))
    kept = {name: value for name, value in apart.items() if chance.random() < 0.8}
    brands = chance.sample(BRANDS, chance.randint(0, 3))
    CustomerFeatures.objects.create(
        store=store, customer=person, as_of=NOW, **own, **may,
        numbers={**kept, "brand_shares": [{"key": b, "share": 0.3} for b in brands]},
    )  # fmt: skip
    fact.values |= {**own, **may, **kept, "brand_shares": set(brands) or None}
    if chance.random() < 0.5:
        recency = chance.randint(1, 5)
        RfmScore.objects.create(
            store=store, customer=person, recency=recency, frequency=1, money=1,
            code=f"{recency}11", days=1, orders=1, spent=1, as_of=NOW,
        )  # fmt: skip
        fact.values |= {"rfm_recency": float(recency), "rfm_code": f"{recency}11"}


def make_consents(store, chance, rows, fact) -> None:
    for channel in ("email", "sms"):
        said = []
        for _ in range(chance.randint(0, 3)):
            hours, yes = chance.choice([-5, 3, 9, 48]), chance.random() < 0.5
            Consent.objects.get_or_create(
                store=store, customer=chance.choice(rows), channel=channel,
                purpose="marketing", is_granted=yes,
                stated_at=NOW - timedelta(hours=hours),
                defaults={"text_shown": "?", "text_version": "1", "surface": "x"},
            )  # fmt: skip
            if hours >= 0:
                said.append((-hours, not yes))
        if said:
            fact.values[f"consent_{channel}"] = not max(said)[1]


def make_acts(world, chance, rows, fact) -> None:
    kinds = {"viewed": "product_view", "carted": "add_to_cart", "wished": "wishlist"}
    for _ in range(chance.randint(0, 6)):
        name, product = chance.choice(list(kinds)), chance.choice(world.products)
        ago = timedelta(days=chance.choice([-2, 1, 6, 40]), hours=1)
        Interaction.objects.create(
            id=uuid.UUID(int=chance.getrandbits(128)), store=world.store,
            customer=chance.choice(rows), product=product, type=kinds[name],
            at=NOW - ago,
        )  # fmt: skip
        fact.deeds.append((name, ago, [product]))
    for _ in range(chance.randint(0, 3)):
        ago, is_bot = timedelta(days=chance.choice([1, 6, 40])), chance.random() < 0.3
        Session.objects.create(
            store=world.store, key=str(chance.getrandbits(60)), started_at=NOW - ago,
            last_at=NOW - ago, customer=chance.choice(rows), is_bot=is_bot,
        )  # fmt: skip
        if not is_bot:
            fact.deeds.append(("visited", ago, []))


def make_orders(world, chance, person, fact) -> None:
    for _ in range(chance.randint(0, 3)):
        status = chance.choice(("completed", "processing", "cancelled"))
        ago, bought = (
            timedelta(days=chance.choice([1, 6, 40])),
            chance.sample(world.products, 2),
        )
        order = Order.objects.create(
            store=world.store, number="1", status=status, currency="EUR",
            customer=person, placed_at=NOW - ago,
        )  # fmt: skip
        lines = [
            OrderLine.objects.create(
                store=world.store, order=order, name="P", product=product, quantity=1,
                subtotal=Decimal(1), total=Decimal(1),
            )
            for product in bought
        ]  # fmt: skip
        if status != "cancelled":
            fact.deeds.append(("bought", ago, bought))
        if chance.random() < 0.4:
            refund = Refund.objects.create(
                store=world.store, order=order, amount=Decimal(1),
                refunded_at=NOW - ago / 2,
            )  # fmt: skip
            pieces = chance.choice((0, 1))
            RefundLine.objects.create(
                store=world.store, refund=refund, order_line=lines[0], quantity=pieces,
                total=Decimal(1),
            )  # fmt: skip
            if pieces:
                fact.deeds.append(("returned", ago / 2, [bought[0]]))
