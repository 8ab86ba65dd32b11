"""Days on which one customer was on more browsers than a person has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime

from django.db.models import Count
from django.db.models.functions import TruncDate

from apps.accounts.models import Store
from apps.events.models import Crowd, Evidence, IdentityChange, Sighting
from apps.events.services.people.sightings import bounds
from apps.events.services.people.timeline import MOST_VISITORS

Day = tuple[int, date]


def recount(store: Store, touched: Iterable[Day]) -> set[str]:
    """Look at these customers' days again. Returns the visitors for whom something
    changed by it."""
    days = set(touched)
    if not days:
        return set()
    customers = {customer for customer, _ in days}
    dates = {day for _, day in days}
    known = {
        (row.customer_id, row.day_on): row
        for row in Crowd.objects.of(store).filter(
            customer__in=customers, day_on__in=dates
        )
    }
    candidates = busy(store, customers, dates) | known.keys()
    crowded = {day for day in days & candidates if is_crowded(store, *day)}
    Crowd.objects.bulk_create(
        [Crowd(store=store, customer_id=c, day_on=d) for c, d in crowded - known.keys()]
    )
    over = [known[day].pk for day in (days & known.keys()) - crowded]
    Crowd.objects.of(store).filter(pk__in=over).delete()
    turned = (crowded - known.keys()) | ((days & known.keys()) - crowded)
    return {visitor for day in turned for visitor in last_seen(store, *day)}


def busy(store: Store, customers: set[int], dates: set[date]) -> set[Day]:
    """Days with so many browsers, whatever was undone since."""
    rows = (
        Sighting.objects.of(store)
        .filter(
            customer__in=customers,
            hour_at__range=(bounds(min(dates))[0], bounds(max(dates))[1]),
        )
        .exclude(evidence=Evidence.ORDER)
        .values("customer", day=TruncDate("hour_at", tzinfo=UTC))
        .annotate(visitors=Count("visitor", distinct=True))
        .filter(visitors__gt=MOST_VISITORS)
    )
    return set(rows.values_list("customer", "day"))


def is_crowded(store: Store, customer: int, day: date) -> bool:
    # Each order was matched with the shop's own: nobody is crowded out by buying, and
    # at a till many do for one customer.
    seen = last_seen(store, customer, day, but=[Evidence.ORDER])
    until = denials(store, seen)
    counted = [
        visitor
        for visitor, at in seen.items()
        if customer not in until[visitor] or at > until[visitor][customer]
    ]
    return len(counted) > MOST_VISITORS


def last_seen(
    store: Store, customer: int, day: date, but: Collection[str] = ()
) -> dict[str, datetime]:
    rows = (
        Sighting.objects.of(store)
        .filter(customer=customer, hour_at__range=bounds(day))
        .exclude(evidence__in=but)
    )
    return dict(rows.order_by("last_at").values_list("visitor", "last_at"))


def denials(store: Store, visitors: Iterable[str]) -> Mapping[str, dict[int, datetime]]:
    """Until when, by hand, a visitor is not a customer."""
    found: dict[str, dict[int, datetime]] = defaultdict(dict)
    rows = IdentityChange.objects.of(store).filter(
        visitor__in=set(visitors),
        kind=IdentityChange.Kind.LINKED,
        reverted_at__isnull=False,
    )
    # The latest last, so that it wins.
    for row in rows.order_by("reverted_at"):
        assert row.reverted_at is not None
        found[row.visitor][row.customer_id] = row.reverted_at
    return found
