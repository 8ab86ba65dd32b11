"""Experiments as tests make them: in force without a start of their own."""

from __future__ import annotations

from itertools import count

from apps.experiments.models import (
    SLOTS,
    Experiment,
    Exposure,
    Layer,
    Policy,
    Status,
    Variant,
)
from apps.experiments.services.running import forget
from tests.conftest import NOW

NUMBERS = count(1)


def experiment(
    store, *, kind="shelf", place="shelf", shares=(0.5, 0.5), configs=(), **more
):
    """The first variant is the control; keys are a, b, c…"""
    number = next(NUMBERS)
    more = {
        "key": f"test-{number}", "name": f"Test {number}", "salt": f"salt-{number}",
        "status": Status.RUNNING, "policy": Policy.FIXED, "slot_to": SLOTS,
        "created_at": NOW, "started_at": NOW, "phase_at": NOW, **more,
    }  # fmt: skip
    row = Experiment.objects.create(store=store, kind=kind, place=place, **more)
    for at, share in enumerate(shares):
        Variant.objects.create(
            store=store, experiment=row, key="abcdef"[at], name="ABCDEF"[at],
            is_control=at == 0, share=share, config=configs[at] if at < len(configs) else {},
        )  # fmt: skip
    forget(store)
    return row


def holdout(store, share, *, place="", **more):
    """Variant a is left alone."""
    shares = (share, 1 - share) if share < 1 else (1.0, 1e-12)
    return experiment(store, kind="holdout", place=place, shares=shares, **more)


def layer(store, name="Shelves"):
    return Layer.objects.create(store=store, name=name, salt=f"layer-{name}")


def variant(row, key):
    return row.variants.get(key=key)


def exposed(row, unit, key, *, at=NOW, customer=None, phase=1, propensity=0.5):
    return Exposure.objects.create(
        store=row.store, experiment=row, variant=variant(row, key), phase=phase,
        unit=unit, at=at, customer=customer, propensity=propensity,
    )  # fmt: skip
