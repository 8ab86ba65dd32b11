"""What is known at this moment of whom a shelf is for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from apps.accounts.models import Store
from apps.core.services.plain_sql import Rows, parsed
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import rows
from apps.recommendations.services.answering.ask import Ask

BUYING = "order"
LOOKING = ("product_view", "add_to_cart", "wishlist", "recommendation_clicked")
VIEWED_DAYS = 30
# The newest; nobody's shelf depends on more.
MOST_DEEDS = 200
MOST_VIEWED = 20
AT = itemgetter(2)
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
    # What the page's maker asked besides; empty where there is no answer.
    besides: str = ""


def shopper_of(
    store: Store,
    ask: Ask,
    settings: ShelfSettings,
    at: datetime,
    besides: rows.Part | None = None,
) -> Shopper:
    """`besides`: a question with one text for an answer, asked in the same breath."""
    parts = [*by_visits(store, ask, settings, at), *by_shop(store, ask, settings, at)]
    if besides is not None:
        parts.append(rows.besides(besides))
    found = rows.together(parts)
    looks = sorted((row for row in found if row[0] == "viewed"), key=AT, reverse=True)
    viewed = dict.fromkeys((*ask.viewed, *(row[1] for row in looks)))
    numbers, spent, average_order = numbers_in(found)
    return Shopper(
        viewed=tuple(viewed)[:MOST_VIEWED],
        bought=frozenset(row[1] for row in found if row[0] == "bought"),
        shown=shown_in(found),
        sizes=sizes_of(numbers),
        spent=spent,
        average_order=average_order,
        besides=besides_in(found),
    )


def by_visits(
    store: Store, ask: Ask, settings: ShelfSettings, at: datetime
) -> Iterator[rows.Part]:
    """What was looked at, bought and shown, as visits told it."""
    looked = at - timedelta(days=VIEWED_DAYS)
    bought = at - timedelta(days=settings.bought_days)
    named = {"customer_id": ask.customer, "visitor": ask.visitor or None}
    for who in named.items():
        if who[1] is not None:
            yield rows.deeds(store, who, "viewed", LOOKING, looked, MOST_DEEDS)
            # Apart, so that many looks push out no purchase.
            yield rows.deeds(store, who, "bought", (BUYING,), bought, MOST_DEEDS)
    if ask.visitor and settings.fatigue_days:
        since = at - timedelta(days=settings.fatigue_days)
        yield rows.shown(store, ask.visitor, since)


def by_shop(
    store: Store, ask: Ask, settings: ShelfSettings, at: datetime
) -> Iterator[rows.Part]:
    if ask.customer is None:
        return
    yield rows.numbers(store, ask.customer)
    if settings.bought_days:
        since = at - timedelta(days=settings.bought_days)
        yield rows.bought(store, ask.customer, since)


def shown_in(found: Rows) -> dict[int, float]:
    for what, _, _, times, *_ in found:
        if what == "shown":
            return {int(product): count for product, count in parsed(times).items()}
    return {}


def numbers_in(found: Rows) -> tuple[dict[str, Any], float, float | None]:
    for what, _, _, numbers, spent, average_order in found:
        if what == "numbers":
            return parsed(numbers), spent, average_order
    return {}, 0.0, None


def besides_in(found: Rows) -> str:
    return next((row[3] or "" for row in found if row[0] == "besides"), "")


def sizes_of(numbers: Mapping[str, Any]) -> dict[int, frozenset[str]]:
    """From shares such as {"key": "7:M", "share": 0.8}: main category 7, size M."""
    found: dict[int, set[str]] = defaultdict(set)
    for part in numbers.get("size_profile") or ():
        group, _, size = str(part["key"]).partition(":")
        if part["share"] >= SIZE_SHARE and group.isdecimal():
            found[int(group)].add(size)
    return {group: frozenset(sizes) for group, sizes in found.items()}
