"""`python -m benchmarks.features`: the numbers of 10,000 customers and 2,000 products.

100,000 orders over two years and 1,000,000 views, carts and wishes of a year; each frame
in a process of its own, so that its peak of memory is its own. ORDERS=20000 measures a
smaller shop, DATABASE_URL another database.
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
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

ORDERS = int(os.environ.get("ORDERS", "100000"))
CUSTOMERS, PRODUCTS, TOUCHES = ORDERS // 10, ORDERS // 50, ORDERS * 10
AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
BEGIN = AS_OF - timedelta(days=730)
LATER = AS_OF + timedelta(minutes=10)
CHUNK = 5_000
SIZES = ("XS", "S", "M", "L", "XL")
# Customers that an ordinary ten minutes touch.
SOME = 50


def build() -> None:
    """A shop in an empty database, the same each time."""
    from django.core.management import call_command

    from apps.accounts.services.stores import open_store

    call_command("migrate", verbosity=0)
    store = open_store(name="Bench", owner=None, slug="bench", url="")
    chance = random.Random(7)  # noqa: S311
    products = make_goods(store, chance)
    people = make_people(store)
    make_orders(store, chance, people, products)
    make_touches(store, chance, people, products)


def make_people(store: Any) -> list[int]:
    from apps.shop.models import Customer

    rows = [
        Customer(
            store=store,
            email=f"{n}@bench.example",
            woo_id=n + 1,
            source_created_at=BEGIN,
        )
        for n in range(CUSTOMERS)
    ]
    made = Customer.objects.bulk_create(rows, batch_size=CHUNK)
    return [row.pk for row in made]


def make_goods(store: Any, chance: random.Random) -> list[tuple[int, list[int], int]]:
    """(product, its variants, its price)."""
    from apps.shop.models import Category, PriceChange, Product, StockChange, Variant

    groups = [
        Category.objects.create(store=store, name=f"G{n}", slug=f"g{n}")
        for n in range(12)
    ]
    products = Product.objects.bulk_create(
        Product(
            store=store, name=f"P{n}", slug=f"p{n}", woo_id=n + 1, currency="EUR",
            brand=f"B{n % 40}", published_at=BEGIN,
        )
        for n in range(PRODUCTS)
    )  # fmt: skip
    link = Product.categories.through
    link._default_manager.bulk_create(
        link(product=row, category=groups[place % 12])
        for place, row in enumerate(products)
    )
    variants = Variant.objects.bulk_create(
        (
            Variant(
                store=store, product=row, size=size, color="Red", manages_stock=True
            )
            for row in products
            for size in SIZES
        ),
        batch_size=CHUNK,
    )
    moments = [BEGIN + timedelta(days=73 * n) for n in range(10)]
    prices = {row.pk: chance.randint(10, 200) for row in products}
    PriceChange.objects.bulk_create(
        (
            PriceChange(
                store=store, product=row, changed_at=at, currency="EUR",
                price=Decimal(chance.randint(6, 10) * prices[row.pk]) / 10,
                regular_price=Decimal(prices[row.pk]),
            )
            for row in products
            for at in moments
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    StockChange.objects.bulk_create(
        (
            StockChange(
                store=store, variant=row, quantity=chance.randint(0, 9), changed_at=at
            )
            for row in variants
            for at in moments
        ),
        batch_size=CHUNK,
    )
    held: dict[int, list[int]] = {}
    for row in variants:
        held.setdefault(row.product_id, []).append(row.pk)
    return [(pk, held[pk], prices[pk]) for pk in held]


def make_orders(store: Any, chance: random.Random, people: Any, products: Any) -> None:
    from apps.shop.models import Order, OrderLine, Refund

    for start in range(0, ORDERS, CHUNK):
        orders = Order.objects.bulk_create(
            Order(
                store=store, number=str(n), woo_id=n + 1, status="completed",
                customer_id=people[min(int(chance.expovariate(3) * CUSTOMERS), CUSTOMERS - 1)],
                currency="EUR", total=Decimal(chance.randint(20, 300)),
                placed_at=AS_OF - timedelta(minutes=chance.randint(1, 1_050_000)),
            )
            for n in range(start, min(start + CHUNK, ORDERS))
        )  # fmt: skip
        lines = []
        for order in orders:
            for _ in range(chance.choice((1, 2, 2, 3, 4))):
                product, variants, price = chance.choice(products)
                lines.append(
                    OrderLine(
                        store=store, order=order, product_id=product, name="P",
                        variant_id=chance.choice(variants), quantity=1,
                        subtotal=Decimal(price), total=Decimal(price), tax=Decimal(0),
                        unit_cost=Decimal(price) / 3,
                    )
                )  # fmt: skip
        OrderLine.objects.bulk_create(lines)
        Refund.objects.bulk_create(
            Refund(
                store=store, order=order, woo_id=order.woo_id, amount=order.total / 4,
                refunded_at=order.placed_at + timedelta(days=9),
            )
            for order in orders[::8]
        )  # fmt: skip


def make_touches(store: Any, chance: random.Random, people: Any, products: Any) -> None:
    from apps.events.models import Interaction, Link

    visitors = [f"{uuid.UUID(int=n)}" for n in range(CUSTOMERS * 4)]
    Link.objects.bulk_create(
        (
            Link(
                store=store, visitor=visitors[n], customer_id=people[n],
                evidence="login", first_at=AS_OF - timedelta(days=300),
                last_at=AS_OF,
            )
            for n in range(CUSTOMERS)
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    kinds = ["product_view"] * 8 + ["add_to_cart", "wishlist"]

    def touches(start: int) -> Iterator[Interaction]:
        for n in range(start, min(start + CHUNK, TOUCHES)):
            who = chance.randrange(len(visitors))
            product, _, price = chance.choice(products)
            yield Interaction(
                id=uuid.UUID(int=(1 << 100) + n), store=store, visitor=visitors[who],
                customer_id=people[who] if who < CUSTOMERS else None,
                product_id=product, type=chance.choice(kinds), price=Decimal(price),
                at=AS_OF - timedelta(minutes=chance.randint(1, 525_600)),
                currency="EUR", quantity=1,
            )  # fmt: skip

    for start in range(0, TOUCHES, CHUNK):
        Interaction.objects.bulk_create(touches(start))


def measure(name: str) -> dict[str, float]:
    from apps.accounts.models import Store
    from apps.features.services import refresh
    from apps.features.services.frame import frame
    from apps.shop.models import Customer

    store = Store.objects.get(slug="bench")
    some = list(Customer.objects.of(store).values_list("pk", flat=True)[:SOME])
    deeds: dict[str, Callable[[], Any]] = {
        "customer": lambda: frame(store, "customer", AS_OF).height,
        "product": lambda: frame(store, "product", AS_OF).height,
        "pair": lambda: frame(store, "pair", AS_OF).height,
        "some": lambda: frame(store, "customer", AS_OF, some).height,
        "refresh_all": lambda: refresh.refresh_all(store, "customer", AS_OF),
        "refresh_some": lambda: refresh.refresh_some(store, "customer", LATER, some),
    }
    began, cpu = time.monotonic(), time.process_time()
    rows = deeds[name]()
    return {
        "rows": rows,
        "seconds": time.monotonic() - began,
        "cpu": time.process_time() - cpu,
        "peak": own_peak(),
    }


def own_peak() -> float:
    """MiB. The kernel's own figure for this process: a child inherits its parent's."""
    status = Path("/proc/self/status").read_text()
    line = next(row for row in status.splitlines() if row.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


WORDS = {
    "customer": f"frame(customer), {CUSTOMERS:,} customers",
    "product": f"frame(product), {PRODUCTS:,} products",
    "pair": "frame(pair), viewed or bought",
    "some": f"frame(customer) of {SOME}",
    "refresh_all": "refresh of all customers, rows written",
    "refresh_some": f"refresh of {SOME} customers",
}


def main() -> None:
    from benchmarks.report import publish

    with tempfile.TemporaryDirectory(prefix="bench-features-") as folder:
        environment = {**os.environ, "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}

        def child(deed: str) -> Any:
            command = [sys.executable, "-m", "benchmarks.features", deed]
            done = subprocess.run(  # noqa: S603
                command, env=environment, check=True, capture_output=True, text=True
            )
            return json.loads(done.stdout) if done.stdout.strip() else None

        child("build")
        results = {name: child(name) for name in WORDS}
    rows = [
        {
            "what": WORDS[name],
            "rows": found["rows"],
            "seconds": found["seconds"],
            "CPU seconds": found["cpu"],
            "peak MiB": round(found["peak"]),
        }
        for name, found in results.items()
    ]
    figures = {f"{name}_seconds": found["seconds"] for name, found in results.items()}
    peak = max(found["peak"] for found in results.values())
    publish("features", {**figures, "peak_mib": peak}, rows)


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
            sys.stdout.write(json.dumps(measure(sys.argv[1])))
