"""Who sees what: the same person the same thing, each time, on every device.

1. Whoever is left alone takes part in nothing: first the holdout of everything, then the
   one of the place.
2. What has won before is what everybody sees.
3. Of tests that share a layer a person takes part in one: by a slot of the layer.
4. Within a test by a hash of the person and the test's salt, unless the person was seen
   in it before, as this visitor or this customer: then as the first time.

A hash and a few rows; nothing is kept in a process or a session. Nobody is written down
before they could see a difference: that is `expose`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.accounts.models import Store
from apps.core.services.plain_sql import fetch, holes
from apps.experiments.models import SLOTS, Exposure, Unit
from apps.experiments.services.running import Arm, Running, running

SEEN = """
    SELECT experiment_id, phase, unit, variant_id, propensity, at
    FROM experiments_exposure WHERE store_id = %s AND unit IN ({units})
"""
SEEN_AS = """
    UNION
    SELECT experiment_id, phase, unit, variant_id, propensity, at
    FROM experiments_exposure WHERE store_id = %s AND customer_id IN (
        SELECT id FROM shop_customer
        WHERE store_id = %s AND (id = %s OR merged_into_id = %s)
    )
"""


@dataclass(frozen=True, slots=True)
class Who:
    """Whom an answer is for: a customer's own id where known, a visitor's key, or
    neither. Nobody takes part in nothing."""

    visitor: str = ""
    customer: int | None = None

    @property
    def units(self) -> tuple[str, ...]:
        """The one that is hashed first."""
        known = () if self.customer is None else (f"customer:{self.customer}",)
        return (*known, f"visitor:{self.visitor}") if self.visitor else known


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's part in one experiment. `unwritten`: units without a row so far."""

    experiment: Running
    arm: Arm
    propensity: float
    unwritten: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What an experiment, or several, mean for one answer."""

    config: Mapping[str, Any] = field(default_factory=dict)
    seats: tuple[Seat, ...] = ()
    is_held_out: bool = False

    @property
    def told(self) -> dict[str, str]:
        """For the decision log."""
        return {seat.experiment.key: seat.arm.key for seat in self.seats}


@dataclass(frozen=True, slots=True)
class Seen:
    """A row of an exposure that was there before."""

    unit: str
    variant: int
    propensity: float
    at: Any


NOTHING = Part()
Places = tuple[int, int]


@dataclass
class Sight:
    """What a person was seen in before: read when somebody asks, once for all places of
    a page."""

    store: Store
    who: Who
    known: dict[Places, list[Seen]] | None = None

    @property
    def seen(self) -> dict[Places, list[Seen]]:
        if self.known is None:
            self.known = seen_before(self.store, self.who.units)
        return self.known


def part_of(store: Store, place: str, who: Who, sight: Sight | None = None) -> Part:
    there = [
        one
        for one in running(store)
        if one.unit == Unit.PERSON and one.covers(place)
    ]  # fmt: skip
    if not there:
        return NOTHING
    seen = (sight or Sight(store, who)).seen
    config: dict[str, Any] = {}
    seats: list[Seat] = []
    for one in there:
        if one.winner is not None:
            config.update(one.winner.config)
            continue
        seat = seat_in(one, who, seen, running(store))
        if seat is None:
            continue
        seats.append(seat)
        if one.is_holdout and seat.arm.is_control:
            return Part({}, tuple(seats), is_held_out=True)
        config.update(seat.arm.config)
    return Part(config, tuple(seats))


def seat_in(
    one: Running,
    who: Who,
    seen: Mapping[Places, Sequence[Seen]],
    beside: Iterable[Running],
) -> Seat | None:
    """None where somebody does not take part."""
    if not who.units:
        return None
    rows = seen.get((one.pk, one.phase), ())
    if arm := first_of(one, rows):
        written = {row.unit for row in rows}
        missing = tuple(unit for unit in who.units if unit not in written)
        return Seat(one, arm, rows[0].propensity, missing)
    unit = who.units[0]
    if not takes_part(one, unit, seen, beside):
        return None
    arm = arm_for(one, unit)
    return Seat(one, arm, arm.chance, who.units)


def first_of(one: Running, rows: Sequence[Seen]) -> Arm | None:
    return next(
        (arm for row in rows[:1] for arm in one.arms if arm.pk == row.variant), None
    )


def takes_part(
    one: Running,
    unit: str,
    seen: Mapping[Places, Sequence[Seen]],
    beside: Iterable[Running],
) -> bool:
    """Slots keep tests of a layer apart; who was in another one of it before, on
    another device, stays there. A watch takes whoever no test of its layer holds."""
    if one.is_holdout:
        return True
    slot = int(fraction(one.layer_salt, unit) * SLOTS)
    for other in beside:
        is_rival = other.layer == one.layer and other.pk != one.pk and other.phase == 1
        if one.layer is None or not is_rival:
            continue
        if (other.pk, other.phase) in seen or (one.phase > 1 and slot in other.slots):
            return False
    return one.phase > 1 or slot in one.slots


def arm_for(one: Running, unit: str) -> Arm:
    """By chance, and each time the same: person, product or stretch of time."""
    draw = fraction(one.salt, str(one.phase), unit)
    upto = 0.0
    for arm in one.arms:
        upto += arm.chance
        if draw < upto:
            return arm
    return max(one.arms, key=lambda arm: arm.chance)


def fraction(*parts: str) -> float:
    """At least 0 and below 1, even, and the same on every machine."""
    text = "\x1f".join(parts).encode()
    digest = hashlib.blake2b(text, digest_size=8).digest()
    # 53 bits, all that a float holds: it never rounds up to 1.
    return (int.from_bytes(digest, "big") >> 11) / 2**53


def seen_before(store: Store, units: Sequence[str]) -> dict[Places, list[Seen]]:
    """By experiment and phase, the earliest first."""
    if not units:
        return {}
    statement = SEEN.format(units=holes(units))
    values: list[Any] = [store.pk, *units]
    head, _, customer = units[0].partition(":")
    if head == "customer":
        statement += SEEN_AS
        values += [store.pk, store.pk, int(customer), int(customer)]
    found: dict[Places, list[Seen]] = {}
    for experiment, phase, *row in fetch(statement, values):
        found.setdefault((experiment, phase), []).append(Seen(*row))
    for rows in found.values():
        rows.sort(key=lambda row: (row.at, row.unit))
    return found


def expose(store: Store, who: Who, seats: Iterable[Seat], at: datetime) -> int:
    """From now on they could see the difference. Only first times are written; how
    many there were."""
    rows = [
        Exposure(
            store=store,
            experiment_id=seat.experiment.pk,
            variant_id=seat.arm.pk,
            phase=seat.experiment.phase,
            unit=unit,
            at=at,
            customer_id=who.customer,
            propensity=seat.propensity,
        )
        for seat in seats
        for unit in seat.unwritten
    ]
    if rows:
        Exposure.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def product_unit(product: int) -> str:
    return f"product:{product}"


def period_unit(one: Running, at: datetime) -> str:
    """The stretch of time that a moment lies in, by its beginning (UTC)."""
    return f"period:{period_start(one, at):%Y-%m-%dT%H:%MZ}"


def period_start(one: Running, at: datetime) -> datetime:
    began = (one.phase_at or at).astimezone(UTC)
    length = timedelta(hours=one.period_hours)
    return began + (at - began) // length * length


def config_of_product(
    store: Store, place: str, product: int, at: datetime
) -> dict[str, Any]:
    """What tests by product or by stretch of time mean for a product at this moment:
    the same for whoever looks."""
    config: dict[str, Any] = {}
    for one in running(store):
        if one.unit == Unit.PERSON or not one.covers(place):
            continue
        unit = (
            product_unit(product) if one.unit == Unit.PRODUCT else period_unit(one, at)
        )
        if one.winner is not None:
            config.update(one.winner.config)
        elif takes_part(one, unit, {}, ()):
            config.update(arm_for(one, unit).config)
    return config
