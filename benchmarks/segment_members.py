"""`python -m benchmarks.segment_members`: 20 segments of 260,000 customers.

Each customer with numbers, an address and a statement of consent; 400,000 orders and
500,000 views, carts and wishes of two years. A whole pass fills all segments from
nothing, another one finds them filled; then one order is placed, and its customer is
followed into the segments. CUSTOMERS=20000 measures a smaller shop, DATABASE_URL another
database.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

CUSTOMERS = int(os.environ.get("CUSTOMERS", "260000"))
ORDERS, TOUCHES, PRODUCTS = CUSTOMERS * 20 // 13, CUSTOMERS * 25 // 13, 2_000
AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
LONG_AGO = AS_OF - timedelta(days=800)
CHUNK = 5_000
EVENTS = 5
COUNTRIES = ("DE", "AT", "FR", "IT", "US")


def field(name: str, how: str, value: Any = None) -> dict[str, Any]:
    said = {"field": name, "is": how}
    return said if value is None else {**said, "value": value}


AGREED = field("consent_email", "yes")
# As merchants write them: what they are, their numbers, what they did, and of all.
SEGMENTS: tuple[dict[str, Any], ...] = (
    field("country", "equals", "DE"),
    field("country", "none_of", ["DE", "AT"]),
    {"all": [field("orders", "at_least", 2), field("spent", "at_least", 200)]},
    {"all": [field("recency_days", "between", [60, 180]), AGREED]},
    {"any": [field("spent_365", "more_than", 300), field("orders", "at_least", 4)]},
    {"all": [field("open_share", "at_least", 0.5), AGREED]},
    field("overdue", "more_than", 1.5),
    {"not": field("discount_share", "more_than", 0.2)},
    {"all": [field("registered", "yes"), field("orders", "equals", 0)]},
    field("consent_email", "unknown"),
    {"did": "bought", "days": 90},
    {"did": "bought", "times": 2, "days": 365},
    {"did": "bought", "brands": ["B1", "B2"]},
    {"all": [{"did": "viewed", "days": 30}, {"did_not": "bought", "days": 30}]},
    {"did": "carted", "times": 2, "days": 90},
    {"all": [{"did": "bought", "categories": [1]}, field("country", "equals", "FR")]},
    {"all": [field("views_30", "at_least", 3), {"did_not": "bought"}]},
    {"all": [field("brand_shares", "has_one_of", ["B3"]), AGREED]},
    {"any": [field("gap_mean", "less_than", 30), field("return_share", "unknown")]},
    {
        "all": [
            {"any": [field("city", "starts_with", "ber"), field("guest", "yes")]},
            field("average_order", "at_least", 50),
        ]
    },
)


def build() -> None:
    """A shop in an empty database, the same each time."""
    from django.core.management import call_command

    from apps.accounts.services.stores import open_store

    call_command("migrate", verbosity=0)
    store = open_store(name="Bench", owner=None, slug="bench", url="")
    chance = random.Random(7)  # noqa: S311
    products = make_goods(store)
    people = make_people(store, chance)
    make_numbers(store, chance, people)
    make_orders(store, chance, people, products)
    make_touches(store, chance, people, products)
    make_segments(store)
    long_ago(store)


def make_goods(store: Any) -> list[int]:
    from apps.shop.models import Category, Product

    groups = [
        Category.objects.create(store=store, name=f"G{n}", slug=f"g{n}")
        for n in range(12)
    ]
    products = Product.objects.bulk_create(
        Product(
            store=store, name=f"P{n}", slug=f"p{n}", woo_id=n + 1, currency="EUR",
            brand=f"B{n % 40}", published_at=LONG_AGO,
        )
        for n in range(PRODUCTS)
    )  # fmt: skip
    link = Product.categories.through
    link._default_manager.bulk_create(
        link(product=row, category=groups[place % 12])
        for place, row in enumerate(products)
    )
    return [row.pk for row in products]


def chunks(count: int) -> Iterator[range]:
    for start in range(0, count, CHUNK):
        yield range(start, min(start + CHUNK, count))


def make_people(store: Any, chance: random.Random) -> list[int]:
    from apps.shop.models import Address, Consent, Customer

    found: list[int] = []
    for part in chunks(CUSTOMERS):
        rows = Customer.objects.bulk_create(
            Customer(
                store=store, email=f"{n}@bench.example", woo_id=n + 1,
                source_created_at=LONG_AGO, is_guest=n % 3 == 0,
            )
            for n in part
        )  # fmt: skip
        Address.objects.bulk_create(
            Address(
                store=store, customer=row, country=chance.choice(COUNTRIES),
                city=chance.choice(("Berlin", "Graz", "Lyon")),
            )
            for row in rows
        )  # fmt: skip
        Consent.objects.bulk_create(
            Consent(
                store=store, customer=row, channel="email", purpose="marketing",
                is_granted=chance.random() < 0.5, text_shown="?", text_version="1",
                surface="checkout", stated_at=LONG_AGO,
            )
            for row in rows
            if chance.random() < 0.8
        )  # fmt: skip
        found += [row.pk for row in rows]
    return found


def make_numbers(store: Any, chance: random.Random, people: list[int]) -> None:
    from apps.features.models import CustomerFeatures, Refresh

    for part in chunks(len(people)):
        CustomerFeatures.objects.bulk_create(
            CustomerFeatures(
                store=store, customer_id=people[n], as_of=AS_OF, **numbers(chance)
            )
            for n in part
        )
    # As a night leaves it.
    Refresh.objects.update_or_create(
        store=store,
        kind="customer",
        defaults={"seen_to_at": AS_OF, "full_at": AS_OF},
    )


def numbers(chance: random.Random) -> dict[str, Any]:
    """As long as real ones: what JSON costs is a matter of its length."""
    orders = min(int(chance.expovariate(0.6)), 30)
    apart = {f"other_{n}": round(chance.random(), 6) for n in range(30)}
    own = {
        "open_share": chance.choice((None, round(chance.random(), 3))),
        "gap_mean": round(chance.random() * 90, 3) if orders > 1 else None,
        "spent_365": round(orders * 40.5, 2),
        "brand_shares": [
            {"key": f"B{chance.randint(0, 39)}", "share": 0.3} for _ in range(3)
        ],
    }
    return {
        "orders": orders, "spent": round(orders * chance.uniform(20, 120), 2),
        "spent_365": round(orders * 40.5, 2),
        "average_order": 60.0 if orders else None,
        "recency_days": chance.uniform(0, 400) if orders else None,
        "overdue": chance.uniform(0, 3) if orders > 1 else None,
        "discount_share": chance.random() / 2 if orders else None,
        "return_share": chance.random() / 3 if orders else None,
        "views_30": chance.choice((0, 0, 0, 2, 5)), "numbers": {**apart, **own},
    }  # fmt: skip


def make_orders(
    store: Any, chance: random.Random, people: list[int], products: list[int]
) -> None:
    from apps.shop.models import Order, OrderLine

    for part in chunks(ORDERS):
        orders = Order.objects.bulk_create(
            Order(
                store=store, number=str(n), woo_id=n + 1, status="completed",
                customer_id=chance.choice(people), currency="EUR", total=Decimal(50),
                placed_at=AS_OF - timedelta(minutes=chance.randint(1, 1_050_000)),
            )
            for n in part
        )  # fmt: skip
        OrderLine.objects.bulk_create(
            OrderLine(
                store=store, order=order, product_id=chance.choice(products), name="P",
                quantity=1, subtotal=Decimal(50), total=Decimal(50),
            )
            for order in orders
        )  # fmt: skip


def make_touches(
    store: Any, chance: random.Random, people: list[int], products: list[int]
) -> None:
    from apps.events.models import Interaction

    kinds = ["product_view"] * 8 + ["add_to_cart", "wishlist"]
    for part in chunks(TOUCHES):
        Interaction.objects.bulk_create(
            Interaction(
                id=uuid.UUID(int=(1 << 100) + n), store=store, visitor=str(n % 9_999),
                customer_id=chance.choice(people), product_id=chance.choice(products),
                type=chance.choice(kinds), currency="EUR",
                at=AS_OF - timedelta(minutes=chance.randint(1, 1_050_000)),
            )
            for n in part
        )  # fmt: skip


def make_segments(store: Any) -> None:
    from apps.segmentation.services import write

    for n, conditions in enumerate(SEGMENTS):
        write.create(store, {"name": f"S{n}", "conditions": conditions}, AS_OF)


def long_ago(store: Any) -> None:
    """The rows were written just now, but nothing of that is news; and the database
    knows how its tables are filled, as after a night's work."""
    from django.db import connection

    from apps.shop.models import Customer, Order

    for model in (Customer, Order):
        model.objects.of(store).update(updated_at=LONG_AGO)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure() -> dict[str, Any]:
    from apps.accounts.models import Store
    from apps.core.services.plans import look_at_rows
    from apps.features.services.customer.taste import sold_before
    from apps.segmentation.models import Member
    from apps.segmentation.services import count, follow

    store = Store.objects.get(slug="bench")
    # What jobs of every ten minutes, and of the night, have done by then.
    look_at_rows()
    sold_before(store, AS_OF)
    full = timed(lambda: count.count_due(store, AS_OF))
    inside = Member.objects.of(store).inside().count()
    count.mark_due(store)
    again = timed(lambda: count.count_due(store, AS_OF + timedelta(hours=1)))
    follow.move(store, datetime.now(UTC))
    events = [timed(lambda n=n: one_order(store, n)) for n in range(EVENTS)]
    return {
        "full_seconds": full,
        "again_seconds": again,
        "event_seconds": max(events),
        "event_seconds_median": median(events),
        "members": inside,
    }


def one_order(store: Any, n: int) -> None:
    """Of somebody who never bought, so that segments are entered."""
    from apps.segmentation.models import Member
    from apps.segmentation.services import follow
    from apps.shop.models import Customer, Order

    people = Customer.objects.of(store).filter(orders=None).order_by("pk")
    who = people[n * 10]
    now = datetime.now(UTC)
    Order.objects.create(
        store=store, number=f"new {n}", status="processing", customer=who,
        currency="EUR", total=Decimal(50), placed_at=now,
    )  # fmt: skip
    assert follow.follow(store, datetime.now(UTC)) >= 1
    assert Member.objects.of(store).filter(customer=who, entered_at__gte=now).exists()


def timed(work: Any) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def main() -> None:
    from benchmarks.report import publish

    with tempfile.TemporaryDirectory(prefix="bench-segments-") as folder:
        environment = {**os.environ, "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}

        def child(deed: str) -> Any:
            command = [sys.executable, "-m", "benchmarks.segment_members", deed]
            done = subprocess.run(  # noqa: S603
                command, env=environment, check=True, capture_output=True, text=True
            )
            return json.loads(done.stdout) if done.stdout.strip() else None

        child("build")
        found = child("measure")
    members = found.pop("members")
    words = {
        "full_seconds": f"{len(SEGMENTS)} segments of {CUSTOMERS:,} filled: {members:,}",
        "again_seconds": "the same again, filled already",
        "event_seconds": f"one order, the slowest of {EVENTS}",
        "event_seconds_median": "one order, the middle one",
    }
    rows = [{"what": words[name], "seconds": value} for name, value in found.items()]
    publish("segment_members", {**found, "members": members}, rows)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
        django.setup()
        if sys.argv[1] == "build":
            build()
        else:
            sys.stdout.write(json.dumps(measure()))
