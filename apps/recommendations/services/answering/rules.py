"""What may never stand on a shelf, and what only moves back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from apps.recommendations.models import Kind
from apps.recommendations.services.answering.ask import Ask, Card
from apps.recommendations.services.answering.cards import Tree, is_between
from apps.recommendations.services.answering.shopper import Shopper
from apps.recommendations.services.answering.wishes import NO_WISHES, Match

DAY = timedelta(days=1)
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
    "never_shown": "A rule of yours says never to show it here.",
    "not_among": "A rule of yours shows only other products here.",
    "rule_price": "A rule of yours shows only other prices here.",
    "low_margin": "A rule of yours asks for a higher margin here.",
}


@dataclass(frozen=True)
class Rules:
    ask: Ask
    shopper: Shopper
    tree: Tree
    at: datetime

    def against(self, product: int, card: Card | None) -> str:
        """The first rule that keeps it off the shelf; empty: none does."""
        if card is None:
            return "unknown"
        if self.is_plain and card.is_visible and card.is_sellable:
            return self.against_shopper(product)
        return (
            self.against_state(card)
            or self.against_shopper(product)
            or self.against_filters(card)
            or self.against_wishes(card)
        )

    def against_wishes(self, card: Card) -> str:
        wishes = self.ask.wishes
        if wishes is NO_WISHES:
            return ""
        if any(self.is_meant(match, card) for match in wishes.excluded):
            return "never_shown"
        if card.product in wishes.pinned:
            return ""
        if not all(self.is_meant(match, card) for match in wishes.only):
            return "not_among"
        if wishes.price_from is not None or wishes.price_to is not None:
            if not is_between(card.price, wishes.price_from, wishes.price_to):
                return "rule_price"
        floor, margin = wishes.margin_floor, card.margin
        if floor is not None and margin is not None and margin < floor:
            return "low_margin"
        return ""

    def is_meant(self, match: Match, card: Card) -> bool:
        since = card.published_at
        days = None if since is None else (self.at - since) / DAY
        return match.fits(card.product, card.categories, card.brand, days)

    def weight(self, card: Card) -> float:
        """Of all factors by which the merchant moves it forward or back."""
        weight = 1.0
        for match, factor in self.ask.wishes.factors:
            weight *= factor if self.is_meant(match, card) else 1.0
        return weight

    def against_state(self, card: Card) -> str:
        if not card.is_visible:
            return "hidden"
        return "" if card.is_sellable else "sold_out"

    def against_shopper(self, product: int) -> str:
        if product in self.shopper.bought:
            return "bought"
        if product not in self.unwanted:
            return ""
        return "shown_already" if product in self.ask.anchors else "excluded"

    @cached_property
    def unwanted(self) -> frozenset[int]:
        return self.ask.unwanted

    @cached_property
    def is_plain(self) -> bool:
        """Nothing is asked of a product itself but that it can be bought."""
        ask = self.ask
        has_filter = ask.size or ask.category is not None
        has_prices = ask.price_from is not None or ask.price_to is not None
        return not (has_filter or has_prices) and ask.wishes is NO_WISHES

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
