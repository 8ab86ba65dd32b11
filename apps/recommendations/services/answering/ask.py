"""What is asked of the shelves, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from apps.recommendations.models import Kind
from apps.recommendations.models.shelf import of_customer
from apps.recommendations.services.answering.wishes import NO_WISHES, Wishes

MOST = 50
# Anybody may hold a page's key, and each pick is kept with its chance in the log.
MOST_TO_PAGES = 24


class Chance(Protocol):
    """random.Random, or what a test puts in its place."""

    def random(self) -> float: ...

    def randrange(self, stop: int, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Ask:
    """Ids are our own; whose they are is checked, so that a stranger's find nothing.

    `viewed` is what the page itself knows that the visitor looked at, newest first: a
    click counts before the stream of events has brought it. `kinds`: asked in turn until
    the shelf is full, in place of `kind` alone.
    """

    kind: str = Kind.PERSONAL
    customer: int | None = None
    visitor: str = ""
    product: int | None = None
    basket: tuple[int, ...] = ()
    viewed: tuple[int, ...] = ()
    exclude: frozenset[int] = frozenset()
    category: int | None = None
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    size: str = ""
    # None: as many as the merchant set.
    limit: int | None = None
    placement: str = ""
    kinds: tuple[str, ...] = ()
    wishes: Wishes = NO_WISHES
    # Sources of which the shelf's heading speaks; empty: it promises nothing.
    claims: frozenset[str] = frozenset()
    # With enough of those, the others stay away.
    is_strict: bool = False
    # The answer is kept, and shown to whoever opens the page.
    is_for_all: bool = False

    @property
    def turns(self) -> tuple[str, ...]:
        return self.kinds or (self.kind,)

    @property
    def subject(self) -> str:
        """As the decision log names it."""
        if self.customer is not None:
            return of_customer(self.customer)
        return f"visitor:{self.visitor}" if self.visitor else "nobody"

    @property
    def anchors(self) -> tuple[int, ...]:
        """What the page or the basket shows already."""
        own = () if self.product is None else (self.product,)
        return tuple(dict.fromkeys(own + self.basket))

    @property
    def unwanted(self) -> frozenset[int]:
        return self.exclude | frozenset(self.anchors)

    @property
    def context(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "product": self.product,
            "basket": list(self.basket),
            "viewed": list(self.viewed),
            "category": self.category,
            "price_from": self.price_from,
            "price_to": self.price_to,
            "size": self.size,
            "placement": self.placement,
        }


# These three are tuples: each page makes a hundred, at a third of a dataclass's time.
class Candidate(NamedTuple):
    """A product that some source named. `value` is larger the better, 1 at most."""

    product: int
    value: float
    source: str
    code: str
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What is to be known of a product before it may be shown."""

    product: int
    woo_id: int | None
    name: str
    brand: str
    price: Decimal | None
    permalink: str
    is_visible: bool
    is_sellable: bool
    sizes: frozenset[str]
    colors: frozenset[str]
    categories: frozenset[int]
    published_at: datetime | None = None
    # Share of the price that is left after the unit cost; None: nobody knows.
    margin: float | None = None


class Place(NamedTuple):
    """One product of an answer, and the chance with which it came to stand there."""

    card: Card
    candidate: Candidate
    propensity: float
    is_explored: bool
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    decision_id: UUID
    kind: str
    places: tuple[Place, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def products(self) -> list[int]:
        return [place.card.product for place in self.places]
