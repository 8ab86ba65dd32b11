"""A customer's reasons in plain words. Pages read it: no model is imported here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Fact = Mapping[str, Any]
# So near to the average nothing is said of how far.
MORE, LESS = 1.2, 0.8
WEEKS_FROM, MONTHS_FROM = 14, 60
WEEK, MONTH = 7, 30.4


def say(facts: Iterable[Fact]) -> str:
    """One line: "Spends 3 times the average, orders every 3 weeks"."""
    told = [text for fact in facts if (text := said(fact))]
    whole = ", ".join(told)
    return whole[:1].upper() + whole[1:]


def said(fact: Fact) -> str:
    """Empty where the kind is unknown to this page."""
    say_it = SAYS.get(str(fact.get("kind")))
    return say_it(fact) if say_it else ""


def beside(fact: Fact) -> str:
    """3 times the average; as much as the average; 40 % of the average."""
    times = float(fact.get("times", 1.0))
    if times >= MORE:
        return f"{plain(times)} times the average"
    if times > LESS:
        return "about the average"
    return f"{percent(times)} of the average"


def span(days: float) -> str:
    """In the unit that one would say: 9 days, 3 weeks, 4 months."""
    if days < WEEKS_FROM:
        return counted(days, "day")
    if days < MONTHS_FROM:
        return counted(days / WEEK, "week")
    return counted(days / MONTH, "month")


def counted(number: float, unit: str) -> str:
    whole = round(number)
    return f"{whole:,} {unit}" if whole == 1 else f"{whole:,} {unit}s"


def each(days: float) -> str:
    return "every day" if round(days) <= 1 else f"every {span(days)}"


def plain(number: float) -> str:
    return f"{number:.0f}" if number >= 9.95 else f"{number:.1f}".removesuffix(".0")


def percent(share: float) -> str:
    return f"{100 * min(share, 1.0):.0f} %"


SAYS: Mapping[str, Callable[[Fact], str]] = {
    "spent": lambda fact: f"spends {beside(fact)}",
    "average_order": lambda fact: f"each order is worth {beside(fact)}",
    "every": lambda fact: f"orders {each(fact['value'])}",
    "orders": lambda fact: f"{counted(fact['value'], 'order')} so far",
    "coupons": lambda fact: f"uses a coupon in {percent(fact['value'])} of the orders",
    "reduced": lambda fact: f"buys {percent(fact['value'])} of the pieces reduced",
    "asleep": lambda fact: f"no order for {span(fact['value'])}",
    "since": lambda fact: f"first order {span(fact['value'])} ago",
    "returns": lambda fact: f"sends {percent(fact['value'])} of the pieces back",
    "looks": lambda fact: f"views of products {beside(fact)}",
    "no_order": lambda fact: "no order yet",
}
