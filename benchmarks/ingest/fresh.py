"""How soon an event shows in the figures, while a crowd sends others."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from benchmarks.ingest.bodies import BROWSER
from benchmarks.ingest.servers import ORIGIN

PROBES = 60
COUNT = (
    "SELECT coalesce(sum(count), 0) FROM events_metric"
    " WHERE grain = 'day' AND name = 'wishlist' AND dimension = ''"
)
# What the worker of the queue `rollups` runs, again and again.
ROLLER = """
import django
django.setup()
from apps.events.tasks import roll_on
while True:
    roll_on()
"""


@contextmanager
def roller(env: dict[str, str]) -> Iterator[None]:
    settings = {"DJANGO_SETTINGS_MODULE": "luxebrain.settings", "ROLL_SECONDS": "9.5"}
    command = [sys.executable, "-c", ROLLER]
    process = subprocess.Popen(command, env={**env, **settings})  # noqa: S603
    try:
        yield
    finally:
        process.kill()
        process.wait()


def seconds_until_visible(
    env: dict[str, str], port: int, key: str, crowd: Callable[[], object]
) -> list[float]:
    """Of each probe, sorted."""
    found = []
    with roller(env), psycopg.connect(where(env), autocommit=True) as database:
        thread = threading.Thread(target=crowd)
        thread.start()
        time.sleep(3)
        for number in range(1, PROBES + 1):
            send(port, key)
            began = time.perf_counter()
            while database.execute(COUNT).fetchone() != (number,):
                time.sleep(0.01)
            found.append(time.perf_counter() - began)
        thread.join()
    return sorted(found)


def where(env: dict[str, str]) -> str:
    return f"host={env['PGHOST']} port={env['PGPORT']} user=postgres dbname=postgres"


def send(port: int, key: str) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = json.dumps({"type": "wishlist", "product": 1, "visitor": "v"})
    headers = {"Origin": ORIGIN, "User-Agent": BROWSER}
    line.request("POST", f"/api/v1/events/track?key={key}", body, headers)
    assert line.getresponse().status == 200
    line.close()
