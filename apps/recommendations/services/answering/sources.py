"""Who names products for a shelf, and in which turn.

A kind's stages are asked one after the other until the shelf is full. Within a stage
several sources may name the same product: it gains from each. What a later stage names
stands behind, unless it was moved there by variety or fatigue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.recommendations.models import Kind
from apps.recommendations.models.shelf import (
    EVERYBODY,
    of_customer,
    of_product,
    of_segment,
)
from apps.recommendations.services.answering import cards, rows
from apps.recommendations.services.answering.ask import Ask, Candidate
from apps.recommendations.services.answering.cards import Tree
from apps.recommendations.services.answering.shopper import Shopper
from apps.recommendations.services.segments import group_of

# What was just looked at counts most; the one before it so much less.
RECENCY = 0.7
SESSION = 6
# Of a basket, the products whose neighbors are read.
MOST_ANCHORS = 10
# How much sooner a first rank comes than a later one.
FLATTENING = 10
# Of what the database finds, so that variety and chance have a choice.
MORE = 16


@dataclass(frozen=True, slots=True)
class Named:
    """A source's list, best first: (product, reason code, what it is about)."""

    source: str
    weight: float
    picks: Sequence[tuple[int, str, int | None]]


@dataclass
class Known:
    """What was read for one answer."""

    store: Store
    ask: Ask
    at: datetime
    shopper: Shopper
    # By kind and subject: picks, and the version that made them.
    shelves: Mapping[tuple[str, str], tuple[list[Any], str]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self.tree = Tree(self.store)
        # Versions that had a say, for the log.
        self.used: set[str] = set()

    def picks(self, kind: str, subject: str) -> list[tuple[int, str, int | None]]:
        picks, version = self.shelves.get((kind, subject), ((), ""))
        if version:
            self.used.add(version)
        return [(product, code, about) for product, _, code, about in picks]


Source = Callable[[Known], Iterable[Named]]


def shelf_of(kind: Kind, subject: Callable[[Known], str]) -> Source:
    def named(known: Known) -> Iterator[Named]:
        yield Named(kind.value, 1.0, known.picks(kind, subject(known)))

    return named


def beside(kind: Kind, weight: float = 1.0) -> Source:
    """What this kind says of the page's product and of each in the basket."""

    def named(known: Known) -> Iterator[Named]:
        for product in known.ask.anchors:
            picks = known.picks(kind, of_product(product))
            if not picks and kind == Kind.SIMILAR:
                picks = known.picks(Kind.CONTENT, of_product(product))
            yield Named(kind.value, weight, picks)

    return named


def session(known: Known) -> Iterator[Named]:
    """Neighbors of what was just viewed, the newest first: the next click counts."""
    weight = 1.0
    for product in known.shopper.viewed[:SESSION]:
        subject = of_product(product)
        picks = known.picks(Kind.SIMILAR, subject) or known.picks(Kind.CONTENT, subject)
        because = [(pick, "viewed", product) for pick, _, _ in picks]
        yield Named("session", weight, because)
        weight *= RECENCY


def recent(known: Known) -> Iterator[Named]:
    yield Named("recent", 1.0, [(p, "recent", None) for p in known.shopper.viewed])


def context(known: Known) -> Iterator[Named]:
    """What sells in the categories that the page, or the visitor, is in."""
    ask, tree = known.ask, known.tree
    if ask.category is not None:
        inside = tree.within(ask.category)
    else:
        anchors = (ask.anchors or known.shopper.viewed)[:1]
        inside = (
            set().union(*cards.categories_of(anchors).values()) if anchors else set()
        )
    if not inside:
        return
    there = cards.sellable(known.store, ask, known.at, tree)
    held = there.filter(cards.in_categories(inside))
    best = cards.selling(known.store, held, MORE + most_of(ask))
    yield Named("context", 1.0, [(p, "category", None) for p in best])


def newest(known: Known) -> Iterator[Named]:
    """New arrivals, and behind them all that can be bought: no shelf stays empty."""
    there = cards.sellable(known.store, known.ask, known.at, known.tree)
    hidden = known.ask.unwanted | known.shopper.bought
    found = cards.newest(there.exclude(pk__in=hidden), MORE + most_of(known.ask))
    yield Named("new", 1.0, [(p, "new", None) for p in found])


def most_of(ask: Ask) -> int:
    return 2 * (ask.limit or 0)


def me(known: Known) -> str:
    return of_customer(known.ask.customer or 0)


def my_group(known: Known) -> str:
    return of_segment(group_of(known.shopper.spent))


def everybody(_: Known) -> str:
    return EVERYBODY


own = shelf_of(Kind.PERSONAL, me)
of_all = shelf_of(Kind.PERSONAL, everybody)
alike = shelf_of(Kind.ALIKE, me)
rebuy = shelf_of(Kind.REBUY, me)
hero = shelf_of(Kind.HERO, my_group)
hero_of_all = shelf_of(Kind.HERO, everybody)
trending = shelf_of(Kind.TRENDING, everybody)
LAST: tuple[tuple[Source, ...], ...] = ((context,), (trending,), (newest,))
STAGES: Mapping[str, tuple[tuple[Source, ...], ...]] = {
    Kind.PERSONAL: (
        (session, own, beside(Kind.SIMILAR, 0.7), beside(Kind.TOGETHER, 0.7)),
        (alike, of_all),
        *LAST,
    ),
    Kind.SIMILAR: ((beside(Kind.SIMILAR),), (beside(Kind.CONTENT),), *LAST),
    Kind.TOGETHER: ((beside(Kind.TOGETHER),), (beside(Kind.OUTFIT),), (own,), *LAST),
    Kind.UPSELL: ((beside(Kind.UPSELL),), (beside(Kind.SIMILAR),), *LAST),
    Kind.OUTFIT: ((beside(Kind.OUTFIT),), (beside(Kind.TOGETHER),), (own,), *LAST),
    Kind.ALIKE: ((alike,), (own,), (of_all,), *LAST),
    Kind.TRENDING: ((trending,), (newest,)),
    Kind.NEW: ((newest,),),
    Kind.RECENT: ((recent,), (session, own), *LAST),
    Kind.REBUY: ((rebuy,), (own,), (of_all,), *LAST),
    Kind.HERO: ((hero,), (hero_of_all,), (of_all,), (trending,), (newest,)),
}
# What asks the database by itself is asked only where the shelf is not full.
ASKING: tuple[Source, ...] = (context, newest)


def read_shelves(known: Known, version: int | None = None) -> None:
    """All lists that any stage may want, in one query; `version`: as in Dials."""
    ask, shopper = known.ask, known.shopper
    subjects = {EVERYBODY, my_group(known)}
    if ask.customer is not None:
        subjects.add(me(known))
    products = (*ask.anchors[:MOST_ANCHORS], *shopper.viewed[:SESSION])
    subjects.update(of_product(product) for product in products)
    known.shelves = rows.shelves(known.store, subjects, version)


def merged(named: Iterable[Named], height: float) -> list[Candidate]:
    """Each product once, best first; `height` is the value of the best one."""
    values: dict[int, float] = {}
    best: dict[int, tuple[float, str, str, int | None]] = {}
    for one in named:
        for rank, (product, code, about) in enumerate(one.picks):
            value = one.weight * FLATTENING / (FLATTENING + rank)
            values[product] = values.get(product, 0.0) + value
            if product not in best or value > best[product][0]:
                best[product] = (value, one.source, code, about)
    if not values:
        return []
    scale = height / max(values.values())
    ordered = sorted(values, key=lambda product: (-values[product], product))
    return [Candidate(p, values[p] * scale, *best[p][1:]) for p in ordered]
