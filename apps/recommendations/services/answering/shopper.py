"""What is known at this moment of whom a shelf is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from apps.accounts.models import Store
from apps.events.models import Interaction
from apps.features.models import CustomerFeatures
from apps.recommendations.models import ShelfSettings, Shown
from apps.recommendations.services.answering.ask import Ask
from apps.shop.models import Order, OrderLine

BUYING = "order"
LOOKING = ("product_view", "add_to_cart", "wishlist", "recommendation_clicked")
VIEWED_DAYS = 30
# The newest; nobody's shelf depends on more.
MOST_DEEDS = 200
MOST_VIEWED = 20
# A size that makes up less of what was kept is somebody else's.
SIZE_SHARE = 0.2


@dataclass(frozen=True)
class Shopper:
    """`viewed` newest first; `sizes` by main category; `shown` without a click."""

    viewed: tuple[int, ...] = ()
    bought: frozenset[int] = frozenset()
    shown: Mapping[int, int] = field(default_factory=dict)
    sizes: Mapping[int, frozenset[str]] = field(default_factory=dict)
    spent: float = 0.0
    # What an order of theirs costs; None where they never ordered.
    average_order: float | None = None


def shopper_of(
    store: Store, ask: Ask, settings: ShelfSettings, at: datetime
) -> Shopper:
    viewed, bought = deeds_of(store, ask, settings, at)
    numbers, spent, average_order = numbers_of(store, ask)
    return Shopper(
        viewed=tuple(dict.fromkeys(ask.viewed + viewed))[:MOST_VIEWED],
        bought=bought | bought_by(store, ask, settings, at),
        shown=shown_to(store, ask, settings, at),
        sizes=sizes_of(numbers),
        spent=spent,
        average_order=average_order,
    )


def deeds_of(
    store: Store, ask: Ask, settings: ShelfSettings, at: datetime
) -> tuple[tuple[int, ...], frozenset[int]]:
    """(what was looked at, newest first; what was bought) as visits told it."""
    who = Q()
    if ask.customer is not None:
        who |= Q(customer=ask.customer)
    if ask.visitor:
        who |= Q(visitor=ask.visitor)
    if not who:
        return (), frozenset()
    days = max(VIEWED_DAYS, settings.bought_days)
    rows = Interaction.objects.of(store).filter(
        who, at__gt=at - timedelta(days=days), type__in=(*LOOKING, BUYING)
    )
    newest = rows.order_by("-at")[:MOST_DEEDS]
    viewed: list[int] = []
    bought: set[int] = set()
    since = at - timedelta(days=settings.bought_days)
    seen_since = at - timedelta(days=VIEWED_DAYS)
    for product, kind, moment in newest.values_list("product_id", "type", "at"):
        if kind == BUYING:
            bought |= {product} if moment > since else set()
        elif moment > seen_since:
            viewed.append(product)
    return tuple(dict.fromkeys(viewed)), frozenset(bought)


def bought_by(
    store: Store, ask: Ask, settings: ShelfSettings, at: datetime
) -> frozenset[int]:
    if ask.customer is None or not settings.bought_days:
        return frozenset()
    rows = OrderLine.objects.of(store).filter(
        order__customer=ask.customer,
        order__store=store,
        order__deleted_at=None,
        order__placed_at__gt=at - timedelta(days=settings.bought_days),
        product__isnull=False,
    )
    earning = rows.exclude(order__status__in=Order.NOT_EARNING)
    return frozenset(earning.values_list("product_id", flat=True))


def shown_to(
    store: Store, ask: Ask, settings: ShelfSettings, at: datetime
) -> dict[int, int]:
    if not ask.visitor or not settings.fatigue_days:
        return {}
    since = at - timedelta(days=settings.fatigue_days)
    rows = Shown.objects.of(store).filter(visitor=ask.visitor, last_at__gt=since)
    times: dict[str, int] = rows.values_list("times", flat=True).first() or {}
    return {int(product): count for product, count in times.items()}


def numbers_of(store: Store, ask: Ask) -> tuple[dict[str, Any], float, float | None]:
    if ask.customer is None:
        return {}, 0.0, None
    rows = CustomerFeatures.objects.of(store).filter(customer=ask.customer)
    found = rows.values_list("numbers", "spent", "average_order").first()
    return found or ({}, 0.0, None)


def sizes_of(numbers: Mapping[str, Any]) -> dict[int, frozenset[str]]:
    """From shares such as {"key": "7:M", "share": 0.8}: main category 7, size M."""
    found: dict[int, set[str]] = defaultdict(set)
    for part in numbers.get("size_profile") or ():
        group, _, size = str(part["key"]).partition(":")
        if part["share"] >= SIZE_SHARE and group.isdecimal():
            found[int(group)].add(size)
    return {group: frozenset(sizes) for group, sizes in found.items()}
