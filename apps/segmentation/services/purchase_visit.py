"""A visit under way: what it did so far, and what was known before it began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.events.models import Interaction, Link, Session
from apps.events.models.rollups import UNIT
from apps.segmentation.services.purchase_numbers import (
    MOST_ORDERS,
    MOST_STEPS,
    MOST_VISITS,
    OF_PRODUCTS,
    PAST,
    Bought,
    Doing,
    Earlier,
    Step,
    Value,
    bought_before,
    visits_before,
    when,
)
from apps.shop.models import Customer, Order

# Who did nothing for so long has left.
LEFT = timedelta(minutes=30)
COLUMNS = (
    "key", "visitor", "started_at", "last_at", "device", "channel", "page_views",
    "searches", "frustrations", "checkout_at", "ordered_at", "revenue", "customer_then",
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """`overdue`: days since the last order by the usual days between two. `ordered`:
    what an order in the visit was worth, None where there is none."""

    key: str
    numbers: Mapping[str, Value]
    overdue: float | None = None
    ordered: float | None = None


def under_way(store: Store, at: datetime, visitor: str, session: str) -> Visit | None:
    """The newest visit of a person whose last sign is less than half an hour old."""
    rows = recent(store, at, visitor, session)
    found = next((row for row in rows if session in ("", row["key"])), None)
    if found is None or found["last_at"] < at - LEFT:
        return None
    if found["ordered_at"] is not None:
        return Visit(found["key"], {}, ordered=found["revenue"] / UNIT)
    orders = orders_of(store, found)
    earlier = rows if found["visitor"] else []
    numbers = {
        **when(found["started_at"], ZoneInfo(store.time_zone)),
        **visits_before(
            found["started_at"],
            [Earlier(r["started_at"], r["ordered_at"]) for r in reversed(earlier)],
        ),
        **bought_before(found["started_at"], orders),
        **doing(store, found).numbers(),
        "device": found["device"],
        "channel": found["channel"],
    }
    return Visit(found["key"], numbers, overdue_of(orders or (), found["started_at"]))


def recent(
    store: Store, at: datetime, visitor: str, session: str
) -> list[dict[str, Any]]:
    """Visits of the browser, the newest first, each with who it was known to be before
    it began."""
    visits = Session.objects.of(store)
    if session:
        # Asked first: a key or a visitor in one condition is in no index.
        named = visits.filter(key=session).values_list("visitor", flat=True)
        visitor = named.first() or ""
    whose = {"visitor": visitor} if visitor else {"key": session}
    spells = Link.objects.of(store).filter(
        visitor=OuterRef("visitor"), first_at__lt=OuterRef("started_at")
    )
    person = spells.order_by("-first_at", "-pk").values(
        who=Coalesce("customer__merged_into", "customer")
    )
    found = (
        visits.of_people()
        .filter(**whose, started_at__gte=at - LEFT - PAST, started_at__lte=at)
        .annotate(customer_then=Subquery(person[:1]))
        .order_by("-started_at", "-key")
    )
    # The visit itself, too.
    return list(found.values(*COLUMNS)[: MOST_VISITS + 1])


def orders_of(store: Store, visit: Mapping[str, Any]) -> list[Bought] | None:
    """By time; None where nobody knew who it was."""
    customer = visit["customer_then"]
    if customer is None:
        return None
    # Asked first: people and orders in one condition are in no index.
    merged = Customer.objects.of(store).filter(merged_into=customer)
    same = [customer, *merged.order_by().values_list("pk", flat=True)]
    placed = (
        Order.objects.of(store)
        .earning()
        .filter(
            customer__in=same,
            placed_at__lt=visit["started_at"],
            currency=store.currency,
        )
        .order_by("-placed_at", "-pk")
    )
    told = list(placed.values_list("placed_at", "total")[:MOST_ORDERS])
    return [Bought(at, float(total)) for at, total in reversed(told)]


def doing(store: Store, visit: Mapping[str, Any]) -> Doing:
    """Pages, searches and signs of anger as the visit's row has counted them."""
    found = Doing(
        visit["started_at"],
        visit["started_at"],
        pages=visit["page_views"],
        searches=visit["searches"],
        frustrations=visit["frustrations"],
    )
    if visit["checkout_at"] is not None:
        found.check_out(visit["checkout_at"])
    if not visit["visitor"]:
        return found
    deeds = Interaction.objects.of(store).filter(
        visitor=visit["visitor"],
        at__gte=visit["started_at"],
        at__lte=visit["last_at"],
        type__in=OF_PRODUCTS,
    )
    told = deeds.order_by("at", "pk").values_list(
        "at", "type", "product_id", "price", "currency", "quantity"
    )
    for at, kind, product, price, currency, quantity in told[:MOST_STEPS]:
        is_known = price is not None and currency == store.currency
        worth = float(price or 0) if is_known else None
        found.take(Step(at, kind, product, worth, quantity))
    return found


def overdue_of(orders: Sequence[Bought], at: datetime) -> float | None:
    """None before a second order: nobody knows what is usual."""
    if len(orders) < 2:
        return None
    usual = (orders[-1].placed_at - orders[0].placed_at) / (len(orders) - 1)
    return (at - orders[-1].placed_at) / usual if usual else None
