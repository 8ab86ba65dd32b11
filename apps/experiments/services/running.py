"""What is in force in a store: asked for by every answer, believed for five seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.experiments.models import Experiment, Kind, Policy, Status, Variant

# While a winner is watched, so many go on seeing what was there before.
WATCH_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Arm:
    """`chance`: with which it is given to whoever takes part; of all arms, 1."""

    pk: int
    key: str
    is_control: bool
    chance: float
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Running:
    """An experiment as answers need it. `winner` where everybody gets it."""

    pk: int
    key: str
    kind: str
    place: str
    unit: str
    period_hours: int
    layer: int | None
    layer_salt: str
    slots: range
    salt: str
    phase: int
    phase_at: datetime | None
    arms: tuple[Arm, ...]
    winner: Arm | None = None

    @property
    def is_holdout(self) -> bool:
        return self.kind == Kind.HOLDOUT

    def covers(self, place: str) -> bool:
        """`shelf` covers shelf:home, empty covers everything."""
        own = self.place
        return not own or place == own or place.startswith(f"{own}:")


REMEMBERED: Memory[int, tuple[Running, ...]] = Memory()


def running(store: Store) -> tuple[Running, ...]:
    """Holdouts first, the widest before the narrower; then in the order of their start:
    what came later has the last word."""
    return REMEMBERED.ask(store.pk, lambda: read(store))


def forget(store: Store) -> None:
    """In this process at once; others follow within seconds."""
    REMEMBERED.drop(store.pk)


def read(store: Store) -> tuple[Running, ...]:
    rows = list(Experiment.objects.of(store).in_force().select_related("layer"))
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.of(store).filter(experiment__in=rows):
        variants[variant.experiment_id].append(variant)
    rows.sort(key=in_turn)
    return tuple(snapshot(row, variants[row.pk]) for row in rows if variants[row.pk])


def in_turn(row: Experiment) -> tuple[Any, ...]:
    width = row.place.count(":") + bool(row.place)
    started = row.phase_at.timestamp() if row.phase_at else 0.0
    return (not row.is_holdout, width if row.is_holdout else 0, started, row.pk)


def snapshot(row: Experiment, variants: Iterable[Variant]) -> Running:
    arms = arms_of(row, list(variants))
    is_for_all = row.status == Status.APPLIED
    return Running(
        pk=row.pk,
        key=row.key,
        kind=row.kind,
        place=row.place,
        unit=row.unit,
        period_hours=row.period_hours,
        layer=row.layer_id,
        layer_salt=row.layer.salt if row.layer else row.salt,
        # The watch over a winner is about everybody.
        slots=range(row.slot_from, row.slot_to) if row.phase == 1 else range(0),
        salt=row.salt,
        phase=row.phase,
        phase_at=row.phase_at,
        arms=arms,
        winner=next((arm for arm in arms if arm.pk == row.winner_id), None)
        if is_for_all
        else None,
    )


def arms_of(row: Experiment, variants: list[Variant]) -> tuple[Arm, ...]:
    weights = [weight(row, variant) for variant in variants]
    whole = sum(weights) or 1.0
    return tuple(
        Arm(one.pk, one.key, one.is_control, part / whole, one.config)
        for one, part in zip(variants, weights, strict=True)
    )


def weight(row: Experiment, variant: Variant) -> float:
    if row.phase > 1:
        if variant.is_control:
            return WATCH_SHARE
        return 1 - WATCH_SHARE if variant.pk == row.winner_id else 0.0
    if row.policy != Policy.FIXED and variant.chance is not None:
        return variant.chance
    return variant.share
