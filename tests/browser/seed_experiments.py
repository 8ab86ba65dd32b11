"""Tests of a shop as their looks left them, since no worker looks here."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.utils import timezone

from apps.accounts.models import Store
from apps.experiments.models import Experiment, Metric, Reading
from apps.experiments.services import draft, life
from apps.experiments.services.draft import Branch

DAYS = 21
TODAY = Branch("As it is today", is_control=True)
NONE = Branch("No shelf", config={"show": False})
TRENDS = Branch("What sells lately", config={"kind": "trending"})
ARABIC = Branch("عباية جديدة", config={"headline": "جديد"})
GUARDS = ["margin", "refund_share"]


def seed_experiments() -> None:
    store, now = Store.objects.get(slug="demo"), timezone.now()
    begun = now - timedelta(days=DAYS)
    shelf = made(
        store, "Picks or trends on the home page", "shelf", "shelf:home", begun,
        TODAY, TRENDS, NONE, guards=GUARDS,
        hypothesis="Picked for each visitor sells more than what sells lately.",
    )  # fmt: skip
    worse, best = shelf.variants.filter(is_control=False)
    for n, metric in enumerate((Metric.REVENUE, Metric.MARGIN, Metric.BUYERS)):
        read(shelf, best, metric, now, 0.08 - n / 50)
        read(shelf, worse, metric, now, -0.04)
    text = "One group has 4 % fewer people than its share."
    shelf.flags = [{"code": "sample_ratio", "text": text}]
    shelf.save(update_fields=["flags"])
    banner = made(store, "عنوان جديد", "page", "page:cart", begun, TODAY, ARABIC)
    read(banner, banner.variants.last(), Metric.REVENUE, now, 0.003)
    made(store, "Prices of the week", "price", "price", None, TODAY,
         Branch("A tenth cheaper", config={"percent": -10}), unit="product")  # fmt: skip
    for place, lift in (("", 0.11), ("shelf", 0.05)):
        alone = life.start(draft.leave_alone(store, place, 0.05, begun), begun)
        read(alone, alone.variants.last(), Metric.REVENUE, now, lift)


def made(
    store: Store, name: str, kind: str, place: str, at: datetime | None,
    *branches: Branch, **more: object,
) -> Experiment:  # fmt: skip
    fields = {"name": name, "kind": kind, "place": place, **more}
    row = draft.create(store, fields, branches, at or timezone.now())
    return life.start(row, at) if at else row


def read(
    row: Experiment, variant: object, metric: str, now: datetime, effect: float
) -> None:
    for day in range(DAYS):
        spread = 0.22 / math.sqrt(day + 1)
        seen = effect + 0.05 * math.sin(day) / (day + 1)
        low, high = seen - spread, seen + spread
        answer = "better" if low > 0 else "worse" if high < 0 else "not_known"
        people = 400 * (day + 1)
        told = f"{metric} changed by {100 * seen:+.1f} %"
        said = "Better" if answer == "better" else "Not known yet"
        mean = 0.021 if metric == Metric.BUYERS else 4.2
        Reading.objects.create(
            store=row.store, experiment=row, variant=variant, phase=row.phase,
            metric=metric, on=(now - timedelta(days=DAYS - day)).date(),
            control_people=people, people=people + 7, control_mean=mean,
            mean=mean * (1 + seen), absolute=mean * seen, low=mean * low,
            high=mean * high, relative=seen, relative_low=low, relative_high=high,
            chance_better=0.5 + seen, expected_loss=0.012, variance_left=0.71,
            is_judged=True, answer=answer, days_left=max(35 - day, 0), computed_at=now,
            sentence=f"{said}: {told}; the truth lies between {100 * low:+.1f} % and {100 * high:+.1f} %.",
        )  # fmt: skip
    if metric == row.metric:
        row.verdict, row.looked_at = answer, now
        row.target_people = 12_400
        row.save(update_fields=["verdict", "looked_at", "target_people"])
