"""`python -m benchmarks.recs_loop`: a million deeds from rows to shelves.

50,000 customers, 10,000 products and a million deeds of a year, a tenth of them bought;
then each kind is read, judged, fitted and published in a process of its own, so that its
peak of memory is its own. DEEDS=100000 for a smaller shop, KINDS=personal,similar to
choose.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.report import publish

DEEDS = int(os.environ.get("DEEDS", "1000000"))
CUSTOMERS, PRODUCTS = DEEDS // 20, DEEDS // 100
KINDS = os.environ.get(
    "KINDS", "personal,similar,together,outfit,upsell,alike,hero"
).split(",")
AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = 330
CHUNK = 5_000
TASTES = 20
GROUPS = 12


def build() -> None:
    """Customers keep to a taste; the later in the year, the newer the products."""
    from django.core.management import call_command

    from apps.accounts.services.stores import open_store
    from apps.shop.models import Customer

    call_command("migrate", verbosity=0)
    store = open_store(name="Bench", owner=None, slug="bench", url="")
    chance = random.Random(7)  # noqa: S311
    products = make_goods(store)
    people = [
        one.pk
        for one in Customer.objects.bulk_create(
            (
                Customer(
                    store=store, email=f"{n}@bench.example", woo_id=n + 1,
                    source_created_at=AS_OF - timedelta(days=DAYS + 1),
                )
                for n in range(CUSTOMERS)
            ),
            batch_size=CHUNK,
        )
    ]  # fmt: skip
    make_looks(store, chance, people, products)
    make_orders(store, chance, people, products)


def make_goods(store: Any) -> list[int]:
    from apps.shop.models import Category, PriceChange, Product

    groups = [
        Category.objects.create(store=store, name=f"G{n}", slug=f"g{n}")
        for n in range(GROUPS)
    ]
    long_ago = AS_OF - timedelta(days=DAYS + 30)
    made = Product.objects.bulk_create(
        (
            Product(
                store=store, name=f"Taste{n % TASTES} thing {n}", slug=f"p{n}",
                woo_id=n + 1, currency="EUR", brand=f"B{n % 40}", price=20 + n % 150,
                published_at=long_ago,
            )
            for n in range(PRODUCTS)
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    held = Product.categories.through
    held.objects.bulk_create(
        (
            held(product_id=one.pk, category_id=groups[n // TASTES % GROUPS].pk)
            for n, one in enumerate(made)
        ),
        batch_size=CHUNK,
    )
    PriceChange.objects.bulk_create(
        (
            PriceChange(
                store=store, product=one, price=one.price, currency="EUR",
                changed_at=long_ago,
            )
            for one in made
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    return [one.pk for one in made]


def drawn(chance: random.Random, products: list[int], person: int) -> int:
    """Of the person's taste nine times of ten; the first of it more often."""
    taste = person % TASTES if chance.random() < 0.9 else chance.randrange(TASTES)
    many = len(products) // TASTES
    return products[int(many * chance.random() ** 2) * TASTES + taste]


def moment(chance: random.Random) -> datetime:
    return AS_OF - timedelta(minutes=chance.randrange(1, DAYS * 24 * 60))


def make_looks(
    store: Any, chance: random.Random, people: list[int], products: list[int]
) -> None:
    from apps.events.models import Interaction

    def rows() -> Any:
        for visit in range(DEEDS * 9 // 10 // 3):
            number = visit % CUSTOMERS
            at = moment(chance)
            for step in range(3):
                yield Interaction(
                    id=uuid.UUID(int=chance.getrandbits(128)), store=store,
                    visitor=f"v{number}", customer_id=people[number],
                    product_id=drawn(chance, products, number), quantity=1,
                    type="add_to_cart" if step == 2 else "product_view",
                    at=at + timedelta(minutes=step),
                )  # fmt: skip

    Interaction.objects.bulk_create(rows(), batch_size=CHUNK)


def make_orders(
    store: Any, chance: random.Random, people: list[int], products: list[int]
) -> None:
    from apps.shop.models import Order, OrderLine

    orders = Order.objects.bulk_create(
        (
            Order(
                store=store, number=str(n), status="completed", currency="EUR",
                customer_id=people[n % CUSTOMERS], placed_at=moment(chance), total=80,
            )
            for n in range(DEEDS // 20)
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        (
            OrderLine(
                store=store, order=order, quantity=1, name="x", subtotal=40, total=40,
                product_id=drawn(chance, products, n % CUSTOMERS),
            )
            for n, order in enumerate(orders)
            for _ in range(2)
        ),
        batch_size=CHUNK,
    )  # fmt: skip


def train(kind: str) -> None:
    from apps.accounts.models import Store
    from apps.registry.services.learn import learn

    store = Store.objects.get(slug="bench")
    began = time.perf_counter()
    version = learn(
        store, f"recommendations.{kind}", as_of=AS_OF, clock=lambda: datetime.now(UTC)
    )
    from apps.recommendations.models import Shelf

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = {
        "seconds": time.perf_counter() - began,
        "peak_gib": peak / 2**20,
        "name": version.name,
        "status": version.status,
        "ndcg": version.metrics.get("ndcg_at_10", 0.0),
        "humble": version.baseline_metrics.get("ndcg_at_10", 0.0),
        "shelves": Shelf.objects.of(store).filter(version=version).count(),
        "parts": version.card.get("seconds", {}),
    }
    sys.stdout.write("TRAINED " + json.dumps(said) + "\n")


def manage(env: dict[str, str], code: str) -> str:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    done = subprocess.run(  # noqa: S603
        command, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="luxebrain-loop-") as folder:
        env = {
            **os.environ,
            "VAR_DIR": str(Path(folder) / "var"),
            "ENV_FILE": str(Path(folder) / "none"),
            "LOG_LEVEL": "WARNING",
            "MLFLOW_TRACKING_URI": "off",
        }
        env.setdefault("DATABASE_URL", f"sqlite:///{folder}/loop.sqlite3")
        manage(env, "from benchmarks.recs_loop import build; build()")
        rows, whole, peak = [], 0.0, 0.0
        for kind in KINDS:
            code = f"from benchmarks.recs_loop import train; train({kind!r})"
            found = json.loads(manage(env, code).split("TRAINED ", 1)[1])
            whole, peak = whole + found["seconds"], max(peak, found["peak_gib"])
            rows.append(
                {
                    "kind": kind, "model": found["name"], "is": found["status"],
                    "seconds": found["seconds"], "peak GiB": found["peak_gib"],
                    "ndcg@10": found["ndcg"], "humble": found["humble"],
                    "shelves": found["shelves"], **found["parts"],
                }
            )  # fmt: skip
    first = {row["kind"]: row["seconds"] for row in rows}
    figures = {"all_seconds": whole, "peak_gib": peak}
    if "personal" in first:
        figures["personal_seconds"] = first["personal"]
    publish("recs_loop", figures, rows)


if __name__ == "__main__":
    main()
