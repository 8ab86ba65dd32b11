"""Products of the log as they are now: prices, brands and colors of then are not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.recommendations.services.answering import cards
from apps.recommendations.services.answering.ask import Card
from apps.recommendations.services.answering.choosing import (
    BY_BRAND,
    BY_CATEGORY,
    BY_COLOR,
)
from apps.recommendations.services.what_if.change import Change
from apps.shop.models import Product
from ml_models.data import Floats

Facts = Mapping[str, Any]
COLUMNS = ("pk", "price", "regular_price", "cost", "brand", "published_at")
DAY = 86_400.0
AT_ONCE = 400


def is_cheaper(one: Facts, value: Any, at: datetime) -> bool:
    return one["price"] is not None and float(one["price"]) <= value


def is_dearer(one: Facts, value: Any, at: datetime) -> bool:
    return one["price"] is not None and float(one["price"]) >= value


def is_newer(one: Facts, value: Any, at: datetime) -> bool:
    born = one["published_at"]
    return born is not None and bool((at - born).total_seconds() <= value * DAY)


def has_margin(one: Facts, value: Any, at: datetime) -> bool:
    if not one["price"] or one["cost"] is None:
        return False
    share = float((one["price"] - one["cost"]) / one["price"])
    return bool(100 * share >= value)


def is_of_brand(one: Facts, value: Any, at: datetime) -> bool:
    return str(one["brand"]).casefold() == str(value).casefold()


def is_reduced(one: Facts, value: Any, at: datetime) -> bool:
    price, regular = one["price"], one["regular_price"]
    return price is not None and regular is not None and bool(price < regular)


TESTS: Mapping[str, Callable[[Facts, Any, datetime], bool]] = {
    "cheaper": is_cheaper,
    "dearer": is_dearer,
    "newer": is_newer,
    "margin": has_margin,
    "brand": is_of_brand,
    "sale": is_reduced,
}


class Goods:
    """Read once each. A product that was deleted since is like no other one, and nothing
    is preferred of it."""

    def __init__(self, store: Store, at: datetime) -> None:
        self.store, self.at = store, at
        self.facts: dict[int, Facts] = {}
        self.cards: dict[int, Card | None] = {}

    def preferred(self, change: Change, product: int, at: datetime) -> bool:
        one = self.facts.get(product)
        return TESTS[change.prefer](one, change.prefer_value, at) if one else False

    def read_facts(self, products: Iterable[int]) -> None:
        for part in parts(set(products) - self.facts.keys()):
            rows = Product.objects.of(self.store).live().filter(pk__in=part)
            self.facts.update({one: {} for one in part})
            self.facts.update({row["pk"]: row for row in rows.values(*COLUMNS)})

    def likeness(self, products: Sequence[int]) -> NDArray[np.float64]:
        """(products, products), as answering/choosing.py has it for two cards."""
        for part in parts(set(products) - self.cards.keys()):
            there = cards.cards_of(self.store, part, self.at)
            self.cards.update({one: there.get(one) for one in part})
        known = [self.cards[one] for one in products]
        alike = BY_CATEGORY * shared(
            [card.categories if card else () for card in known]
        )
        alike += BY_BRAND * shared(
            [{card.brand} - {""} if card else () for card in known]
        )
        alike += BY_COLOR * shared(
            [card.colors - {""} if card else () for card in known]
        )
        return alike


def parts(products: Iterable[int]) -> Iterable[list[int]]:
    left = sorted(products)
    return (left[start : start + AT_ONCE] for start in range(0, len(left), AT_ONCE))


def shared(held: Sequence[Iterable[Any]]) -> Floats:
    """(n, n): 1 where two have something in common."""
    names: dict[Any, int] = {}
    for own in held:
        for name in own:
            names.setdefault(name, len(names))
    table = np.zeros((len(held), max(1, len(names))), np.float32)
    for row, own in enumerate(held):
        table[row, [names[name] for name in own]] = 1
    return np.asarray(table @ table.T > 0, np.float64)


@dataclass(frozen=True)
class Sales:
    """Pieces sold in the four weeks before the period: those sold in it came, in part,
    of the very shelves that are judged."""

    pieces: Mapping[int, float]

    @property
    def most(self) -> float:
        return max(self.pieces.values(), default=0.0) or 1.0

    def share(self, product: int) -> float:
        return self.pieces.get(product, 0.0) / self.most
