"""`python -m benchmarks.shelf_lift`: does the interval that merchants see hold the truth?

Shops whose true lift is known (8 %, for the half of customers who saw the shelf) are
written into the tables as the demo is; the house's own look reads them. SEEDS shops,
CUSTOMERS each. An interval that may be looked at every day is wide: it should hold the
truth nearly always. The mean of all shops tells whether it is aimed right.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import date
from typing import Any

import numpy as np

from benchmarks.report import publish

UNTIL = date(2026, 6, 1)
SEEDS = 10
SIZES = {"products": 200, "customers": 8_000, "months": 12}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="luxebrain-lift-") as folder:
        os.environ |= {
            "VAR_DIR": folder,
            "ENV_FILE": f"{folder}/none",
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "DJANGO_SETTINGS_MODULE": "luxebrain.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        seeds = range(1, 1 + int(os.environ.get("SEEDS", SEEDS)))
        rows = [measure(seed) for seed in seeds]
    lifts = np.array([row["lift"] for row in rows])
    spread = lifts.std(ddof=1) / np.sqrt(len(lifts)) if len(lifts) > 1 else 0.0
    truth = rows[0]["truth"]
    publish(
        "shelf_lift",
        {
            "truth": truth,
            "shops": len(rows),
            "held": float(np.mean([row["holds"] == "yes" for row in rows])),
            "mean_lift": float(lifts.mean()),
            "mean_error": float(spread),
            "variance_left": float(np.mean([row["left by CUPED"] for row in rows])),
        },
        rows,
    )


def measure(seed: int) -> dict[str, Any]:
    """One shop: simulated, written, looked at."""
    from apps.accounts.models import Store
    from apps.demo.services import (
        write_catalogue,
        write_experiments,
        write_orders,
        write_people,
    )
    from apps.demo.simulator.demand import SHELF_LIFT
    from apps.demo.simulator.plan import Plan
    from apps.demo.simulator.world import simulate
    from apps.experiments.models import Reading

    sys.stderr.write(f"Shop {seed}\n")
    sizes = {**SIZES, "customers": int(os.environ.get("CUSTOMERS", SIZES["customers"]))}
    plan = Plan(seed, UNTIL, **sizes)
    world, slug = simulate(plan), f"lift-{seed}"
    store = Store.objects.create(
        slug=slug, name=slug, currency=plan.currency, time_zone=plan.time_zone
    )
    ids = write_catalogue.write(store, slug, world, quiet)
    people = write_people.write(store, world, quiet)
    write_orders.write(store, world, ids, people, quiet)
    test = write_experiments.write(store, world, people[0])
    last = Reading.objects.of(store).filter(metric=test.metric).latest("on")
    return {
        "shop": seed,
        "people": last.people + last.control_people,
        "truth": SHELF_LIFT,
        "lift": last.relative,
        "from": last.relative_low,
        "to": last.relative_high,
        "holds": "yes"
        if last.relative_low <= SHELF_LIFT <= last.relative_high
        else "no",
        "verdict": last.answer,
        "left by CUPED": last.variance_left,
    }


def quiet(count: int) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main()
