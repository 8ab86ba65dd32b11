"""Conditions as a merchant reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import Store
from apps.segmentation.services.conditions.field import COMPARISONS
from apps.segmentation.services.conditions.tree import (
    All,
    Compare,
    Did,
    Node,
    Not,
    Some,
)
from apps.shop.models import Category, Product

OPPOSITES = {
    "equals": "is not",
    "one_of": "is none of",
    "has_one_of": "has none of",
    "known": "is not known",
}


@dataclass(frozen=True)
class Names:
    """Of what conditions name by id."""

    currency: str = ""
    products: Mapping[int, str] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)


def names_in(store: Store, tree: Node) -> Names:
    deeds = list(deeds_of(tree))
    products = {pk for deed in deeds for pk in deed.goods.products}
    categories = {pk for deed in deeds for pk in deed.goods.categories}
    return Names(
        store.currency,
        named(Product.objects.of(store).filter(pk__in=products)) if products else {},
        named(Category.objects.of(store).filter(pk__in=categories))
        if categories
        else {},
    )


def named(rows: Any) -> dict[int, str]:
    return dict(rows.values_list("pk", "name"))


def deeds_of(node: Node) -> Iterable[Did]:
    match node:
        case All(parts) | Some(parts):
            for part in parts:
                yield from deeds_of(part)
        case Not(part):
            yield from deeds_of(part)
        case Did():
            yield node


def say(node: Node, names: Names) -> str:
    match node:
        case All(parts):
            return " and ".join(bracketed(part, names) for part in parts)
        case Some(parts):
            return " or ".join(bracketed(part, names) for part in parts)
        case Not(Compare() as one) if one.how in OPPOSITES:
            return compared(one, OPPOSITES[one.how], names)
        case Not(Did() as deed):
            return done(deed, names, is_not=True)
        case Not(part):
            return f"not ({say(part, names)})"
        case Compare():
            return compared(node, COMPARISONS[node.field.kind][node.how], names)
        case Did():
            return done(node, names)


def bracketed(node: Node, names: Names) -> str:
    is_group = isinstance(node, All | Some) and len(node.parts) > 1
    return f"({say(node, names)})" if is_group else say(node, names)


def compared(node: Compare, how: str, names: Names) -> str:
    label = node.field.label
    if node.how in ("yes", "no"):
        return f"{label}: {node.how}"
    if node.value is None:
        return f"{label} {how}"
    unit = node.field.unit
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    joint = " and " if node.how == "between" else ", "
    return f"{label} {how} {joint.join(amount(one, unit, names) for one in values)}"


def amount(value: Any, unit: str, names: Names) -> str:
    if not isinstance(value, float):
        return str(value)
    match unit:
        case "share":
            return f"{value * 100:g} %"
        case "money":
            return f"{value:,.10g} {names.currency}"
        case "days":
            return f"{value:,g} days"
    return f"{value:,.10g}"


def done(deed: Did, names: Names, *, is_not: bool = False) -> str:
    goods = [
        *(names.products.get(pk, f"product {pk}") for pk in deed.goods.products),
        *(names.categories.get(pk, f"category {pk}") for pk in deed.goods.categories),
        *deed.goods.brands,
    ]
    is_often = deed.times > 1
    often = f"{'fewer than' if is_not else 'at least'} {deed.times} times"
    parts = [
        "never" if is_not and not is_often else "",
        deed.deed.label,
        f"({', '.join(goods)})" if goods else "",
        often if is_often else "",
        f"in the last {deed.days} days" if deed.days else "",
    ]
    return " ".join(part for part in parts if part)
