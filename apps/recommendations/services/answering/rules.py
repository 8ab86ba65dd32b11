"""What may never stand on a shelf, and what only moves back."""

from __future__ import annotations

from dataclasses import dataclass

from apps.recommendations.models import Kind
from apps.recommendations.services.answering.ask import Ask, Card
from apps.recommendations.services.answering.cards import Tree, is_between
from apps.recommendations.services.answering.shopper import Shopper

# Each showing without a click leaves so much of a product's value.
TIRED = 0.85
# Of what is left in other sizes than this shopper's.
WRONG_SIZE = 0.5
# A step up that costs more than so many of a customer's usual orders is too high.
HIGH_STEP = 1.5
TOO_HIGH = 0.3
# What a merchant reads; {…} are facts.
RULES = {
    "unknown": "It is no product of this shop.",
    "hidden": "It is not shown in the shop: unpublished, hidden or without a price.",
    "sold_out": "It is sold out in every size.",
    "size_sold_out": "It is sold out in size {size}.",
    "bought": "It was bought less than {days} days ago.",
    "shown_already": "The page or the basket shows it already.",
    "excluded": "The page asked not to show it.",
    "other_category": "It is not in the category that was asked for.",
    "other_price": "Its price is outside of what was asked for.",
}


@dataclass(frozen=True)
class Rules:
    ask: Ask
    shopper: Shopper
    tree: Tree

    def against(self, product: int, card: Card | None) -> str:
        """The first rule that keeps it off the shelf; empty: none does."""
        if card is None:
            return "unknown"
        return (
            self.against_state(card)
            or self.against_shopper(product)
            or self.against_filters(card)
        )

    def against_state(self, card: Card) -> str:
        if not card.is_visible:
            return "hidden"
        return "" if card.is_sellable else "sold_out"

    def against_shopper(self, product: int) -> str:
        if product in self.shopper.bought:
            return "bought"
        if product in self.ask.anchors:
            return "shown_already"
        return "excluded" if product in self.ask.exclude else ""

    def against_filters(self, card: Card) -> str:
        ask = self.ask
        if ask.size and ask.size not in card.sizes:
            return "size_sold_out"
        if ask.category is not None:
            if not card.categories & self.tree.within(ask.category):
                return "other_category"
        has_price_filter = ask.price_from is not None or ask.price_to is not None
        if has_price_filter and not is_between(
            card.price, ask.price_from, ask.price_to
        ):
            return "other_price"
        return ""

    def share_left(self, card: Card) -> float:
        """Of a candidate's value, after what moves it back."""
        left: float = TIRED ** self.shopper.shown.get(card.product, 0)
        left *= 1.0 if self.fits(card) else WRONG_SIZE
        return left * (TOO_HIGH if self.is_too_high(card) else 1.0)

    def is_too_high(self, card: Card) -> bool:
        usual = self.shopper.average_order
        if self.ask.kind != Kind.UPSELL or usual is None or card.price is None:
            return False
        return float(card.price) > HIGH_STEP * usual

    def fits(self, card: Card) -> bool:
        """There is a size that this shopper keeps; also where nothing is known."""
        wanted: set[str] = set()
        for category in card.categories if self.shopper.sizes else ():
            path = self.tree.above(category)
            wanted |= self.shopper.sizes.get(path[-1] if path else 0, frozenset())
        return not wanted or not card.sizes or bool(wanted & card.sizes)
