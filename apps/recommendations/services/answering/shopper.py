"""What is known at this moment of whom a shelf is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apps.accounts.models import Store
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import rows
from apps.recommendations.services.answering.ask import Ask

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
    shown: Mapping[int, float] = field(default_factory=dict)
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
    wanted = (
        (LOOKING, at - timedelta(days=VIEWED_DAYS)),
        # Apart, so that many looks push out no purchase.
        ((BUYING,), at - timedelta(days=settings.bought_days)),
    )
    found = rows.deeds(store, (ask.customer, ask.visitor), wanted, MOST_DEEDS)
    viewed = [product for product, kind in found if kind != BUYING]
    bought = frozenset(product for product, kind in found if kind == BUYING)
    return tuple(dict.fromkeys(viewed)), bought


def bought_by(
    store: Store, ask: Ask, settings: ShelfSettings, at: datetime
) -> frozenset[int]:
    if ask.customer is None or not settings.bought_days:
        return frozenset()
    since = at - timedelta(days=settings.bought_days)
    return frozenset(rows.bought(store, ask.customer, since))


def shown_to(
    store: Store, ask: Ask, settings: ShelfSettings, at: datetime
) -> dict[int, float]:
    if not ask.visitor or not settings.fatigue_days:
        return {}
    since = at - timedelta(days=settings.fatigue_days)
    return rows.shown(store, ask.visitor, since)


def numbers_of(store: Store, ask: Ask) -> tuple[dict[str, Any], float, float | None]:
    if ask.customer is None:
        return {}, 0.0, None
    return rows.numbers(store, ask.customer)


def sizes_of(numbers: Mapping[str, Any]) -> dict[int, frozenset[str]]:
    """From shares such as {"key": "7:M", "share": 0.8}: main category 7, size M."""
    found: dict[int, set[str]] = defaultdict(set)
    for part in numbers.get("size_profile") or ():
        group, _, size = str(part["key"]).partition(":")
        if part["share"] >= SIZE_SHARE and group.isdecimal():
            found[int(group)].add(size)
    return {group: frozenset(sizes) for group, sizes in found.items()}
