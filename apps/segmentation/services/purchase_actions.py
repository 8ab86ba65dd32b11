"""What to do about a visit: plain rules, each with its reason. Nothing is done by them;
whoever asks decides.

Discounts are never advised where an order is likely anyway: they would cost what the
shopper was ready to pay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apps.segmentation.services.purchase_numbers import Value

# From here on an order is more likely than none.
LIKELY = 0.5
# So many times as likely as in an average visit is close to an order.
CLOSE = 2.0
# So many looks without a cart: they do not find it.
MANY_LOOKS = 8
# So many times as long as usual without an order: they may be about to leave for good.
LATE = 2.0
MOST = 3


@dataclass(frozen=True)
class Action:
    code: str
    reason: str


@dataclass(frozen=True)
class Situation:
    """`probability`: None where no model was asked, and nobody knows what is likely;
    `rate`: of the store's visits; `overdue`: days since the last order by the usual days
    between two, None where nothing is usual yet."""

    probability: float | None
    rate: float
    numbers: Mapping[str, Value]
    overdue: float | None = None
    has_ordered: bool = False

    def count(self, name: str) -> float:
        return float(self.numbers.get(name, 0.0))

    @property
    def has_cart(self) -> bool:
        return self.count("carts") > self.count("removals")

    @property
    def has_checkout(self) -> bool:
        return self.count("checkout") > 0

    @property
    def is_likely(self) -> bool:
        return self.probability is not None and self.probability >= LIKELY

    @property
    def is_unlikely(self) -> bool:
        return self.probability is not None and self.probability < LIKELY

    @property
    def is_close(self) -> bool:
        return self.probability is not None and self.probability >= CLOSE * self.rate

    @property
    def is_annoyed(self) -> bool:
        """At some moment of the visit: at which, is not known."""
        return self.count("frustrations") > 0


Rule = tuple[Callable[[Situation], bool], Action]
BOUGHT = Action("leave_alone", "They have just ordered.")
NOTHING = Action("leave_alone", "Nothing speaks for stepping in yet.")
# The most urgent first.
RULES: tuple[Rule, ...] = (
    (
        lambda s: s.is_annoyed and s.has_checkout,
        Action(
            "help_at_checkout",
            "They met trouble in this visit and have begun the checkout.",
        ),
    ),
    (
        lambda s: s.is_annoyed and not s.has_checkout,
        Action(
            "offer_help",
            "They click in anger or without effect, or a form says errors.",
        ),
    ),
    (
        lambda s: s.has_cart and s.is_likely,
        Action("give_no_discount", "They are likely to order as it is."),
    ),
    (
        # Who has begun the checkout knows of the cart.
        lambda s: s.has_cart and s.is_unlikely and not s.has_checkout,
        Action("remind_of_cart", "Their cart is filled, and an order is not likely."),
    ),
    (
        lambda s: (s.overdue or 0) >= LATE and not s.is_likely,
        Action("win_back", "They stayed away twice as long as usual, and are here."),
    ),
    (
        lambda s: not s.has_cart and s.is_close and bool(s.numbers),
        Action("show_sizes_and_delivery", "They are nearer to an order than most."),
    ),
    (
        lambda s: not s.has_cart and not s.is_close and s.count("views") >= MANY_LOOKS,
        Action("show_alternatives", "They looked at much and chose nothing."),
    ),
)


def recommend(situation: Situation) -> tuple[Action, ...]:
    if situation.has_ordered:
        return (BOUGHT,)
    found = [action for holds, action in RULES if holds(situation)]
    return tuple(found[:MOST]) or (NOTHING,)
