"""`python -m benchmarks.page`: all that a page of the shop shows, beside an empty view.

One web process on one core of its own; PostgreSQL, which flushes each commit, and the
crowd on the other. The same shop as benchmarks.answers, with pictures. Pages: a third
products (two shelves), homes (two), categories (two). One shopper in five is signed in,
and products are looked at as in shops: few of them often.

SECONDS=10 for each measurement, CUSTOMERS and PRODUCTS for another shop.
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
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

os.environ.setdefault("CUSTOMERS", "20000")
os.environ.setdefault("TESTS", "0")

from benchmarks import answers
from benchmarks.answers import CUSTOMERS, PRODUCTS, SECONDS, asked, get
from benchmarks.ingest.load import Crowd
from benchmarks.ingest.servers import (
    DurablePostgreSQL,
    environment,
    prepare,
    web,
)
from benchmarks.report import publish

LINES = 16
HALF = 0.5
CATEGORIES = 30
PATH = "/api/v1/storefront/page"
EMPTY = "/empty/"
Supply = Callable[[int, int], deque[bytes]]


def build() -> None:
    """As benchmarks.answers has it, with pictures and the shop's ids of categories."""
    from django.db.models import F

    from apps.accounts.models import Store
    from apps.shop.models import Category, Image, Product

    answers.build()
    store = Store.objects.get(slug="bench")
    Category.objects.of(store).update(woo_id=F("pk"))
    Image.objects.bulk_create(
        (
            Image(store=store, product_id=pk, url=f"https://shop.example/{pk}.jpg")
            for pk in Product.objects.of(store).values_list("pk", flat=True)
        ),
        batch_size=5_000,
    )


def queries() -> None:
    """How many statements a personal page takes once its process is warm."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from apps.accounts.models import Store
    from apps.storefront.services.page.answer import answer
    from apps.storefront.services.page.visit import Visit

    store = Store.objects.get(slug="bench")
    visit = Visit(("product-similar", "bought-together"), visitor="v1", product=1)
    answer(store, visit, timezone.now())
    with CaptureQueriesContext(connection) as counted:
        answer(store, visit, timezone.now())
    sys.stdout.write("QUERIES " + json.dumps({"queries": len(counted)}) + "\n")


def popular(chance: random.Random) -> int:
    """A product's number: half of all looks are at a twelfth of them."""
    return 1 + int(PRODUCTS * chance.random() ** 3.5)


def personal(key: str, tokens: list[str]) -> Supply:
    def supply(count: int, seed: int) -> deque[bytes]:
        chance = random.Random(seed)  # noqa: S311
        pages = (
            lambda: f"places=product-similar,bought-together&product={popular(chance)}",
            lambda: "places=home-picks,recently-viewed",
            lambda: (
                f"places=category-top,trending&category={chance.randint(1, CATEGORIES)}"
            ),
        )
        made: deque[bytes] = deque()
        for number in range(count):
            viewed = ",".join(str(popular(chance)) for _ in range(3))
            query = f"{pages[number % 3]()}&visitor=v{chance.randrange(CUSTOMERS)}"
            query += f"&viewed={viewed}"
            if number % 5 == 0:
                query += f"&token={chance.choice(tokens)}"
            made.append(get(f"{PATH}?{query}", key))
        return made

    return supply


def cached(key: str) -> Supply:
    """What nobody is told by: the same for all who open one of 200 products."""

    def supply(count: int, seed: int) -> deque[bytes]:
        chance = random.Random(seed)  # noqa: S311
        places = "places=product-similar,bought-together"
        return deque(
            get(f"{PATH}?{places}&product={chance.randint(1, 200)}", key)
            for _ in range(count)
        )

    return supply


def empty(key: str) -> Supply:
    return lambda count, seed: deque([get(EMPTY, key)] * count)


def at_most(port: int, supply: Supply) -> float:
    """Requests a second, of a process that has run for a while."""
    Crowd(port, LINES, 1).flood(supply(30_000, 1), SECONDS)
    crowd = Crowd(port, LINES, 1)
    asked_for = supply(60_000, 2)
    began = time.perf_counter()
    crowd.flood(asked_for, SECONDS)
    rate = len(crowd.seconds) / (time.perf_counter() - began)
    if crowd.refused:
        raise SystemExit(f"{crowd.refused} answers were no pages.")
    return rate


def at_half(port: int, supply: Supply, rate: float) -> list[float]:
    """Milliseconds of each, sorted."""
    crowd = Crowd(port, 64, 1)
    crowd.pour(supply(int(rate * HALF * SECONDS * 2), 3), rate * HALF)
    if crowd.refused:
        raise SystemExit(f"{crowd.refused} answers were no pages.")
    return sorted(second * 1000 for second in crowd.seconds)


def on_a_core(
    number: int, server: AbstractContextManager[int]
) -> AbstractContextManager[int]:
    """Started on that core alone; whoever asks goes on with the others."""

    class Pinned(AbstractContextManager[int]):
        def __enter__(self) -> int:
            before = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {number})
            try:
                return server.__enter__()
            finally:
                os.sched_setaffinity(0, before - {number} or before)

        def __exit__(self, *error: Any) -> None:
            server.__exit__(*error)
            os.sched_setaffinity(0, range(os.cpu_count() or 1))

    return Pinned()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="luxebrain-page-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL runs as a user of its own
        os.environ["PATH"] += ":/usr/sbin"
        cores = sorted(os.sched_getaffinity(0))
        # PostgreSQL inherits where it may run.
        os.sched_setaffinity(0, set(cores[1:]) or set(cores))
        server = DurablePostgreSQL(Path(folder))
        server.start()
        try:
            env = environment(Path(folder), server.url)
            env |= {"PGPORT": str(server.port), "PGUSER": "postgres"}
            env |= {"PGHOST": str(server.folder), "PGDATABASE": "postgres"}
            measure(env, cores[0])
        finally:
            server.stop()


def measure(env: dict[str, str], core: int) -> None:
    answers.MARKS |= {"queries": "QUERIES"}
    key = prepare(env)
    built = asked(env, "build", module="benchmarks.page")
    counted = asked(env, "queries", module="benchmarks.page")
    ours = "benchmarks.page_app:application"
    supplies = {"cached": cached(key), "personal": personal(key, built["tokens"])}
    rates: dict[str, float] = {}
    times: dict[str, list[float]] = {}
    with on_a_core(core, web(env, workers=1, application=ours)) as port:
        rates["empty"] = at_most(port, empty(key))
        for name, supply in supplies.items():
            rates[name] = at_most(port, supply)
            times[name] = at_half(port, supply, rates[name])
        # Again: a machine that others use too does not stay as fast.
        rates["empty"] = (rates["empty"] + at_most(port, empty(key))) / 2
    with on_a_core(
        core, web(env, workers=1, application="benchmarks.bare_app:application")
    ) as port:
        rates["bare"] = at_most(port, empty(key))
    figures = {
        "cached_share_of_empty_view": rates["cached"] / rates["empty"],
        "personal_share_of_empty_view": rates["personal"] / rates["empty"],
        "p99_ms_half_load": percentile(times["personal"], 0.99),
        "personal_share_of_bare_view": rates["personal"] / rates["bare"],
        "cached_share_of_bare_view": rates["cached"] / rates["bare"],
        "queries": float(counted["queries"]),
    }
    publish("page", figures, rows_of(rates, times))


def rows_of(
    rates: dict[str, float], times: dict[str, list[float]]
) -> list[dict[str, Any]]:
    names = {
        "cached": "a page that is the same for all",
        "personal": "a personal page of two shelves",
        "empty": "an empty view, with our middleware",
        "bare": "an empty view of a new Django project",
    }
    return [
        {
            "what": said,
            "a second on one core": round(rates[name]),
            "share": rates[name] / rates["empty"],
            "p50 ms": statistics.median(times[name]) if name in times else None,
            "p99 ms": percentile(times[name], 0.99) if name in times else None,
        }
        for name, said in names.items()
    ]


def percentile(times: list[float], share: float) -> float:
    return times[int(len(times) * share)]


if __name__ == "__main__":
    main()
