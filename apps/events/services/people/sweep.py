"""What the clock brings: customers and orders that are known by now, and browsers that
nobody uses any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.models import Store
from apps.events.models import Evidence, Link, Sighting
from apps.events.services.people.settle import as_spells, hold, settle
from apps.events.services.people.sightings import AT_ONCE, resolve
from apps.events.services.people.timeline import Timeline
from apps.experiments.services.people import Owner, identify, unknown
from apps.shop.models import Customer, Order

# The copy of the shop is behind by minutes, or by a first sync.
AWAITED = timedelta(days=30)
# Browsers forget a visitor's name after 13 months at most.
REMEMBERED = timedelta(days=400)


def meet(at: datetime) -> int:
    """Look again for whom no customer was known. How many sightings have one now."""
    waiting = Sighting.objects.across_stores().filter(customer=None)
    stores = Store.objects.filter(pk__in=waiting.values("store").distinct())
    met = sum(meet_in(store, at) for store in stores.order_by("pk"))
    waiting.filter(seen_at__lt=at - AWAITED).delete()
    return met


def meet_in(store: Store, at: datetime) -> int:
    met, last = 0, 0
    while rows := list(arrived(store).filter(pk__gt=last)[:AT_ONCE]):
        last = rows[-1].pk
        with transaction.atomic():
            hold()
            found = resolve(store, rows)
            Sighting.objects.of(store).bulk_update(found, ["customer"], batch_size=500)
            settle(store, found, at)
        met += len(found)
    return met


def arrived(store: Store) -> QuerySet[Sighting]:
    """Those whose customer or order is here; an order may still be another one's."""
    same = {"store": store, "woo_id": OuterRef("woo_id")}
    customers = Exists(Customer.objects.of(store).filter(**same))
    orders = Exists(Order.objects.of(store).filter(**same, customer__isnull=False))
    waiting = Sighting.objects.of(store).filter(customer=None)
    is_order = Q(evidence=Evidence.ORDER)
    return waiting.filter((is_order & orders) | (~is_order & customers)).order_by("pk")


def forget(at: datetime) -> int:
    """Drop who visitors were that were not seen for so long. What they did stays with
    whom it belongs to."""
    before = at - REMEMBERED
    old = Sighting.objects.across_stores().filter(last_at__lt=before)
    later = Sighting.objects.across_stores().filter(
        store=OuterRef("store"), visitor=OuterRef("visitor"), last_at__gte=before
    )
    count, _ = old.filter(~Exists(later)).delete()
    Link.objects.across_stores().filter(last_at__lt=before, ended_at=None).filter(
        ~Exists(later)
    ).delete()
    return count


def meet_exposed(store: Store, since: datetime) -> int:
    """Of those who were written down since then, who was known already: a page does not
    ask whom a visitor was found to be."""
    names, count = unknown(store, since), 0
    for start in range(0, len(names), AT_ONCE):
        with transaction.atomic():
            # Else a roll that finds out better meanwhile would be overwritten.
            hold()
            known = timelines_of(store, names[start : start + AT_ONCE])
            owners = {name: Owner(found.customer_at) for name, found in known.items()}
            count += identify(store, owners)
    return count


def timelines_of(store: Store, visitors: list[str]) -> dict[str, Timeline]:
    links: dict[str, list[Link]] = {}
    rows = Link.objects.of(store).filter(visitor__in=visitors)
    for row in rows.order_by("first_at", "customer"):
        links.setdefault(row.visitor, []).append(row)
    return {name: Timeline(tuple(as_spells(found))) for name, found in links.items()}
