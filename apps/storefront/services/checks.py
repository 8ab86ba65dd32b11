"""What a rule must say to mean something. Asked by forms and by the API alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from apps.accounts.models import Store
from apps.shop.models import Category, Product
from apps.storefront.models import Action

ABOUT = ("products", "categories", "brands", "new_days")
MOST_NAMED = 200
# What each action asks for, beside name, places and time.
FIELDS: Mapping[str, tuple[str, ...]] = {
    Action.PIN: ("products",),
    Action.EXCLUDE: ABOUT,
    Action.BOOST: ("factor", *ABOUT),
    Action.BURY: ("factor", *ABOUT),
    Action.ONLY: ABOUT,
    Action.BRAND_CAP: ("most",),
    Action.CATEGORY_CAP: ("most",),
    Action.PRICE: ("price_from", "price_to"),
    Action.MARGIN: ("margin",),
}
OF_ACTIONS = frozenset(name for names in FIELDS.values() for name in names)


def problems_of(said: Mapping[str, Any]) -> dict[str, str]:
    """By field; `said` holds the action and whatever was said with it."""
    action = said["action"]
    wanted = FIELDS[action]
    found: dict[str, str] = {
        name: "This means nothing for this kind of rule."
        for name in sorted(OF_ACTIONS - set(wanted))
        if said.get(name) not in (None, [], "")
    }
    if action == Action.PIN and not said.get("products"):
        found["products"] = "Say which products."
    elif set(ABOUT) <= set(wanted) and not any(said.get(name) for name in ABOUT):
        found["products"] = (
            "Say which products: by name, category, brand or how new they are."
        )
    if {"price_from", "price_to"} <= set(wanted):
        found |= problems_of_prices(said.get("price_from"), said.get("price_to"))
    for name in ("most", "margin", "factor"):
        if name in wanted and said.get(name) is None:
            found[name] = "This is needed."
    return found | problems_of_factor(action, said.get("factor")) | times(said)


def problems_of_prices(low: Any, high: Any) -> dict[str, str]:
    if low is None and high is None:
        return {"price_from": "Say from or up to which price."}
    if low is not None and high is not None and high < low:
        return {"price_to": "This lies below the lower end."}
    return {}


def problems_of_factor(action: str, factor: float | None) -> dict[str, str]:
    if factor is None:
        return {}
    if action == Action.BOOST and factor <= 1:
        return {"factor": "Moving forward takes more than 1."}
    if action == Action.BURY and factor >= 1:
        return {"factor": "Moving back takes less than 1."}
    return {}


def times(said: Mapping[str, Any]) -> dict[str, str]:
    start, end = said.get("starts_at"), said.get("ends_at")
    if start is not None and end is not None and end <= start:
        return {"ends_at": "This comes before the start."}
    return {}


def strangers(
    store: Store, products: Collection[int], categories: Collection[int]
) -> dict[str, list[int]]:
    """Ids that are no products or categories of this store."""
    own = Product.objects.of(store).live().filter(pk__in=products)
    known = Category.objects.of(store).live().filter(pk__in=categories)
    return {
        "products": sorted(set(products) - set(own.values_list("pk", flat=True))),
        "categories": sorted(set(categories) - set(known.values_list("pk", flat=True))),
    }
