"""`python -m benchmarks.rescore`: everybody scored anew, 260,000 customers.

The shop of benchmarks.segment_members. Its models are trained once; then a day goes by,
and each customer's value, learned segment and RFM scores are worked out anew and
written; then its segments are filled, and pages are opened. CUSTOMERS=20000 measures a
smaller shop, DATABASE_URL another database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from typing import Any

from benchmarks.segment_members import AS_OF, CUSTOMERS, timed

NEXT = AS_OF + timedelta(days=1)
GOAL_SECONDS = 60
PAGES = {
    "segment": "the page of a segment, the slowest of 20",
    "look": "what the builder counts while one writes, the slowest of 20",
    "kinds": "the page of the five kinds",
    "rfm": "the page of RFM scores",
    "story": "the story of the customer with most orders",
    "list": "the list of segments",
}


def measure() -> dict[str, Any]:
    from apps.accounts.models import Store
    from apps.core.services.plans import look_at_rows
    from apps.features.models import CustomerFeatures, Refresh
    from apps.registry.services.learn import learn
    from apps.segmentation.models import CustomerValue, Place, RfmScore
    from apps.segmentation.models.learned import GROUPS
    from apps.segmentation.models.value import VALUE
    from apps.segmentation.services import count, rfm_score, value_nightly
    from apps.segmentation.services.learning import place
    from benchmarks.segment_pages import slowest

    store = Store.objects.get(slug="bench")

    def train(kind: str) -> None:
        learn(store, kind, as_of=AS_OF, clock=lambda: AS_OF)

    trained = {kind: timed(lambda kind=kind: train(kind)) for kind in (VALUE, GROUPS)}

    def refreshed(at: datetime) -> None:
        """As after the night's refresh."""
        CustomerFeatures.objects.of(store).update(as_of=at)
        Refresh.objects.update_or_create(
            store=store, kind="customer", defaults={"seen_to_at": at, "full_at": at}
        )

    # The shop's numbers are invented, not those of its orders: once everybody moves.
    refreshed(AS_OF + timedelta(hours=1))
    place.keep_up(store, AS_OF + timedelta(hours=1))
    refreshed(NEXT)
    # As every ten minutes.
    look_at_rows()
    seconds = {
        "value_seconds": timed(lambda: value_nightly.keep_fresh(store, NEXT)),
        "kinds_seconds": timed(lambda: place.keep_up(store, NEXT)),
        "rfm_seconds": timed(lambda: rfm_score.keep_fresh(store, NEXT)),
    }
    rows = {
        "valued": CustomerValue.objects.of(store).filter(computed_at=NEXT).count(),
        "placed": Place.objects.of(store).filter(placed_at=NEXT).count(),
        "scored": RfmScore.objects.of(store).filter(as_of=NEXT).count(),
    }
    count.count_due(store, NEXT)
    look_at_rows()
    pages = {f"{name}_page_seconds": found for name, found in slowest(store).items()}
    return {
        **seconds,
        **pages,
        "rescore_seconds": sum(seconds.values()),
        "train_value_seconds": trained[VALUE],
        "train_kinds_seconds": trained[GROUPS],
        **rows,
    }


def main() -> None:
    from benchmarks.report import publish

    with tempfile.TemporaryDirectory(prefix="bench-rescore-") as folder:
        environment = {
            **os.environ,
            "VAR_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "MLFLOW_TRACKING_URI": "off",
        }

        def child(*command: str) -> str:
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-m", *command],
                env=environment, check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            return done.stdout

        child("benchmarks.segment_members", "build")
        said = child("benchmarks.rescore", "measure")
    found = json.loads(said.splitlines()[-1])
    words = {
        "value_seconds": f"value of {found['valued']:,}",
        "kinds_seconds": f"learned segment of {found['placed']:,}",
        "rfm_seconds": f"RFM scores of {found['scored']:,}",
        "rescore_seconds": f"all three, {CUSTOMERS:,} customers; goal {GOAL_SECONDS}",
        **{f"{name}_page_seconds": words for name, words in PAGES.items()},
        "train_value_seconds": "training of the models of value, beside it",
        "train_kinds_seconds": "training of the segments, beside it",
    }
    rows = [{"what": words[name], "seconds": found[name]} for name in words]
    publish("rescore", found, rows)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")
        django.setup()
        sys.stdout.write(json.dumps(measure()))
