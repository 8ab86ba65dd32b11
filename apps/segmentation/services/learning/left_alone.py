"""Whom messages reached and who was left alone, by lot; who ordered within two weeks.

From the holdouts of messages (*Tests → People left alone*, place `message` or one below
it). A customer counts once, from the first moment of taking part, with the numbers that
were known before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.experiments.models import Experiment, Exposure, Unit
from apps.features.services.frame import frame
from apps.features.services.known import MOST_IDS
from apps.registry.services.brain import TooLittleDataError
from apps.segmentation.services.uplift import NAMES, WINDOW
from apps.shop.models import Order
from ml_models.data import Floats
from ml_models.uplift.model import Trial

# Fewer than these left alone, or who ordered on either side, tell nothing.
LEAST_ALONE, LEAST_BUYERS = 100, 10
# Numbers of everybody take seconds, so there are so many moments as of which they are
# asked at most; each is before all who count from it.
MOMENTS = 8


@dataclass(frozen=True)
class LeftAlone:
    """`trial`: one row a customer."""

    trial: Trial
    tests: int
    from_at: datetime
    to_at: datetime

    @property
    def alone(self) -> int:
        return int((~self.trial.treated).sum())


@dataclass(frozen=True)
class Seat:
    customer: int
    at: datetime
    is_treated: bool
    # The chance of being written to.
    share: float


def read(store: Store, as_of: datetime) -> LeftAlone:
    tests = list(tests_of(store).order_by("pk"))
    if not tests:
        raise TooLittleDataError(
            "Nobody is left alone by messages: it takes a holdout of the place “message”."
        )
    seats = sorted(seats_of(store, tests, as_of), key=lambda one: one.at)
    treated = np.array([one.is_treated for one in seats], dtype=bool)
    bought = ordered(store, seats)
    alone, buyers = (
        int((~treated).sum()),
        [int(bought[arm].sum()) for arm in (treated, ~treated)],
    )
    if alone < LEAST_ALONE or min(buyers) < LEAST_BUYERS:
        raise TooLittleDataError(
            f"{alone} customers were left alone by messages, {buyers[1]} of them and"
            f" {buyers[0]} of the others ordered within {WINDOW.days} days; it takes"
            f" {LEAST_ALONE}, and {LEAST_BUYERS} orders of each."
        )
    return LeftAlone(
        Trial(
            NAMES,
            numbers_of(store, seats),
            treated,
            bought,
            np.array([one.share for one in seats]),
        ),
        len(tests),
        seats[0].at,
        as_of,
    )


def tests_of(store: Store) -> QuerySet[Experiment]:
    messages = Q(place="message") | Q(place__startswith="message:")
    rows = Experiment.objects.of(store).holdouts().filter(messages, unit=Unit.PERSON)
    return rows.exclude(started_at=None)


def seats_of(
    store: Store, tests: Sequence[Experiment], as_of: datetime
) -> Iterator[Seat]:
    """Each customer's first; whose two weeks are not over yet is left out, and a visitor
    who was found out by ordering: who did not order never was."""
    controls = {
        test.pk: set(test.variants.filter(is_control=True).values_list("pk", flat=True))
        for test in tests
    }
    rows = (
        Exposure.objects.of(store)
        .filter(experiment__in=tests, at__lte=as_of - WINDOW)
        .filter(unit__startswith="customer:", customer__deleted_at=None)
        .annotate(who=Coalesce("customer__merged_into", "customer"))
        .order_by("at", "pk")
        .values_list("who", "at", "experiment_id", "variant_id", "propensity")
    )
    seen: set[int] = set()
    for who, at, test, variant, propensity in rows.iterator(chunk_size=2_000):
        if who is None or who in seen or not 0 < propensity < 1:
            continue
        seen.add(who)
        is_treated = variant not in controls[test]
        yield Seat(who, at, is_treated, propensity if is_treated else 1 - propensity)


def ordered(store: Store, seats: Sequence[Seat]) -> np.ndarray:
    """(seats,): whether they ordered within two weeks."""
    places = {one.customer: place for place, one in enumerate(seats)}
    found = np.zeros(len(seats), dtype=bool)
    if not seats:
        return found
    until = max(one.at for one in seats) + WINDOW
    orders = Order.objects.of(store).earning()
    orders = orders.filter(placed_at__gte=seats[0].at, placed_at__lt=until)
    ids = list(places)
    for start in range(0, len(ids), MOST_IDS):
        part = orders.filter(customer__in=ids[start : start + MOST_IDS])
        for customer, at in part.values_list("customer_id", "placed_at"):
            place = places[customer]
            found[place] |= seats[place].at <= at < seats[place].at + WINDOW
    return found


def numbers_of(store: Store, seats: Sequence[Seat]) -> Floats:
    """(seats, names): as known before each of them; who was not yet is unknown."""
    found = np.full((len(seats), len(NAMES)), np.nan)
    for part in np.array_split(np.arange(len(seats)), MOMENTS):
        if not len(part):
            continue
        rows = frame(store, "customer", seats[part[0]].at)
        known = rows.select("customer", *(pl.col(n).cast(pl.Float64) for n in NAMES))
        places = {customer: n for n, customer in enumerate(known["customer"])}
        values = known.select(NAMES).fill_null(float("nan")).to_numpy()
        for seat in part:
            if (row := places.get(seats[seat].customer)) is not None:
                found[seat] = values[row]
    return found
