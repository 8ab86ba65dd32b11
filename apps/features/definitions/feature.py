"""How a number is declared: once, here, for training, serving, pages and documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """What a value is. Free of polars: pages and the API read declarations, too."""

    COUNT = "count"
    # In the store's currency.
    MONEY = "money"
    # Of one: 0.25 is a quarter.
    SHARE = "share"
    DAYS = "days"
    NUMBER = "number"
    # 0 to 23, in the store's time.
    HOUR = "hour"
    # 1 is Monday.
    WEEKDAY = "weekday"
    # Yes or no; unknown is neither.
    FLAG = "flag"
    TEXT = "text"
    # Another row's id.
    REFERENCE = "reference"
    # [{"key": "M", "share": 0.8}, …], the largest first.
    SHARES = "shares"
    # One number for each month of the year, January first.
    MONTHS = "months"


@dataclass(frozen=True)
class Feature:
    """`default` stands where nothing is known; None says that nothing can be said."""

    name: str
    unit: Unit
    label: str
    words: str
    default: Any = None


@dataclass(frozen=True)
class Group:
    """Features that are worked out together, from the same rows."""

    name: str
    title: str
    features: Sequence[Feature]


@dataclass(frozen=True)
class Kind:
    """What the numbers are about. `keys` name one row of the frame."""

    name: str
    keys: Sequence[str]
    groups: Sequence[Group]

    @property
    def features(self) -> list[Feature]:
        return [feature for group in self.groups for feature in group.features]

    def feature(self, name: str) -> Feature:
        return next(feature for feature in self.features if feature.name == name)


def count(name: str, label: str, words: str) -> Feature:
    return Feature(name, Unit.COUNT, label, words, 0)


def sum_of(name: str, label: str, words: str) -> Feature:
    """Money that is zero where nothing happened."""
    return Feature(name, Unit.MONEY, label, words, 0.0)


def money(name: str, label: str, words: str) -> Feature:
    """Money that may be unknown."""
    return Feature(name, Unit.MONEY, label, words)


def share(name: str, label: str, words: str) -> Feature:
    return Feature(name, Unit.SHARE, label, words)


def days(name: str, label: str, words: str) -> Feature:
    return Feature(name, Unit.DAYS, label, words)


def number(name: str, label: str, words: str) -> Feature:
    return Feature(name, Unit.NUMBER, label, words)


def shares(name: str, label: str, words: str) -> Feature:
    return Feature(name, Unit.SHARES, label, words, ())
