"""`python -m benchmarks.answers`: how long a shelf takes, alone and under load.

10,000 products in three sizes, 100,000 customers with fifty picks each, neighbors of
every product; the web processes and a PostgreSQL that flushes each commit, all on this
machine. Every answer writes its decision; a holdout and a test of shelves are running
(TESTS=0: none). SECONDS=10 for each measurement, CUSTOMERS and
PRODUCTS for a smaller shop.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.ingest.load import Crowd
from benchmarks.ingest.servers import (
    ORIGIN,
    DurablePostgreSQL,
    environment,
    manage,
    prepare,
    web,
)
from benchmarks.report import publish

SECONDS = float(os.environ.get("SECONDS", "10"))
PRODUCTS = int(os.environ.get("PRODUCTS", "10000"))
CUSTOMERS = int(os.environ.get("CUSTOMERS", "100000"))
DEPTH = 50
LINES = 16
VERBS = 1_500
HALF = 0.5
SIZES = ("S", "M", "L")


def build() -> None:
    """A shop in an empty database, the same each time; tells how fast shelves went in."""
    from django.utils import timezone

    from apps.accounts.models import Store
    from apps.accounts.services import customer_token, keys
    from apps.decisions.services import partitions

    store = Store.objects.get(slug="bench")
    chance = random.Random(7)  # noqa: S311
    partitions.keep_partitions(timezone.now())
    products = make_goods(store, chance)
    people = make_people(store)
    make_deeds(store, chance, products, people)
    seconds = make_shelves(store, chance, products, people)
    if os.environ.get("TESTS") != "0":
        make_tests(store)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    secret = keys.create(store, "sk", "bench")[1]
    later = datetime.now(UTC) + timedelta(hours=2)
    tokens = [
        customer_token.mint(secret, chance.randrange(1, CUSTOMERS + 1), later)
        for _ in range(2_000)
    ]
    said = {"tokens": tokens, "write_seconds": seconds}
    sys.stdout.write("BUILT " + json.dumps(said) + "\n")


def make_tests(store: Any) -> None:
    """What a usual shop has running: some are left alone, and one test of shelves."""
    from apps.experiments.services import draft, life
    from apps.experiments.services.draft import Branch

    now = datetime.now(UTC)
    fields = {"name": "More variety", "kind": "shelf", "place": "shelf"}
    branches = [
        Branch("As today", is_control=True),
        Branch("More variety", config={"variety": 0.5}),
    ]
    alone = draft.leave_alone(store, "", 0.05, now)
    for row in (alone, draft.create(store, fields, branches, now)):
        life.start(row, now)


def make_goods(store: Any, chance: random.Random) -> list[int]:
    from apps.features.models import ProductFeatures
    from apps.shop.models import Category, Product, Variant

    now = datetime.now(UTC)
    groups = [
        Category.objects.create(store=store, name=f"G{n}", slug=f"g{n}")
        for n in range(30)
    ]
    made = Product.objects.bulk_create(
        (
            Product(
                store=store, name=f"Linen dress {n}", slug=f"p{n}", woo_id=n + 1,
                currency="EUR", brand=f"B{n % 40}", price=20 + n % 200,
                published_at=now - timedelta(days=n % 700),
            )
            for n in range(PRODUCTS)
        ),
        batch_size=2_000,
    )  # fmt: skip
    ids = [one.pk for one in made]
    Variant.objects.bulk_create(
        (
            Variant(
                store=store, product_id=pk, size=size, color=f"C{pk % 12}",
                stock_quantity=chance.choice([0, 2, 9]),
            )
            for pk in ids
            for size in SIZES
        ),
        batch_size=5_000,
    )  # fmt: skip
    held = Product.categories.through
    held.objects.bulk_create(
        (held(product_id=pk, category_id=groups[pk % 30].pk) for pk in ids),
        batch_size=5_000,
    )
    ProductFeatures.objects.bulk_create(
        (
            ProductFeatures(store=store, product_id=pk, as_of=now, units_28=pk % 50)
            for pk in ids
        ),
        batch_size=5_000,
    )
    return ids


def make_people(store: Any) -> list[int]:
    from apps.features.models import CustomerFeatures
    from apps.shop.models import Category, Customer

    now = datetime.now(UTC)
    groups = list(Category.objects.of(store).values_list("pk", flat=True))
    made = Customer.objects.bulk_create(
        (
            Customer(store=store, email=f"{n}@bench.example", woo_id=n + 1)
            for n in range(CUSTOMERS)
        ),
        batch_size=5_000,
    )
    ids = [one.pk for one in made]
    CustomerFeatures.objects.bulk_create(
        (
            CustomerFeatures(
                store=store, customer_id=pk, as_of=now, spent=pk % 2_000,
                numbers={"size_profile": [
                    {"key": f"{group}:{SIZES[pk % 3]}", "share": 0.8}
                    for group in groups[:5]
                ]},
            )
            for pk in ids
        ),
        batch_size=5_000,
    )  # fmt: skip
    return ids


def make_deeds(
    store: Any, chance: random.Random, products: list[int], people: list[int]
) -> None:
    """A month of looking, and some orders."""
    from apps.core.ids import uuid7
    from apps.events.models import Interaction
    from apps.shop.models import Order, OrderLine

    now = datetime.now(UTC)

    def moment() -> datetime:
        return now - timedelta(minutes=chance.randrange(30 * 24 * 60))

    Interaction.objects.bulk_create(
        (
            Interaction(
                id=uuid7(), store=store, visitor=f"v{n % CUSTOMERS}",
                customer_id=people[n % CUSTOMERS] if n % 3 else None,
                product_id=chance.choice(products), type="product_view", at=moment(),
            )
            for n in range(5 * CUSTOMERS)
        ),
        batch_size=5_000,
    )  # fmt: skip
    orders = Order.objects.bulk_create(
        (
            Order(
                store=store, number=str(n), status="completed", currency="EUR",
                customer_id=people[n % CUSTOMERS], placed_at=moment(),
            )
            for n in range(CUSTOMERS // 2)
        ),
        batch_size=5_000,
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        (
            OrderLine(
                store=store, order=order, product_id=chance.choice(products), name="x",
                quantity=1, subtotal=1, total=1,
            )
            for order in orders
            for _ in range(2)
        ),
        batch_size=5_000,
    )  # fmt: skip


def make_shelves(
    store: Any, chance: random.Random, products: list[int], people: list[int]
) -> float:
    """Seconds for the customers' own shelves; neighbors go in beside."""
    from apps.recommendations.services import shelves
    from apps.registry.models import ModelVersion

    def lists(kind: str, subjects: list[str]) -> Any:
        for subject in subjects:
            drawn = chance.sample(products, DEPTH)
            yield (
                subject,
                [(p, 1 - n / DEPTH, kind, products[0]) for n, p in enumerate(drawn)],
            )

    seconds = 0.0
    of_products = [f"product:{pk}" for pk in products]
    wanted = {
        "personal": [f"customer:{pk}" for pk in people],
        "similar": of_products,
        "together": of_products,
        "trending": [""],
    }
    for kind, subjects in wanted.items():
        version = ModelVersion.objects.create(
            store=store, kind=f"recommendations.{kind}", name="bench", number=1,
            status="champion", trained_at=datetime.now(UTC),
        )  # fmt: skip
        ready = list(lists(kind, subjects))
        began = time.perf_counter()
        shelves.write(version, kind, ready, version.trained_at)
        seconds += (time.perf_counter() - began) * (kind == "personal")
    return seconds


def verbs() -> None:
    """Milliseconds of each answer, one after the other, and how many queries it took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from apps.accounts.models import Store
    from apps.recommendations.services.answer import answer
    from apps.recommendations.services.answering.ask import Ask
    from apps.shop.models import Customer, Product

    store = Store.objects.get(slug="bench")
    products = list(Product.objects.of(store).values_list("pk", flat=True))
    people = list(Customer.objects.of(store).values_list("pk", flat=True)[:20_000])
    chance = random.Random(3)  # noqa: S311

    def ask() -> Ask:
        return Ask(
            customer=chance.choice(people),
            visitor=f"v{chance.randrange(CUSTOMERS)}",
            viewed=tuple(chance.sample(products, 3)),
            limit=12,
        )

    for _ in range(50):
        answer(store, ask(), timezone.now(), chance)
    times = []
    worked = time.process_time()
    for _ in range(VERBS):
        asked, began = ask(), time.perf_counter()
        answer(store, asked, timezone.now(), chance)
        times.append((time.perf_counter() - began) * 1000)
    worked = (time.process_time() - worked) / VERBS * 1000
    with CaptureQueriesContext(connection) as queries:
        answer(store, ask(), timezone.now(), chance)
    said = {"times": times, "queries": len(queries), "worked": worked}
    sys.stdout.write("VERBS " + json.dumps(said) + "\n")


def requests(count: int, key: str, tokens: list[str], seed: int) -> deque[bytes]:
    """Half are customers with a token, half visitors; a third of them on a product."""
    chance = random.Random(seed)  # noqa: S311
    made: deque[bytes] = deque()
    for number in range(count):
        viewed = ",".join(str(chance.randrange(1, PRODUCTS + 1)) for _ in range(3))
        query = f"visitor=v{chance.randrange(CUSTOMERS)}&viewed={viewed}&limit=12"
        if number % 2:
            query += f"&token={chance.choice(tokens)}"
        if number % 3 == 0:
            query += f"&kind=similar&product={chance.randrange(1, PRODUCTS + 1)}"
        made.append(get(f"/api/v1/recommendations/?{query}", key))
    return made


def get(path: str, key: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\n"
        f"LuxeBrain-Key: {key}\r\n\r\n"
    ).encode()


def under_load(port: int, supply: Any) -> dict[str, float]:
    """Requests a second at most, and times at half of that."""
    warm = Crowd(port, LINES, 1)
    warm.flood(supply(1_000, 1), 2)
    full = Crowd(port, LINES, 1)
    began = time.perf_counter()
    full.flood(supply(60_000, 2), SECONDS)
    rate = len(full.seconds) / (time.perf_counter() - began)
    half = Crowd(port, 64, 1)
    half.pour(supply(int(rate * HALF * SECONDS * 2), 3), rate * HALF)
    if warm.refused or full.refused or half.refused:
        raise SystemExit(f"{full.refused + half.refused} answers were no shelves.")
    times = sorted(half.seconds)
    return {
        "rate": rate,
        "p50": statistics.median(times) * 1000,
        "p99": times[int(len(times) * 0.99)] * 1000,
    }


def asked(
    env: dict[str, str], name: str, module: str = "benchmarks.answers"
) -> dict[str, Any]:
    code = f"from {module} import {name}; {name}()"
    said = manage(env, "shell", "--no-imports", "-c", code)
    told = said.split(f"{MARKS[name]} ", 1)[1].splitlines()[0]
    found: dict[str, Any] = json.loads(told)
    return found


MARKS = {"build": "BUILT", "verbs": "VERBS"}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="luxebrain-answers-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL runs as a user of its own
        os.environ["PATH"] += ":/usr/sbin"
        server = DurablePostgreSQL(Path(folder))
        server.start()
        try:
            env = environment(Path(folder), server.url)
            env |= {"PGPORT": str(server.port), "PGUSER": "postgres"}
            env |= {"PGHOST": str(server.folder), "PGDATABASE": "postgres"}
            measure(env)
        finally:
            server.stop()


def measure(env: dict[str, str]) -> None:
    key = prepare(env)
    built = asked(env, "build")
    one = asked(env, "verbs")
    times = sorted(one["times"])
    with web(env) as port:
        plain = under_load(
            port, lambda count, seed: deque([get("/healthz", key)] * count)
        )
        shelf = under_load(
            port, lambda count, seed: requests(count, key, built["tokens"], seed)
        )
    figures = {
        "p99_ms_half_load": shelf["p99"],
        "verb_p99_ms": times[int(len(times) * 0.99)],
        "answers_per_second": shelf["rate"],
        "queries": float(one["queries"]),
        "verb_cpu_ms": one["worked"],
        "times_plain_view": shelf["p99"] / plain["p99"],
        "write_seconds": built["write_seconds"],
    }
    rows = [
        said("the verb alone", 0.0, statistics.median(times), figures["verb_p99_ms"]),
        said("a shelf over HTTP, half load", shelf["rate"], shelf["p50"], shelf["p99"]),
        said("a plain view, half load", plain["rate"], plain["p50"], plain["p99"]),
    ]
    publish("answers", figures, rows)


def said(what: str, rate: float, p50: float, p99: float) -> dict[str, Any]:
    return {
        "what": what, "most a second": round(rate), "p50 ms": p50, "p99 ms": p99,
    }  # fmt: skip


if __name__ == "__main__":
    main()
