"""What was known of a visit before it began, for many visits at once: nothing is read of
visitors and customers whom none of them is of."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.events.models import Link, Session
from apps.registry.services.brain import Tell
from apps.segmentation.services.purchase_numbers import (
    MOST_VISITS,
    PAST,
    Bought,
    Earlier,
    Value,
    bought_before,
    visits_before,
    when,
)
from apps.shop.models import Order

# So many browsers or customers are asked about in one query.
AT_ONCE = 500
Numbers = dict[str, Value]


def pasts_of(
    store: Store, visits: Sequence[dict[str, Any]], tell: Tell
) -> dict[str, Numbers]:
    """By visit. Visits come in the order of time."""
    zone = ZoneInfo(store.time_zone)
    seen = seen_before(store, visits, tell)
    whose = known_before(store, visits)
    orders = orders_of(store, set(whose.values()))
    found = {}
    for visit in visits:
        key, at = visit["key"], visit["started_at"]
        customer = whose.get(key)
        found[key] = {
            **when(at, zone),
            **(seen.get(key) or visits_before(at, ())),
            **bought_before(at, None if customer is None else orders.get(customer, ())),
        }
    return found


def seen_before(
    store: Store, visits: Sequence[dict[str, Any]], tell: Tell
) -> dict[str, Numbers]:
    """Those of browsers that are known. A probe may come a thousand times a day: of its
    visits only the last ones are held."""
    found: dict[str, Numbers] = {}
    chosen = {one["key"] for one in visits}
    names = visitors_of(visits)
    for place, some in parts(names):
        tell(place / len(names), "Reading visits")
        rows = Session.objects.of(store).of_people()
        rows = rows.filter(
            visitor__in=some,
            started_at__gte=visits[0]["started_at"] - PAST,
            started_at__lte=visits[-1]["started_at"],
        ).order_by("visitor", "started_at", "key")
        told = rows.values_list("visitor", "key", "started_at", "ordered_at")
        for _, group in groupby(told.iterator(20_000), key=lambda row: row[0]):
            earlier: deque[Earlier] = deque(maxlen=MOST_VISITS)
            for _, key, at, ordered_at in group:
                if key in chosen:
                    found[key] = visits_before(at, earlier)
                earlier.append(Earlier(at, ordered_at))
    return found


def visitors_of(visits: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({one["visitor"] for one in visits} - {""})


def parts(names: Sequence[Any]) -> Iterator[tuple[int, Sequence[Any]]]:
    """Some at a time, with how many came before."""
    for place in range(0, len(names), AT_ONCE):
        yield place, names[place : place + AT_ONCE]


def known_before(store: Store, visits: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Who a visit was known to be of. Only a sign-in before the visit counts: many sign
    in because they buy."""
    person = Coalesce("customer__merged_into", "customer")
    spells: dict[str, list[tuple[datetime, int]]] = {}
    for _, some in parts(visitors_of(visits)):
        rows = Link.objects.of(store).filter(visitor__in=some)
        rows = rows.order_by("first_at", "pk")
        for visitor, at, customer in rows.values_list("visitor", "first_at", person):
            spells.setdefault(visitor, []).append((at, customer))
    found = {}
    for visit in visits:
        for since, customer in reversed(spells.get(visit["visitor"], ())):
            if since < visit["started_at"]:
                found[visit["key"]] = customer
                break
    return found


def orders_of(store: Store, customers: set[int]) -> dict[int, list[Bought]]:
    """By time, also those after."""
    person = Coalesce("customer__merged_into", "customer")
    found: dict[int, list[Bought]] = {}
    for _, some in parts(sorted(customers)):
        rows = Order.objects.of(store).earning()
        rows = rows.filter(
            Q(customer__in=some) | Q(customer__merged_into__in=some),
            currency=store.currency,
        )
        told = rows.order_by("placed_at", "pk").values_list(
            person, "placed_at", "total"
        )
        for customer, at, total in told.iterator(20_000):
            found.setdefault(customer, []).append(Bought(at, float(total)))
    return found
