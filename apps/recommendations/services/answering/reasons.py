"""Why a product stands on a shelf, in words for shoppers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from apps.accounts.models import Store
from apps.recommendations.services.answering.ask import Place
from apps.shop.models import Product

# With the name of what it is about, and without it.
SENTENCES: dict[str, tuple[str, str]] = {
    "viewed": ("Because you viewed {about}", "Because of what you viewed"),
    "bought": ("Because you bought {about}", "Because of what you bought"),
    "taste": ("Goes with {about}, which you liked", "Picked for you"),
    "similar": ("Similar to {about}", "Similar to what you look at"),
    "together": ("Often bought with {about}", "Often bought together"),
    "upsell": ("A step up from {about}", "A step up"),
    "outfit": ("Completes the outfit with {about}", "Completes the outfit"),
    "content": ("Made like {about}", "Made like what you look at"),
    "alike": ("Bought by customers like you",) * 2,
    "rebuy": ("You bought this before",) * 2,
    "recent": ("You looked at this",) * 2,
    "category": ("Popular in this category",) * 2,
    "popular": ("Popular in this shop",) * 2,
    "trending": ("Trending now",) * 2,
    "new": ("New in the shop",) * 2,
    "hero": ("A favorite of customers like you",) * 2,
}
OTHERWISE = ("Picked for you",) * 2


def sentence(code: str, about: str) -> str:
    """`about` is a product's name, or empty where it cannot be named."""
    named, unnamed = SENTENCES.get(code, OTHERWISE)
    # Not str.format on the name: it may hold braces of its own.
    return named.replace("{about}", about) if about else unnamed


def names_of(store: Store, places: Iterable[Place], at: datetime) -> dict[int, str]:
    """Of products that reasons are about, where a shopper may see them."""
    named = (place.candidate.about for place in places)
    about = {one for one in named if one is not None}
    if not about:
        return {}
    rows = Product.objects.of(store).visible(at).filter(pk__in=about)
    return dict(rows.values_list("pk", "name"))
