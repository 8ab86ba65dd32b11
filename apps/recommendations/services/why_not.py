"""Why a product is not on a shelf: for the merchant who looks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Store
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import cards, filling
from apps.recommendations.services.answering.ask import Ask
from apps.recommendations.services.answering.rules import RULES, Rules
from apps.recommendations.services.answering.shopper import Shopper
from apps.recommendations.services.answering.tested import dials_of


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`rule` is empty where the product does stand there, at `place` (from 1)."""

    rule: str
    sentence: str
    place: int | None = None


class Never:
    """Chance that never strikes: the shelf as it is on most days."""

    def random(self) -> float:
        return 1.0

    def randrange(self, stop: int, /) -> int:
        return 0


def why_not(store: Store, ask: Ask, product: int, at: datetime) -> WhyNot:
    """Writes no decision: nobody is shown anything."""
    settings = ShelfSettings.objects.for_store(store)
    known = filling.known_for(store, ask, settings, at)
    card = cards.cards_of(store, [product], at).get(product)
    rule = Rules(ask, known.shopper, known.tree, at).against(product, card)
    if rule:
        facts = {"{size}": ask.size, "{days}": str(settings.bought_days)}
        return WhyNot(rule, told(RULES[rule], facts))
    runners, places = filling.filled(known, dials_of(ask, settings), Never())
    for number, place in enumerate(places, start=1):
        if place.card.product == product:
            return WhyNot("", f"It stands in place {number}.", number)
    names = {runner.card.product for runner in runners}
    if product not in names:
        return WhyNot(
            "unnamed", "No source names it for this shelf: others come first."
        )
    return behind(product, known.shopper, known.ask.limit or 0)


def behind(product: int, shopper: Shopper, limit: int) -> WhyNot:
    times = round(shopper.shown.get(product, 0))
    if times:
        say = f"It was shown {times} times without a click, so others stand before it."
        return WhyNot("tired", say)
    return WhyNot("behind", f"It is a candidate, but {limit} others stand before it.")


def told(text: str, facts: dict[str, str]) -> str:
    for name, fact in facts.items():
        text = text.replace(name, fact)
    return text
