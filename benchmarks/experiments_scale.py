"""`python -m benchmarks.experiments_scale`: one look at a test of 10,000,000 exposures.

400,000 customers, a third of them on two devices, 600,000 orders of which one in ten came
back in part; all others are visitors of whom nothing else is known. The command of the
terminal runs as a process of its own; its sums are compared with numpy's over what was
generated. EXPOSURES=1000000 measures a smaller test, DATABASE_URL another database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

EXPOSURES = int(os.environ.get("EXPOSURES", "10000000"))
CUSTOMERS = EXPOSURES // 25
ORDERS = CUSTOMERS * 3 // 2
BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
SECONDS = 28 * 86_400
AS_OF = BEGIN + timedelta(days=30)
CHUNK = 5_000
LIMIT_MIB = 1024
COMMAND = ("look_at_tests", "--store", "bench", "--as-of", AS_OF.isoformat())
# Knuth's multiplier: neighbors end up in different variants.
SPREAD, HALF = 2_654_435_761, 2**31
NOBODIES = """
    INSERT INTO experiments_exposure
        (store_id, experiment_id, variant_id, phase, unit, at, propensity)
    WITH RECURSIVE number(i) AS (
        SELECT CAST(%s AS bigint) UNION ALL SELECT i + 1 FROM number WHERE i + 1 < %s
    )
    SELECT %s, %s,
        CASE WHEN (i * {spread}) %% 4294967296 < {half} THEN %s ELSE %s END,
        1, 'visitor:' || {name}, {moment}, 0.5
    FROM number
"""
DIALECTS = {
    "sqlite": {
        "name": "printf('%%012d', i)",
        "moment": f"datetime(%s + i %% {SECONDS}, 'unixepoch')",
    },
    "postgresql": {
        "name": "lpad(i::text, 12, '0')",
        "moment": f"to_timestamp(%s + i %% {SECONDS})",
    },
}


def generate() -> dict[str, Any]:
    """Customers and their orders, in seconds since the beginning and in cents."""
    import numpy as np

    chance = np.random.default_rng(11)
    buyer = chance.integers(0, CUSTOMERS, ORDERS)
    cents = np.round(5000 * chance.lognormal(0, 0.6, ORDERS)).astype(np.int64)
    variant = chance.integers(0, 2, CUSTOMERS)
    # The second variant sells a twentieth more.
    cents = np.where(variant[buyer] == 1, cents * 21 // 20, cents)
    return {
        "variant": variant,
        "since": chance.integers(0, SECONDS, CUSTOMERS),
        "buyer": buyer,
        "at": chance.integers(-50 * 86_400, 30 * 86_400, ORDERS),
        "cents": cents,
        "back": np.where(chance.random(ORDERS) < 0.1, cents // 2, 0),
    }


def build() -> None:
    from django.core.management import call_command

    from apps.accounts.services.stores import open_store
    from apps.experiments.models import Experiment, Variant

    call_command("migrate", verbosity=0)
    store = open_store(name="Bench", owner=None, slug="bench", url="")
    row = Experiment.objects.create(
        store=store, key="big", name="Big", kind="shelf", place="shelf", status="running",
        metric="revenue", guards=["buyers", "order_value", "refund_share"], salt="s",
        slot_to=10_000, created_at=BEGIN, started_at=BEGIN, phase_at=BEGIN, max_days=90,
    )  # fmt: skip
    for key in ("a", "b"):
        Variant.objects.create(
            store=store,
            experiment=row,
            key=key,
            name=key.upper(),
            is_control=key == "a",
        )
    made = generate()
    make_people(row, made)
    make_orders(store, made)
    make_nobodies(row)


def make_people(row: Any, made: dict[str, Any]) -> None:
    from apps.experiments.models import Exposure
    from apps.shop.models import Customer

    variants = list(row.variants.all())
    for part in chunks(CUSTOMERS):
        Customer.objects.bulk_create(
            Customer(pk=n + 1, store=row.store, email=f"{n}@bench.example")
            for n in part
        )
        Exposure.objects.bulk_create(
            Exposure(
                store=row.store, experiment=row, unit=unit, propensity=0.5,
                variant=variants[made["variant"][n]], customer_id=n + 1,
                at=BEGIN + timedelta(seconds=int(made["since"][n]), hours=later),
            )
            for n in part
            for unit, later in devices(n)
        )  # fmt: skip


def devices(number: int) -> list[tuple[str, int]]:
    """Units and by how many hours they came after the first."""
    known = [(f"customer:{number + 1}", 0)]
    return [*known, (f"visitor:second{number}", 5)] if number % 3 == 0 else known


def make_orders(store: Any, made: dict[str, Any]) -> None:
    from apps.shop.models import Order, OrderLine, Refund

    for part in chunks(ORDERS):
        orders = Order.objects.bulk_create(
            Order(
                store=store, number=str(n), status="completed", currency="EUR",
                customer_id=int(made["buyer"][n]) + 1, total=euros(made["cents"][n]),
                refunded_total=euros(made["back"][n]),
                placed_at=BEGIN + timedelta(seconds=int(made["at"][n])),
            )
            for n in part
        )  # fmt: skip
        OrderLine.objects.bulk_create(
            OrderLine(
                store=store, order=order, name="Coat", quantity=1,
                subtotal=order.total, total=order.total, unit_cost=Decimal(20),
            )
            for order in orders
        )  # fmt: skip
        Refund.objects.bulk_create(
            Refund(
                store=store, order=order, amount=order.refunded_total,
                refunded_at=order.placed_at + timedelta(days=9),
            )
            for order in orders
            if order.refunded_total
        )  # fmt: skip


def make_nobodies(row: Any) -> None:
    """In the database itself: ten million rows take Python too long."""
    from django.db import connection

    first, second = row.variants.values_list("pk", flat=True)
    statement = NOBODIES.format(spread=SPREAD, half=HALF, **DIALECTS[connection.vendor])
    count, step = nobodies(), 500_000
    for start in range(0, count, step):
        with connection.cursor() as cursor:
            values = [start, min(start + step, count), row.store_id, row.pk]
            cursor.execute(statement, [*values, first, second, int(BEGIN.timestamp())])


def nobodies() -> int:
    return EXPOSURES - CUSTOMERS - (CUSTOMERS + 2) // 3


def chunks(count: int) -> Iterator[range]:
    return (range(at, min(at + CHUNK, count)) for at in range(0, count, CHUNK))


def euros(cents: Any) -> Decimal:
    return Decimal(int(cents)) / 100


def prove(wants_margin: bool) -> dict[str, float]:
    """What the look wrote against numpy over what was generated; people, and the largest
    difference as a share."""
    import numpy as np

    from apps.experiments.models import Reading

    made = generate()
    reading = Reading.objects.across_stores().get(metric="revenue")
    since = made["since"][made["buyer"]]
    is_after = (made["at"] >= since) & (made["at"] < 30 * 86_400)
    is_before = (made["at"] < since) & (made["at"] >= since - 56 * 86_400)
    net = (made["cents"] - made["back"]) / 100
    y = np.bincount(made["buyer"], net * is_after, CUSTOMERS)
    x = np.bincount(made["buyer"], net * is_before, CUSTOMERS)
    number = np.arange(nobodies(), dtype=np.uint64)
    is_first = (number * np.uint64(SPREAD)) % np.uint64(2**32) < HALF
    worst = 0.0
    for at, sums in enumerate((reading.control_sums, reading.sums)):
        mine = made["variant"] == at
        alone = int(is_first.sum()) if at == 0 else int((~is_first).sum())
        truth = {
            "count": alone + int(mine.sum()), "y": y[mine].sum(), "x": x[mine].sum(),
            "yy": (y[mine] ** 2).sum(), "xx": (x[mine] ** 2).sum(),
            "xy": (x[mine] * y[mine]).sum(),
        }  # fmt: skip
        worst = max(worst, *(abs(sums[name] / truth[name] - 1) for name in truth))
    assert worst < 1e-9, worst
    assert not wants_margin or Reading.objects.across_stores().get(metric="margin")
    return {"people": reading.people + reading.control_people, "off_by": worst}


def add_margin() -> None:
    from apps.experiments.models import Experiment

    row = Experiment.objects.across_stores().get()
    row.guards = [*row.guards, "margin"]
    row.save(update_fields=["guards"])


def measured(environment: dict[str, str]) -> dict[str, float]:
    """Seconds and the peak of the command's own memory, as the kernel counts it."""
    began = time.monotonic()
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", *COMMAND],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"The command ended with {child.returncode}.")
    return {
        "seconds": time.monotonic() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,
    }


def main() -> None:
    from benchmarks.report import publish

    with tempfile.TemporaryDirectory(prefix="bench-experiments-") as folder:
        environment = {**os.environ, "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}

        def child(*deed: str) -> Any:
            command = [sys.executable, "-m", "benchmarks.experiments_scale", *deed]
            done = subprocess.run(  # noqa: S603
                command, env=environment, check=True, stdout=subprocess.PIPE, text=True
            )
            return json.loads(done.stdout) if done.stdout.strip() else None

        began = time.monotonic()
        child("build")
        built = time.monotonic() - began
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1024**2
        plain = measured(environment)
        proof = child("prove")
        child("add_margin")
        margin = measured(environment)
        child("prove", "margin")
    rows = [
        {
            "one look": name,
            "exposures": f"{EXPOSURES:,}",
            "seconds": found["seconds"],
            "CPU seconds": found["cpu"],
            "peak MiB": round(found["peak"]),
        }
        for name, found in (("four metrics", plain), ("and margin", margin))
    ]
    peak = max(plain["peak"], margin["peak"])
    figures = {
        "exposures": EXPOSURES,
        "seconds": plain["seconds"],
        "seconds_with_margin": margin["seconds"],
        "peak_mib": peak,
        "people_per_second": proof["people"] / plain["seconds"],
        "off_by": proof["off_by"],
        "database_mib": size,
        "build_seconds": built,
    }
    publish("experiments_scale", figures, rows)
    assert peak < LIMIT_MIB, f"{peak:.0f} MiB are more than was promised."


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
        django.setup()
        match sys.argv[1]:
            case "build":
                build()
            case "add_margin":
                add_margin()
            case "prove":
                sys.stdout.write(json.dumps(prove(len(sys.argv) > 2)))
