"""Who is who, now."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.events.models import Link
from apps.events.services.people.sightings import AT_ONCE
from apps.shop.models import Customer


def customers_of(store: Store, visitors: Iterable[str]) -> dict[str, int]:
    """The customer that each visitor is now, where known. Of a row that was merged into
    another, the other."""
    names, found = list(visitors), {}
    for start in range(0, len(names), AT_ONCE):
        rows = Link.objects.of(store).filter(
            visitor__in=names[start : start + AT_ONCE], ended_at=None
        )
        person = Coalesce("customer__merged_into", "customer")
        found.update(dict(rows.values_list("visitor", person)))
    return found


def devices_of(customer: Customer) -> QuerySet[Link]:
    """All spells in which a visitor was this person, also under rows merged into it."""
    mine = Q(customer=customer) | Q(customer__merged_into=customer)
    return Link.objects.of(customer.store).filter(mine).order_by("-last_at", "visitor")


def visitors_of(customer: Customer) -> list[str]:
    """Each once, the one seen last first."""
    return list(dict.fromkeys(devices_of(customer).values_list("visitor", flat=True)))
