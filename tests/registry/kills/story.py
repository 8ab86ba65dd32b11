"""Trains in children that are killed at one step after the other, and says what serves
after each. A program of its own: `python -m`, with DATABASE_URL and VAR_DIR."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import django

STEPS = (
    "read", "compete", "fit", "publish", "half", "published", "forget making",
    "forget retired",
)  # fmt: skip


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection, connections

    from apps.accounts.models import Store, Usage
    from apps.registry.models import TrainingRun
    from apps.registry.services import versions
    from apps.registry.services.learn import learn
    from tests.conftest import NOW
    from tests.registry.brains import KIND, PATH, sell, served, steady

    settings.BRAINS = {KIND: PATH}
    store = Store.objects.create(slug="killed", name="Killed")
    sell(store, steady())

    def train(at, die_at=""):
        # A child that inherits an open session would die in the parent's.
        connections.close_all()
        if connection.vendor == "postgresql":
            connection.close_pool()
        child = os.fork()
        if child == 0:
            os.environ["DIE_AT"] = die_at
            learn(store, KIND, as_of=at, clock=lambda: at)
            connections.close_all()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)

    def seen():
        champion = versions.champion(store, KIND)
        last = TrainingRun.objects.of(store).latest("pk")
        known = champion._meta.model.objects.of(store)
        written = Usage.objects.of(store).filter(kind__startswith=KIND)
        return {
            "champion": champion.number,
            "rows": len(served(store, champion)),
            "run": last.status,
            "versions": known.exclude(status="making").count(),
            # Of all versions, those in the making, too.
            "written": written.count(),
        }

    # Enough of them that the last step has something to forget.
    for day in range(4):
        assert train(NOW + timedelta(days=day)) == 0
    told = {"before": seen()}
    for number, step in enumerate(STEPS):
        at = NOW + timedelta(days=10 + number)
        told[step] = {"code": train(at, die_at=step), **seen()}
    at = NOW + timedelta(days=30)
    told["after"] = {"code": train(at), **seen()}
    runs = TrainingRun.objects.of(store).order_by("pk")
    told["runs"] = list(runs.values_list("status", flat=True))
    told["files"] = len([*Path(settings.VAR_DIR, "artefacts").rglob("*.tar.gz")])
    print("SAID", json.dumps(told))  # noqa: T201 - to the test


if __name__ == "__main__":
    main()
