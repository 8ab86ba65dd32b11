"""`kill -9` of web, database and worker, at random, while pages send: what was
acknowledged is there once, what was not is there at most once, and totals are right.

`--kills 50` for more of them (tests/conftest.py).
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from apps.core.ids import uuid7
from tests.events.kills.house import House

COUNT = """
import json
from collections import Counter
from datetime import timedelta
from django.utils import timezone
from apps.events.models import Event, EventBatch, Metric
from apps.events.services.roll import roll
roll(timezone.now, timezone.now() + timedelta(minutes=5))
ids = [str(pk) for pk in Event.objects.across_stores().values_list("pk", flat=True)]
days = Metric.objects.across_stores().filter(grain="day", name="search", dimension="")
print("SAID", json.dumps({"ids": ids, "counted": sum(days.values_list("count", flat=True)),
    "waiting": EventBatch.objects.filter(rolled_at=None).count(),
    "batched": sum(EventBatch.objects.values_list("count", flat=True))}))
"""


class Crowd:
    """Threads that send; each tries the same events again until they are taken."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.is_over = False
        self.lock = threading.Lock()
        self.sent: set[str] = set()
        self.taken: set[str] = set()
        self.resent = 0

    def run(self, seed: int) -> None:
        rng = random.Random(seed)
        while not self.is_over:
            ids = [str(uuid7()) for _ in range(rng.randint(1, 20))]
            with self.lock:
                self.sent.update(ids)
            for _ in range(rng.randint(1, 6)):
                if self.house.send(ids):
                    with self.lock:
                        self.taken.update(ids)
                    break
                self.resent += 1
                time.sleep(0.05)


def live_through(house: House, kills: int) -> Crowd:
    rng = random.Random(11)
    crowd = Crowd(house)
    threads = [threading.Thread(target=crowd.run, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(kills):
            time.sleep(rng.uniform(0.05, 0.6))
            house.kill(rng.choice(["web", "database", "worker"]))
        time.sleep(0.5)
    finally:
        crowd.is_over = True
        for thread in threads:
            thread.join()
    return crowd


@pytest.mark.slow
def test_no_kill_loses_or_doubles_an_event(request):
    # Not pytest's own folder, into which the user of PostgreSQL may not look.
    with tempfile.TemporaryDirectory("-kills", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        house = House(Path(folder), on_postgresql=connection.vendor == "postgresql")
        try:
            house.start()
            crowd = live_through(house, request.config.getoption("--kills"))
            said = house.manage("shell", "--no-imports", "-c", COUNT)
        finally:
            house.stop()
    found = json.loads(said.split("SAID ")[1])
    there = [str(UUID(int=UUID(text).int ^ house.mask)) for text in found["ids"]]
    assert len(crowd.taken) > 100, "Hardly anything was sent."
    assert crowd.taken - set(there) == set(), "Acknowledged, and gone."
    assert set(there) - crowd.sent == set(), "Never sent."
    assert len(there) == len(set(there)), "Twice."
    assert found["waiting"] == 0
    assert found["counted"] == len(there), "Totals differ from the events."
