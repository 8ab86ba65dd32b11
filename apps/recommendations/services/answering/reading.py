"""From where an answer takes products and lists: this moment's, or seconds old ones.

A page asks for several shelves at a time, thousands of times an hour, mostly of the same
products: it takes what its process has read (`Remembered`), and whoever asks so forgets
within a second what has changed since (changed.py). Whoever asks for one shelf, or looks how rules work, gets this
moment's (`Fresh`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.recommendations.services.answering import cards, rows
from apps.recommendations.services.answering.ask import Ask, Card
from apps.recommendations.services.answering.cards import Tree
from apps.recommendations.services.answering.rows import Picks

# Until it changes (changed.py); so long for what no change tells of: a publication date
# that comes, a category that goes.
CARDS: Memory[tuple[int, int], Card] = Memory(300.0, most=50_000)
# Made anew each night.
LISTS: Memory[tuple[int, str], Mapping[str, Picks]] = Memory(120.0, most=20_000)
# That there is none yet: those of a new product follow in seconds.
NO_LISTS: Memory[tuple[int, str], Mapping[str, Picks]] = Memory(10.0, most=20_000)
# Of all a category holds, which takes the database longest.
NAMED: Memory[tuple[Any, ...], list[int]] = Memory(30.0)
MEMBERS: Memory[tuple[int, int], frozenset[int]] = Memory(120.0, most=1_000)
CAPPED = 20
# Of what the database finds, so that variety and chance have a choice.
MORE = 16
# Read by whoever it is about, and seldom twice.
OWN = "customer:"
Lists = Mapping[tuple[str, str], Picks]


class Reading(Protocol):
    def cards(self, products: Collection[int]) -> dict[int, Card]: ...

    def lists(self, subjects: Collection[str], version: int | None) -> Lists: ...

    def members(self, category: int, tree: Tree) -> frozenset[int] | None:
        """All products of a category and those below; None: each is looked at itself."""
        ...

    def selling(self, ask: Ask, tree: Tree, inside: Collection[int]) -> list[int]:
        """What sells best of late in these categories."""
        ...

    def newest(self, ask: Ask, tree: Tree, hidden: Collection[int]) -> list[int]:
        """New arrivals, and behind them all that can be bought."""
        ...


@dataclass(frozen=True, slots=True)
class Fresh:
    store: Store
    at: datetime

    def cards(self, products: Collection[int]) -> dict[int, Card]:
        return cards.cards_of(self.store, products, self.at)

    def lists(self, subjects: Collection[str], version: int | None) -> Lists:
        return rows.shelves(self.store, subjects, version)

    def members(self, category: int, tree: Tree) -> frozenset[int] | None:
        return None

    def selling(self, ask: Ask, tree: Tree, inside: Collection[int]) -> list[int]:
        there = cards.sellable(self.store, ask, self.at, tree)
        held = there.filter(cards.in_categories(inside))
        return cards.selling(self.store, held, MORE + most_of(ask))

    def newest(self, ask: Ask, tree: Tree, hidden: Collection[int]) -> list[int]:
        there = cards.sellable(self.store, ask, self.at, tree)
        return cards.newest(there.exclude(pk__in=hidden), MORE + most_of(ask))


def most_of(ask: Ask) -> int:
    """With caps more: the best few might all be of one brand."""
    return 2 * (ask.limit or 0) * (CAPPED if ask.wishes.has_caps else 1)


@dataclass(frozen=True, slots=True)
class Remembered:
    store: Store
    at: datetime

    def cards(self, products: Collection[int]) -> dict[int, Card]:
        store = self.store.pk
        known = CARDS.get_all([(store, pk) for pk in products])
        found = {pk: card for (_, pk), card in known.items()}
        if missing := [pk for pk in products if pk not in found]:
            fresh = cards.cards_of(self.store, missing, self.at)
            CARDS.put_all({(store, pk): card for pk, card in fresh.items()})
            found.update(fresh)
        return found

    def lists(self, subjects: Collection[str], version: int | None) -> Lists:
        if version is not None:
            return rows.shelves(self.store, subjects, version)
        store = self.store.pk
        names = [(store, subject) for subject in subjects]
        known = LISTS.get_all(names)
        if len(known) < len(names):
            known |= NO_LISTS.get_all(name for name in names if name not in known)
        found = {
            (kind, subject): one
            for (_, subject), kinds in known.items()
            for kind, one in kinds.items()
        }
        missing = [subject for subject in subjects if (store, subject) not in known]
        if missing:
            fresh = rows.shelves(self.store, missing, None)
            self.keep(missing, fresh)
            found.update(fresh)
        return found

    def keep(self, subjects: Collection[str], fresh: Lists) -> None:
        """Also that there is nothing about one."""
        about: dict[str, dict[str, Picks]] = {
            subject: {} for subject in subjects if not subject.startswith(OWN)
        }
        for (kind, subject), picks in fresh.items():
            if subject in about:
                about[subject][kind] = picks
        store = self.store.pk
        for memory, is_there in ((LISTS, True), (NO_LISTS, False)):
            memory.put_all(
                {
                    (store, subject): kinds
                    for subject, kinds in about.items()
                    if bool(kinds) == is_there
                }
            )

    def members(self, category: int, tree: Tree) -> frozenset[int] | None:
        return MEMBERS.ask(
            (self.store.pk, category),
            lambda: frozenset(rows.members(self.store, tree.within(category))),
        )

    def selling(self, ask: Ask, tree: Tree, inside: Collection[int]) -> list[int]:
        name = (self.store.pk, "selling", filters_of(ask), frozenset(inside))
        fresh = Fresh(self.store, self.at)
        return NAMED.ask(name, lambda: fresh.selling(ask, tree, inside))

    def newest(self, ask: Ask, tree: Tree, hidden: Collection[int]) -> list[int]:
        """Who has bought nearly all of them is asked for alone."""
        name = (self.store.pk, "newest", filters_of(ask), frozenset[int]())
        fresh = Fresh(self.store, self.at)
        found = NAMED.ask(name, lambda: fresh.newest(ask, tree, ()))
        left = [product for product in found if product not in hidden]
        is_short = len(left) < (ask.limit or 0) and len(found) >= MORE
        return fresh.newest(ask, tree, hidden) if is_short else left


def filters_of(ask: Ask) -> tuple[Any, ...]:
    prices = (ask.price_from, ask.price_to)
    return (ask.size, *prices, ask.category, ask.limit, ask.wishes)
