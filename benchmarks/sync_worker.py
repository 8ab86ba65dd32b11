"""The product's side of benchmarks.sync: `python -m benchmarks.sync_worker work`."""

from __future__ import annotations

import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import Store  # noqa: E402
from apps.accounts.services.stores import open_store  # noqa: E402
from apps.sync.models import Certificate, Run, Step  # noqa: E402
from apps.sync.services import connect, runs  # noqa: E402
from apps.sync.services.kinds import KINDS  # noqa: E402
from apps.sync.services.work import work  # noqa: E402

KIND_NAMES = tuple(KINDS)


def prepare(url: str, key: str, secret: str) -> None:
    call_command("migrate", verbosity=0)
    made = open_store(name="Bench", owner=None, slug="bench", url=url)
    connect.paste(made, url, key, secret, person=None, at=timezone.now())


def store() -> Store:
    return Store.objects.get(slug="bench")


def carry_on() -> None:
    """To the end. The lease of a killed worker is not waited for: that is no work."""
    run = runs.ask(store(), Run.Kind.FIRST, timezone.now())
    Run.objects.of(run.store).filter(pk=run.pk).update(claimed_until=None)
    while not work(run, timezone.now):
        time.sleep(1)


def seen() -> int:
    steps = Step.objects.of(store()).filter(run__kind=Run.Kind.FIRST)
    return sum(steps.values_list("seen", flat=True))


def ids(kind: str) -> list[int]:
    rows = KINDS[kind].copier.live(store()).order_by("woo_id")
    return list(rows.values_list("woo_id", flat=True))


def prove() -> dict[str, object]:
    began = time.monotonic()
    run = runs.ask(store(), Run.Kind.PROOF, timezone.now())
    while not work(run, timezone.now):
        time.sleep(1)
    seconds = time.monotonic() - began
    certificate = Certificate.objects.of(store()).get(run=run)
    objects = sum(certificate.lines.values_list("shop_count", flat=True))
    return {
        "differences": certificate.differences.count(),
        "speed": objects / seconds,
    }


if __name__ == "__main__":
    answer = {"work": carry_on, "prove": prove}[sys.argv[1]]()
    sys.stdout.write(json.dumps(answer) + "\n")
