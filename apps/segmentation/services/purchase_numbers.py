"""What is known of a visit at a moment in it: the same words for learning and answering.

Nothing here knows how a visit ends. What was known before it began say `when`,
`visits_before` and `bought_before`; what happened in it up to the moment is `Doing`.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

UNKNOWN = math.nan
DAY = timedelta(days=1)
# How far back earlier visits count.
PAST = timedelta(days=90)
# Of one browser in 90 days, of one customer, of one visit: more say nothing new. The
# newest of the first two, the first of the third.
MOST_VISITS, MOST_ORDERS, MOST_STEPS = 200, 200, 1_000
TEXTS = ("device", "channel")
# The names merchants read beside what each added.
LABELS: Mapping[str, str] = {
    "device": "Device",
    "channel": "Where they came from",
    "hour": "Hour of the day",
    "weekday": "Day of the week",
    "seconds": "Time until the last product or checkout",
    "pages": "Pages viewed",
    "searches": "Searches",
    "views": "Products looked at",
    "again": "Products looked at again",
    "price_mean": "Average price looked at",
    "price_high": "Highest price looked at",
    "wishes": "Put on the wish list",
    "clicks": "Recommended products clicked",
    "carts": "Put in the cart",
    "removals": "Taken out of the cart",
    "in_cart": "Worth of the cart",
    "checkout": "Checkout begun",
    "frustrations": "Clicks in anger or without effect, errors in forms",
    "visits_before": "Earlier visits",
    "buys_before": "Earlier visits with an order",
    "days_since_visit": "Days since the last visit",
    "is_known": "Known customer",
    "orders": "Orders before",
    "days_since_order": "Days since the last order",
    "average_order": "Average order before",
}
NAMES = tuple(LABELS)
# What happens in a visit, by the words of events.
VIEW, CART, REMOVE, WISH = "product_view", "add_to_cart", "remove_from_cart", "wishlist"
CLICK = "recommendation_clicked"
OF_PRODUCTS = (VIEW, CART, REMOVE, WISH, CLICK)
PAGE, SEARCH = "page_view", "search"
ANNOYED = ("rage_click", "dead_click", "form_error")
Value = float | str


@dataclass(frozen=True, slots=True)
class Step:
    """`price`: of one piece in the store's currency, None where that is not known."""

    at: datetime
    kind: str
    product: int | None = None
    price: float | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier visit of the same browser."""

    started_at: datetime
    ordered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bought:
    """An earlier order of the customer."""

    placed_at: datetime
    total: float


@dataclass(slots=True)
class Doing:
    """A visit as far as it came. Counts may be set where they are known already.

    `last_at`: of what was done with products, and of the checkout. When a page was seen
    last, the visit's row does not tell while it goes on.
    """

    started_at: datetime
    last_at: datetime
    pages: int = 0
    searches: int = 0
    views: int = 0
    products: set[int] = field(default_factory=set)
    prices: float = 0.0
    priced: int = 0
    price_high: float = UNKNOWN
    wishes: int = 0
    clicks: int = 0
    carts: int = 0
    removals: int = 0
    in_cart: float = 0.0
    has_checkout: bool = False
    frustrations: int = 0

    def take(self, step: Step) -> None:
        if step.kind in OF_PRODUCTS:
            self.last_at = max(self.last_at, step.at)
        if step.kind == VIEW:
            self.look(step)
        elif step.kind in (CART, REMOVE):
            self.put(step)
        elif step.kind == WISH:
            self.wishes += 1
        elif step.kind == CLICK:
            self.clicks += 1
        elif step.kind == PAGE:
            self.pages += 1
        elif step.kind == SEARCH:
            self.searches += 1
        elif step.kind in ANNOYED:
            self.frustrations += 1

    def check_out(self, at: datetime) -> None:
        self.has_checkout = True
        self.last_at = max(self.last_at, at)

    def look(self, step: Step) -> None:
        self.views += 1
        if step.product is not None:
            self.products.add(step.product)
        if step.price is not None:
            self.prices += step.price
            self.priced += 1
            known = not math.isnan(self.price_high)
            self.price_high = max(self.price_high, step.price) if known else step.price

    def put(self, step: Step) -> None:
        """What was put in less what was taken out. What a checkout says that it is
        worth is not asked: many shops say it only where an order follows."""
        worth = (step.price or 0.0) * step.quantity
        if step.kind == CART:
            self.carts += 1
            self.in_cart += worth
        else:
            self.removals += 1
            self.in_cart = max(self.in_cart - worth, 0.0)

    def numbers(self) -> dict[str, Value]:
        return {
            "seconds": (self.last_at - self.started_at).total_seconds(),
            "pages": float(self.pages),
            "searches": float(self.searches),
            "views": float(self.views),
            "again": float(self.views - len(self.products)),
            "price_mean": self.prices / self.priced if self.priced else UNKNOWN,
            "price_high": self.price_high,
            "wishes": float(self.wishes),
            "clicks": float(self.clicks),
            "carts": float(self.carts),
            "removals": float(self.removals),
            "in_cart": self.in_cart,
            "checkout": float(self.has_checkout),
            "frustrations": float(self.frustrations),
        }


def when(started_at: datetime, zone: tzinfo) -> dict[str, Value]:
    local = started_at.astimezone(zone)
    return {"hour": float(local.hour), "weekday": float(local.isoweekday())}


def visits_before(started_at: datetime, earlier: Iterable[Earlier]) -> dict[str, Value]:
    """What was known of the browser when the visit began. `earlier` come in the order of
    time and may go on after it."""
    known = [one for one in earlier if started_at - PAST <= one.started_at < started_at]
    past = known[-MOST_VISITS:]
    buys = sum(
        one.ordered_at is not None and one.ordered_at < started_at for one in past
    )
    return {
        "visits_before": float(len(past)),
        "buys_before": float(buys),
        "days_since_visit": (
            (started_at - past[-1].started_at) / DAY if past else UNKNOWN
        ),
    }


def bought_before(
    started_at: datetime, orders: Sequence[Bought] | None
) -> dict[str, Value]:
    """What was known of the customer then. `orders` come in the order of time and may go
    on after it; none at all: nobody knew who it is."""
    told: Sequence[Bought] = orders or ()
    last = bisect_left(told, started_at, key=lambda one: one.placed_at)
    placed = told[max(last - MOST_ORDERS, 0) : last]
    return {
        "is_known": float(orders is not None),
        "orders": float(len(placed)),
        "days_since_order": (
            (started_at - placed[-1].placed_at) / DAY if placed else UNKNOWN
        ),
        "average_order": (
            math.fsum(one.total for one in placed) / len(placed) if placed else UNKNOWN
        ),
    }


def coded(
    columns: Sequence[Mapping[str, object]], values: Mapping[str, Value]
) -> list[float]:
    """In the order of a model's columns: a text as the place of its level, NaN where
    the model has never seen it."""
    found = []
    for column in columns:
        value, levels = values[str(column["name"])], column["levels"]
        if isinstance(levels, Sequence):
            value = float(levels.index(value)) if value in levels else UNKNOWN
        found.append(float(value))
    return found
