"""A test that was run elsewhere, written down as if it had been run here: so that it is
read, drawn and judged by the same rules."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from apps.accounts.models import Store
from apps.experiments.models import (
    SLOTS,
    Experiment,
    Exposure,
    Kind,
    Metric,
    Status,
    Variant,
)

AT_ONCE = 2_000
# A customer, which of the variants, since when.
Seen = tuple[int, int, datetime]


@dataclass(frozen=True)
class Arm:
    key: str
    name: str
    share: float


@dataclass(frozen=True)
class Past:
    """`arms`: the control first."""

    key: str
    name: str
    hypothesis: str
    place: str
    began_at: datetime
    ended_at: datetime
    arms: Sequence[Arm]
    kind: str = Kind.SHELF
    metric: str = Metric.ORDERS
    guards: Sequence[str] = ()


def write_past(store: Store, past: Past, seen: Iterable[Seen]) -> Experiment:
    experiment = Experiment.objects.create(
        store=store, key=past.key, name=past.name, hypothesis=past.hypothesis,
        kind=past.kind, place=past.place, metric=past.metric, guards=list(past.guards),
        slot_to=SLOTS, salt=secrets.token_hex(8), status=Status.STOPPED,
        created_at=past.began_at, started_at=past.began_at, phase_at=past.began_at,
        ended_at=past.ended_at,
    )  # fmt: skip
    variants = [
        Variant.objects.create(
            store=store, experiment=experiment, key=arm.key, name=arm.name,
            share=arm.share, is_control=number == 0,
        )
        for number, arm in enumerate(past.arms)
    ]  # fmt: skip
    whole = sum(arm.share for arm in past.arms)
    rows = (
        Exposure(
            store=store, experiment=experiment, variant=variants[arm],
            unit=f"customer:{customer}", customer_id=customer, at=at,
            propensity=past.arms[arm].share / whole,
        )
        for customer, arm, at in seen
    )  # fmt: skip
    while part := list(islice(rows, AT_ONCE)):
        Exposure.objects.bulk_create(part)
    return experiment
