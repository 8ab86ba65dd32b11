"""What a payload of the shop says, in our words. Values are those of our columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Parsed:
    woo_id: int
    # None where the shop keeps no such moment: categories, tags, attributes.
    modified_at: datetime | None
    values: dict[str, Any]
    # False for what is in the bin.
    is_live: bool = True
    # The product of a variation, the order of a refund, the attribute of a term.
    parent_id: int = 0


@dataclass(frozen=True)
class ParsedProduct(Parsed):
    # Each by its id, name and slug.
    categories: list[tuple[int, str, str]] = field(default_factory=list)
    tags: list[tuple[int, str, str]] = field(default_factory=list)
    # (media id, values)
    images: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    variation_ids: list[int] = field(default_factory=list)
    # Of a product without choices: its only variant.
    variant: dict[str, Any] | None = None


@dataclass(frozen=True)
class ParsedVariation(Parsed):
    image: tuple[int, dict[str, Any]] | None = None


@dataclass(frozen=True)
class Line:
    """Of an order or a refund; `line_id` is the order's line that a refund gives back."""

    woo_id: int
    values: dict[str, Any]
    product_id: int = 0
    variation_id: int = 0
    line_id: int = 0


@dataclass(frozen=True)
class Person:
    """Who bought: registered customers by id, guests by e-mail."""

    customer_id: int
    email: str
    values: dict[str, str]
    place: dict[str, str]


@dataclass(frozen=True)
class ParsedOrder(Parsed):
    lines: list[Line] = field(default_factory=list)
    person: Person | None = None
    refund_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class ParsedRefund(Parsed):
    lines: list[Line] = field(default_factory=list)
