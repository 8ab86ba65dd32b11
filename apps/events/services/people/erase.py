"""Take a person out of what visitors did: the deeds stay counted, of nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.accounts.models import Store
from apps.core.ids import uuid7
from apps.events.models import (
    Crowd,
    Evidence,
    IdentityChange,
    Interaction,
    Link,
    Session,
    Sighting,
    Visitor,
    VisitorDay,
)
from apps.events.services.engines.chosen import engine

AT_ONCE = 500
# A new name for a visitor, the same each time, from which nobody finds the old one.
Disguise = Callable[[str], str]


def visitors_of(store: Store, customers: Sequence[int]) -> set[str]:
    """Browsers that were found to be theirs, now or once."""
    found: set[str] = set()
    models: tuple[Any, ...] = (Link, Sighting, Session, Interaction)
    for model in models:
        rows = model.objects.of(store).filter(customer__in=customers)
        found.update(rows.values_list("visitor", flat=True).distinct())
    return found - {""}


def erase(
    store: Store,
    visitors: Sequence[str],
    customers: Sequence[int],
    numbers: Sequence[int],
    disguise: Disguise,
) -> dict[str, int]:
    """`numbers`: of customers in the shop. Raw events go, what was counted stays."""
    theirs = Q(visitor__in=visitors) | Q(customer__in=customers)
    with transaction.atomic():
        # Of an order's sighting the number is the order's.
        named = Q(woo_id__in=numbers) & ~Q(evidence=Evidence.ORDER)
        seen = Sighting.objects.of(store).filter(theirs | named)
        count = {
            "sightings": seen.delete()[0],
            "devices": Link.objects.of(store).filter(theirs).delete()[0],
            "identity": IdentityChange.objects.of(store).filter(theirs).delete()[0],
            "visits": hide(Session, store, theirs, disguise, blank_visit),
            "interactions": hide(Interaction, store, theirs, disguise, blank_deed),
        }
        Crowd.objects.of(store).filter(customer__in=customers).delete()
        rename(store, visitors, disguise)
    count["events"] = engine().forget(store, visitors, numbers)
    return count


def hide(
    model: Any,
    store: Store,
    theirs: Q,
    disguise: Disguise,
    blank: Callable[[Any], Sequence[str]],
) -> int:
    fields: Sequence[str] = ()
    rows = []
    for row in model.objects.of(store).filter(theirs).order_by("pk"):
        row.visitor = disguise(row.visitor) if row.visitor else ""
        row.customer = None
        fields = blank(row)
        rows.append(row)
    names = ["visitor", "customer", *fields]
    model.objects.of(store).bulk_update(rows, names, batch_size=AT_ONCE)
    return len(rows)


def blank_visit(row: Session) -> Sequence[str]:
    """Its key is the sender's; addresses and search words may name a person."""
    row.key = f"gone-{uuid7(row.started_at)}"
    row.landing = row.landing_path = row.referrer = row.utm_term = ""
    row.region = ""
    return ("key", "landing", "landing_path", "referrer", "utm_term", "region")


def blank_deed(_: Interaction) -> Sequence[str]:
    return ()


def rename(store: Store, visitors: Iterable[str], disguise: Disguise) -> None:
    for visitor in visitors:
        other = disguise(visitor)
        Visitor.objects.of(store).filter(key=visitor).update(key=other)
        VisitorDay.objects.of(store).filter(visitor=visitor).update(visitor=other)
