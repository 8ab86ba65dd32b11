"""`python -m benchmarks.analytics`: seconds of questions to millions of events.

The same visits are loaded into a private PostgreSQL, by COPY into a day's partition
each, and into ClickHouse (chdb, in this process). Then each is asked the same through
its engine, and the answers are compared. EVENTS=10,50 runs 10 and 50 million;
ENGINES=postgresql leaves the other one out, MOST_REBUILT=0 the rollups; FOLDER is where
there is room for it all: 1 GB a million.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

SLICE = 100_000
# The best of: the first one also warms up.
REPEATS = 3
WINDOW = timedelta(hours=1)
MOST_REBUILT = int(os.environ.get("MOST_REBUILT", "10000000"))


def main() -> int:
    sizes = [float(size) for size in os.environ.get("EVENTS", "10,50").split(",")]
    engines = os.environ.get("ENGINES", "postgresql,clickhouse").split(",")
    rows, figures = [], {}
    for millions in sizes:
        with tempfile.TemporaryDirectory(dir=os.environ.get("FOLDER")) as folder:
            Path(folder).chmod(0o755)
            found = in_folder(Path(folder), round(millions * 1_000_000), engines)
        for name, seconds in found.items():
            figures |= {
                f"{name}_{engine}_{millions:g}m".replace(" ", "_"): second
                for engine, second in seconds.items()
            }
            rows.append({"million": millions, "what": name, **compared(seconds)})
    from benchmarks.report import publish

    publish("analytics", figures, rows)
    return 0


def compared(seconds: dict[str, float]) -> dict[str, Any]:
    told: dict[str, Any] = dict(seconds)
    if len(seconds) == 2:
        told["times"] = seconds["postgresql"] / seconds["clickhouse"]
    return told


def in_folder(folder: Path, events: int, engines: list[str]) -> dict[str, Any]:
    """Each size in a process of its own: Django and chdb begin once in each."""
    import json
    import subprocess

    from tests.run.services import PostgreSQL

    server = PostgreSQL(folder)
    server.start()
    environment = {
        **os.environ,
        "DATABASE_URL": server.url,
        "VAR_DIR": str(folder / "var"),
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "luxebrain.settings",
    }
    answer = folder / "answer.json"
    command = [sys.executable, "-m", "benchmarks.analytics", "measure", str(events),
               str(folder / "clickhouse"), str(answer), *engines]  # fmt: skip
    try:
        subprocess.run(command, env=environment, check=True)  # noqa: S603 - ours
    finally:
        server.stop()
    return json.loads(answer.read_text())


def measure(events: int, folder: str, answer: str, engines: list[str]) -> None:
    import json

    import django

    django.setup()
    from django.core.management import call_command

    from apps.accounts.models import Store
    from apps.events.services.engines.clickhouse import ClickHouse
    from apps.events.services.engines.database import Database

    call_command("migrate", verbosity=0)
    store = Store.objects.create(
        slug="big", name="Big", url="https://big.example", plan="enterprise"
    )
    made = {
        "postgresql": Database,
        "clickhouse": lambda: ClickHouse(f"chdb://{folder}"),
    }
    asked = {name: made[name]() for name in engines}
    seconds: dict[str, dict[str, float]] = {"load": load(store, events, asked)}
    sizes = gigabytes(asked)
    for what, question in questions(store).items():
        seconds[what], answers = {}, []
        for name, engine in asked.items():
            seconds[what][name], found = best_of(question, engine)
            answers.append(found)
            say(what, name, seconds[what][name])
        assert all(found == answers[0] for found in answers), (what, answers)
    if events <= MOST_REBUILT and "postgresql" in engines:
        seconds["full rollup rebuild"] = rebuilt(store)
        seconds["funnel of five steps, all, from rollups"] = from_rollups(store)
    Path(answer).write_text(json.dumps({"gigabytes": sizes, **seconds}))


def load(store: Any, events: int, engines: dict[str, Any]) -> dict[str, float]:
    from django.db import connection

    from apps.events.services import partitions
    from benchmarks import visits

    writes: dict[str, Callable[[Any], None]] = {
        "postgresql": copied, "clickhouse": lambda f: inserted(engines["clickhouse"], f)
    }  # fmt: skip
    seconds = dict.fromkeys(engines, 0.0)
    partitions.make_days(
        (visits.FIRST_DAY + timedelta(days=day)).date()
        for day in range(visits.DAYS + 1)
    )
    for day in range(visits.DAYS):
        frame = visits.day_of(day, events // visits.DAYS, store.pk)
        for part in frame.iter_slices(SLICE):
            batched = in_batch(part, visits.FIRST_DAY + timedelta(days=day + 1))
            for name in engines:
                started = time.perf_counter()
                writes[name](batched)
                seconds[name] += time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE events_event")
    for name, second in seconds.items():
        say("load", name, second)
    return seconds


def in_batch(frame: Any, at: Any) -> Any:
    import polars as pl

    from apps.events.models import EventBatch

    batch = EventBatch.objects.create(count=frame.height, received_at=at, rolled_at=at)
    return frame.with_columns(batch_id=pl.lit(batch.pk, pl.Int64))


def copied(frame: Any) -> None:
    from django.db import connection

    text = frame.write_csv(include_header=False, quote_style="non_numeric")
    names = ", ".join(frame.columns)
    copy = f"COPY events_event ({names}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(copy) as copying:
        copying.write(text)


def inserted(engine: Any, frame: Any) -> None:
    from apps.events.services.engines.clickhouse_tables import INCOMING

    engine.insert(frame.cast(INCOMING))


def gigabytes(engines: dict[str, Any]) -> dict[str, float]:
    """Of the events alone. Made-up visits repeat themselves, and pack well."""
    from django.db import connection

    sizes = {}
    if "postgresql" in engines:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
                " WHERE inhparent = 'events_event'::regclass"
            )
            sizes["postgresql"] = float(cursor.fetchone()[0]) / 1e9
    if "clickhouse" in engines:
        found = engines["clickhouse"].session.frame(
            "SELECT sum(bytes_on_disk) FROM system.parts WHERE table = 'events' AND active"
        )
        sizes["clickhouse"] = found.item() / 1e9
    return sizes


def questions(store: Any) -> dict[str, Callable[[Any], Any]]:
    from benchmarks.visits import DAYS, FIRST_DAY, FUNNEL

    end = FIRST_DAY + timedelta(days=DAYS)
    middle = FIRST_DAY + timedelta(days=DAYS // 2)
    day = timedelta(days=1)
    return {
        "counts by day, all": lambda e: rounded(e.counts(store, FIRST_DAY, end, "day")),
        "counts by hour, 7 days": lambda e: rounded(
            e.counts(store, end - 7 * day, end, "hour")
        ),
        "funnel of four steps, all": lambda e: e.funnel(
            store, FUNNEL, FIRST_DAY, end, WINDOW
        ),
        "funnel of four steps, 7 days": lambda e: e.funnel(
            store, FUNNEL, end - 7 * day, end, WINDOW
        ),
        "orders of all days as a frame": lambda e: (
            e.between(store, FIRST_DAY, end, ["order"]).height
        ),
        "one day as a frame": lambda e: e.between(store, middle, middle + day).height,
    }


def rounded(counts: list[Any]) -> list[Any]:
    return [(c.at, c.type, c.count, round(c.value, 2)) for c in counts]


def rebuilt(store: Any) -> dict[str, float]:
    """By the engine that settings name: sessions, visitors and metrics of all days."""
    from apps.events.services.rebuild import rebuild
    from benchmarks.visits import DAYS, FIRST_DAY

    now = FIRST_DAY + timedelta(days=DAYS + 1)
    started = time.perf_counter()
    count = rebuild(
        store, FIRST_DAY.date(), now.date() - timedelta(days=1), lambda: now
    )
    seconds = time.perf_counter() - started
    say(f"rebuild of {count} events", "postgresql", seconds)
    return {"postgresql": seconds}


def from_rollups(store: Any) -> dict[str, float]:
    """With its parts by channel, as the page asks for it; nothing remembered."""
    from apps.events.services.analytics.funnel import funnel
    from apps.events.services.analytics.span import Span
    from benchmarks.visits import DAYS, FIRST_DAY

    first = FIRST_DAY.date()
    span = Span(store, first, first + timedelta(days=DAYS))
    seconds, found = best_of(lambda asked: funnel(asked, "channel"), span)
    say(f"rollups: {[step.sessions for step in found.steps]}", "postgresql", seconds)
    return {"postgresql": seconds}


def best_of(question: Callable[[Any], Any], engine: Any) -> tuple[float, Any]:
    best, found = float("inf"), None
    for _ in range(REPEATS):
        started = time.perf_counter()
        found = question(engine)
        best = min(best, time.perf_counter() - started)
    return best, found


def say(what: str, engine: str, seconds: float) -> None:
    sys.stderr.write(f"{what}, {engine}: {seconds:.2f} s\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:])
    else:
        sys.exit(main())
