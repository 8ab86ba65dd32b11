"""An answer in a sentence that claims no more than the figures do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NOT_TRIED = "Nobody can say: too little of what this policy would do was ever tried."
NOTHING = "Nobody can say: no shelf was filled by values and chance in these days."
NO_SOURCES = (
    "Nobody can say yet: the log of these days does not tell which list named each "
    "product that was left aside."
)
REASONS = {
    "never_tried": NOT_TRIED,
    "seldom_tried": NOT_TRIED,
    "few_rewards": "Nobody can say: too few clicks came of what this policy would do.",
}
NO_DIFFERENCE = "no difference that is known"
LITTLE = 0.01


def say_nothing(unknown: int) -> str:
    return NO_SOURCES if unknown else NOTHING


def say(result: Mapping[str, Any], days: int) -> str:
    """Of clicks first; of orders only where they can be told."""
    clicks = result["clicks"]
    span = "In one day" if days == 1 else f"In {days} days"
    if clicks["doubts"]:
        now = in_hundred(clicks["observed"]["value"])
        return (
            f"{span} your shelves were clicked {now} times in 100. "
            f"{REASONS[clicks['doubts'][0]]}"
        )
    text = f"{span} your shelves were clicked {compared(clicks)}"
    orders = result.get("orders")
    if orders and not orders["doubts"]:
        text += f" Products clicked on them were ordered {compared(orders)}"
    return text


def compared(figures: Mapping[str, Any]) -> str:
    now, then = figures["observed"]["value"], figures["estimates"]["dr"]
    low, high = max(0.0, then["low"]), max(0.0, then["high"])
    return (
        f"{in_hundred(now)} times in 100. With this change it would have been "
        f"between {in_hundred(low)} and {in_hundred(high)}: {difference(figures)}."
    )


def difference(figures: Mapping[str, Any]) -> str:
    lift = figures["lift"]
    if lift["low"] is None or lift["low"] <= 0 <= lift["high"]:
        return NO_DIFFERENCE
    return "more than there were" if lift["low"] > 0 else "fewer than there were"


def in_hundred(rate: float) -> str:
    digits = 1 if abs(rate) >= LITTLE else 2
    return f"{100 * rate:.{digits}f}"
