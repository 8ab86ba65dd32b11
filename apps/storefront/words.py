"""Rules and placements as merchants read them."""

from __future__ import annotations

from apps.recommendations.models import Kind
from apps.storefront.models import Action, Place, Rule
from apps.storefront.services.defaults import KINDS

# Icon, name and what it does, in the order in which a merchant thinks of them.
ACTIONS: dict[str, tuple[str, str, str]] = {
    Action.PIN: ("keep", "Show first", "These products stand first, in your order."),
    Action.EXCLUDE: ("block", "Never show", "These products stay off the shelf, even pinned ones."),
    Action.BOOST: ("arrow_upward", "Move forward", "These products come sooner than they would."),
    Action.BURY: ("arrow_downward", "Move back", "These products come later than they would."),
    Action.ONLY: ("filter_alt", "Show nothing else", "Whatever is not among these is left out."),
    Action.BRAND_CAP: ("sell", "Limit a brand", "At most so many products of one brand on a shelf."),
    Action.CATEGORY_CAP: ("category", "Limit a category", "At most so many products of one category on a shelf."),
    Action.PRICE: ("payments", "Limit the price", "Only products from one price up to another."),
    Action.MARGIN: ("percent", "Ask for a margin", "Only products that leave you enough after their cost."),
}  # fmt: skip
STRENGTHS = {
    Action.BOOST: {1.3: "A little", 2.0: "Clearly", 5.0: "Strongly"},
    Action.BURY: {0.75: "A little", 0.5: "Clearly", 0.2: "Strongly"},
}


def counted(count: int, one: str, many: str) -> str:
    return f"1 {one}" if count == 1 else f"{count} {many}"


def what_of(rule: Rule) -> str:
    """The rule's own part, without where and when."""
    if rule.action in (Action.BRAND_CAP, Action.CATEGORY_CAP):
        of = "brand" if rule.action == Action.BRAND_CAP else "category"
        return f"At most {rule.most} of one {of}"
    if rule.action == Action.MARGIN:
        return f"At least {100 * (rule.margin or 0):.6g} % of the price left"
    if rule.action == Action.PRICE:
        return range_of(rule)
    return f"{ACTIONS[rule.action][1]}: {about_of(rule)}"


def range_of(rule: Rule) -> str:
    parts = (("from", rule.price_from), ("up to", rule.price_to))
    said = [f"{word} {amount:.2f}" for word, amount in parts if amount is not None]
    return f"Prices {' '.join(said)}"


def about_of(rule: Rule) -> str:
    parts = []
    if rule.products:
        parts.append(counted(len(rule.products), "product", "products"))
    if rule.categories:
        parts.append(counted(len(rule.categories), "category", "categories"))
    if rule.brands:
        parts.append(", ".join(rule.brands[:3]) + ("…" if len(rule.brands) > 3 else ""))
    if rule.new_days:
        parts.append(f"new within {counted(rule.new_days, 'day', 'days')}")
    return " and ".join(parts)


def where_of(rule: Rule) -> str:
    names = [Place(place).label for place in rule.places if place in Place.values]
    if not names:
        return "Everywhere"
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def kinds_of(place: str, kinds: list[str]) -> str:
    shown = kinds or list(KINDS[place])
    return ", then ".join(Kind(kind).label for kind in shown if kind in Kind.values)
