"""Who names products for a shelf, and in which turn.

A kind's stages are asked one after the other until the shelf is full. Within a stage
several sources may name the same product: it gains from each. What a later stage names
stands behind, unless it was moved there by variety or fatigue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import NamedTuple

from apps.accounts.models import Store
from apps.recommendations.models import Kind
from apps.recommendations.models.shelf import (
    EVERYBODY,
    of_customer,
    of_product,
    of_segment,
)
from apps.recommendations.services.answering.ask import Ask, Candidate, Card
from apps.recommendations.services.answering.cards import tree_of
from apps.recommendations.services.answering.reading import Reading
from apps.recommendations.services.answering.rows import Picks
from apps.recommendations.services.answering.shopper import Shopper
from apps.recommendations.services.segments import group_of

# What was just looked at counts most; the one before it so much less.
RECENCY = 0.7
SESSION = 6
# Of a basket, the products whose neighbors are read.
MOST_ANCHORS = 10
# How much sooner a first rank comes than a later one.
FLATTENING = 10
# What is behind it adds nothing that could be seen.
DEEPEST = 500
FADING = [FLATTENING / (FLATTENING + rank) for rank in range(DEEPEST)]
NOTHING: Picks = ([], "")


class Named(NamedTuple):
    """A source's list, best first: (product, reason code, what it is about). `instead`:
    another reason than the list's own."""

    source: str
    weight: float
    picks: Sequence[tuple[int, str, int | None]]
    instead: tuple[str, int] | None = None


Source = Callable[["Known"], Iterable[Named]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a stage names, the best first. Candidates are made of the few that are looked
    at."""

    products: list[int]
    values: Mapping[int, float]
    best: Mapping[int, tuple[float, str, str, int | None]]
    scale: float

    @property
    def least(self) -> float:
        return self.values[self.products[-1]] * self.scale

    def candidates(self, products: Iterable[int]) -> list[Candidate]:
        return [
            Candidate(
                product, self.values[product] * self.scale, *self.best[product][1:]
            )
            for product in products
        ]


@dataclass
class Known:
    """What was read for one answer."""

    store: Store
    ask: Ask
    at: datetime
    shopper: Shopper
    reading: Reading
    looked_up: dict[int, Card | None] = field(default_factory=dict)
    # By kind and subject: picks, and the version that made them. None: not read yet.
    shelves: Mapping[tuple[str, str], Picks] | None = None
    stages: dict[tuple[Source, ...], Ranked] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = tree_of(self.store)
        # Versions that had a say, for the log.
        self.used: set[str] = set()

    def picks(self, kind: str, subject: str) -> list[tuple[int, str, int | None]]:
        picks, version = (self.shelves or {}).get((kind, subject), NOTHING)
        if version:
            self.used.add(version)
        return picks

    def named(self, stage: tuple[Source, ...], height: float) -> Ranked:
        """Worked out once, since the first stage of a page's shelves is asked for before
        they are filled. `height` is the same whenever a stage is asked for."""
        if stage not in self.stages:
            named = [one for source in stage for one in source(self)]
            self.stages[stage] = merged(named, height)
        return self.stages[stage]


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
        yield Named("session", weight, picks, ("viewed", product))
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
        there = known.reading.cards(anchors).values() if anchors else ()
        inside = {held for card in there for held in card.categories}
    if not inside:
        return
    best = known.reading.selling(ask, tree, inside)
    yield Named("context", 1.0, [(p, "category", None) for p in best])


def newest(known: Known) -> Iterator[Named]:
    """New arrivals, and behind them all that can be bought: no shelf stays empty."""
    hidden = known.ask.unwanted | known.shopper.bought
    found = known.reading.newest(known.ask, known.tree, hidden)
    yield Named("new", 1.0, [(p, "new", None) for p in found])


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
    # What nobody looked at has no place here: a short shelf, or none.
    Kind.RECENT: ((recent,),),
    Kind.REBUY: ((rebuy,), (own,), (of_all,), *LAST),
    Kind.HERO: ((hero,), (hero_of_all,), (of_all,), (trending,), (newest,)),
}
# What asks the database by itself is asked only where the shelf is not full.
ASKING: tuple[Source, ...] = (context, newest)


@cache
def stages_for(kinds: tuple[str, ...]) -> tuple[tuple[Source, ...], ...]:
    """Of several kinds in turn: what each names by itself, then what the last falls
    back on."""
    stages: dict[tuple[Source, ...], None] = {}
    for kind in kinds[:-1]:
        own = [stage for stage in STAGES[kind] if stage not in LAST]
        # Where a kind has no lists of its own, its first stage is what it is.
        stages.update(dict.fromkeys(own or STAGES[kind][:1]))
    stages.update(dict.fromkeys(STAGES[kinds[-1]]))
    return tuple(stages)


def subjects_of(known: Known) -> set[str]:
    """What the lists are about that any stage may want."""
    ask, shopper = known.ask, known.shopper
    subjects = {EVERYBODY, my_group(known)}
    if ask.customer is not None:
        subjects.add(me(known))
    products = (*ask.anchors[:MOST_ANCHORS], *shopper.viewed[:SESSION])
    subjects.update(of_product(product) for product in products)
    return subjects


def merged(named: Iterable[Named], height: float) -> Ranked:
    """Each product once, best first; `height` is the value of the best one."""
    values: dict[int, float] = {}
    best: dict[int, tuple[float, str, str, int | None]] = {}
    for one in named:
        source, weight, picks, instead = one
        for share, (product, code, about) in zip(FADING, picks, strict=False):
            value = weight * share
            if product not in values:
                values[product] = value
            else:
                values[product] += value
                if value <= best[product][0]:
                    continue
            code, about = instead or (code, about)
            best[product] = (value, source, code, about)
    scale = height / max(values.values(), default=1.0)
    # By value, then by product: a sort keeps the order of equals.
    ordered = sorted(sorted(values), key=values.__getitem__, reverse=True)
    return Ranked(ordered, values, best, scale)
