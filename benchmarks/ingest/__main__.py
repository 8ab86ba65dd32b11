"""`python -m benchmarks.ingest`: how fast events are taken in, and what bounds it.

A crowd of browsers, the web processes and a PostgreSQL that flushes each commit, all on
this machine. SECONDS=8 for each measurement, STEADY=300 for the long one, PARTS=flood,copy,
drf,steady,fresh,sqlite to choose.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.ingest import fresh
from benchmarks.ingest.servers import (
    ORIGIN,
    DurablePostgreSQL,
    environment,
    manage,
    prepare,
    web,
)
from benchmarks.report import publish

SECONDS = float(os.environ.get("SECONDS", "8"))
STEADY = float(os.environ.get("STEADY", "300"))
PARTS = os.environ.get("PARTS", "flood,copy,drf,steady,fresh,sqlite").split(",")
# Made beforehand for each measurement; one ends when they are all sent.
MOST = {1: 60_000, 50: 1_500_000, 500: 2_000_000}
NAMES = {
    500: "events_per_second_500",
    50: "events_per_second_50",
    1: "single_per_second",
}
LINES = {1: 64, 50: 64, 500: 16}
# Events a second that others send meanwhile.
CROWD = 2_000
Figures = dict[str, float]
Rows = list[dict[str, Any]]


def load(port: int, key: str, batch: int, **asked: Any) -> dict[str, Any]:
    whole = {
        "port": port, "key": key, "batch": batch, "origin": ORIGIN, "seconds": SECONDS,
        "events": MOST[batch], "lines": LINES[batch], "seed": 1, **asked,
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.ingest.load", json.dumps(whole)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout)
    if found["refused"]:
        raise SystemExit(f"{found['refused']} events were refused.")
    return found


def speed(name: str, found: dict[str, Any], rows: Rows) -> float:
    rate: float = found["accepted"] / found["seconds"]
    rows.append(
        {
            "what": name,
            "events/s": round(rate),
            "p50 ms": round(found["p50_ms"], 1),
            "p99 ms": round(found["p99_ms"], 1),
        }
    )
    return rate


def flood(port: int, key: str, figures: Figures, rows: Rows) -> None:
    load(port, key, 50, seconds=2, events=200_000, seed=9)
    for batch, name in NAMES.items():
        runs = [load(port, key, batch, seed=10 + number) for number in range(2)]
        best = max(runs, key=lambda found: found["accepted"] / found["seconds"])
        figures[name] = speed(f"requests of {batch}", best, rows)


def raw_copy(env: dict[str, str]) -> float:
    """One stream of binary COPY into the same table, 1,000 rows a commit."""
    said = manage(env, "shell", "--no-imports", "-c", RAW_COPY.format(seconds=SECONDS))
    return float(said.split("RATE ")[1])


RAW_COPY = """
import time
from uuid import UUID
from django.utils import timezone
from apps.core.ids import uuid7
from apps.events.services.engines import database
from apps.events.services.rows import Row
def rows(count):
    now = int(time.time() * 1000)
    context = b'{{"url":"https://shop.example/product/linen-dress/","referrer":"https://www.google.com/","language":"de-DE","screen":"390x844","utm":{{"source":"google","medium":"cpc","campaign":"spring"}},"browser":"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1","ip":"127.0.0.0"}}'
    return [Row(uuid7().bytes, now, "product_view", "01974c3e-8a4b-7d2e-9c1f-000000000001", "01974c3e-9999-7d2e-9c1f-000000000001", None, 123456, None, None, 499000, "EUR", b"{{}}", context) for _ in range(count)]
batches = [list(database.packed(1, rows(1000))) for _ in range(2000)]
began, sent = time.perf_counter(), 0
for batch in batches:
    if time.perf_counter() - began > {seconds}:
        break
    database.copy([batch], 1000, timezone.now())
    sent += 1000
print("RATE", sent / (time.perf_counter() - began))
"""


def steady(port: int, key: str, rate: float) -> dict[str, Any]:
    """At 70 % of what it can, twenty seconds at a time: between them a crowd makes its
    next requests, which the times leave out."""
    events = int(rate * 20) // 50 * 50
    times: list[float] = []
    rounds = max(1, round(STEADY / 20))
    for number in range(rounds):
        found = load(
            port, key, 50, events=events, rate=rate, seed=100 + number, all=True
        )
        times += found["times_ms"]
    times.sort()
    return {
        "seconds": rounds * 20,
        "p50_ms": times[len(times) // 2],
        "p99_ms": times[int(len(times) * 0.99)],
    }


@contextmanager
def house(name: str) -> Iterator[tuple[dict[str, str], str]]:
    with tempfile.TemporaryDirectory(prefix=f"luxebrain-{name}-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL runs as a user of its own
        os.environ["PATH"] += ":/usr/sbin"
        if name == "sqlite":
            url = f"sqlite:///{folder}/events.sqlite3"
            env = environment(Path(folder), url)
            yield env, prepare(env)
            return
        server = DurablePostgreSQL(Path(folder))
        server.start()
        try:
            env = environment(Path(folder), server.url)
            # What the address of a socket cannot say.
            env |= {"PGPORT": str(server.port), "PGUSER": "postgres"}
            env |= {"PGHOST": str(server.folder), "PGDATABASE": "postgres"}
            yield env, prepare(env)
        finally:
            server.stop()


def main() -> None:
    figures: Figures = {}
    rows: Rows = []
    with house("postgresql") as (env, key):
        if "flood" in PARTS:
            with web(env) as port:
                flood(port, key, figures, rows)
        if "copy" in PARTS:
            limit = raw_copy(env)
            rows.append({"what": "COPY, one stream of 1,000", "events/s": round(limit)})
            figures["share_of_raw_copy"] = figures["events_per_second_500"] / limit
        if "drf" in PARTS:
            with web(env, application="benchmarks.ingest.drf_peer:application") as port:
                found = load(port, key, 50, events=200_000, seed=50)
                peer = speed("DRF and bulk_create, 50", found, rows)
            figures["times_drf_orm"] = figures["events_per_second_50"] / peer
        if "steady" in PARTS:
            with web(env) as port:
                rate = figures["events_per_second_50"] * 0.7
                found = steady(port, key, rate)
            figures["p99_ms_at_70_percent"] = found["p99_ms"]
            rows.append(
                {
                    "what": f"at 70 % for {found['seconds']} s",
                    "events/s": round(rate),
                    "p50 ms": found["p50_ms"],
                    "p99 ms": found["p99_ms"],
                }
            )
    if "fresh" in PARTS:
        with house("postgresql") as (env, key), web(env) as port:
            times = fresh.seconds_until_visible(
                env,
                port,
                key,
                lambda: load(port, key, 50, events=60_000, rate=CROWD, seed=70),
            )
        figures["visible_after_p95_seconds"] = times[int(len(times) * 0.95)]
        rows.append(
            {
                "what": "until it shows in the figures",
                "events/s": CROWD,
                "p50 ms": round(times[len(times) // 2] * 1000),
                "p99 ms": round(times[-1] * 1000),
            }
        )
    if "sqlite" in PARTS:
        with house("sqlite") as (env, key), web(env, workers=1) as port:
            found = load(port, key, 500, events=600_000)
            figures["sqlite_per_second"] = speed("SQLite, 500", found, rows)
    publish("ingest", figures, rows)


if __name__ == "__main__":
    main()
