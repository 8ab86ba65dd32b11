"""Why a product stands on a shelf, in words for shoppers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from apps.accounts.models import Store
from apps.recommendations.services.answering.ask import Place
from apps.shop.models import Product

# With the name of what it is about, and without it; translated when they are told.
SENTENCES: dict[str, tuple[str, str]] = {
    "viewed": (_("Because you viewed {about}"), _("Because of what you viewed")),
    "bought": (_("Because you bought {about}"), _("Because of what you bought")),
    "taste": (_("Goes with {about}, which you liked"), _("Picked for you")),
    "similar": (_("Similar to {about}"), _("Similar to what you look at")),
    "together": (_("Often bought with {about}"), _("Often bought together")),
    "upsell": (_("A step up from {about}"), _("A step up")),
    "outfit": (_("Completes the outfit with {about}"), _("Completes the outfit")),
    "content": (_("Made like {about}"), _("Made like what you look at")),
    "alike": (_("Bought by customers like you"),) * 2,
    "rebuy": (_("You bought this before"),) * 2,
    "recent": (_("You looked at this"),) * 2,
    "category": (_("Popular in this category"),) * 2,
    "popular": (_("Popular in this shop"),) * 2,
    "trending": (_("Trending now"),) * 2,
    "new": (_("New in the shop"),) * 2,
    "hero": (_("A favorite of customers like you"),) * 2,
}
OTHERWISE = (_("Picked for you"),) * 2


def sentence(code: str, about: str) -> str:
    """In the language of whoever is answered. `about` is a product's name, or empty
    where it cannot be named."""
    named, unnamed = SENTENCES.get(code, OTHERWISE)
    if not about:
        return gettext(unnamed)
    # Not str.format on the name: it may hold braces of its own.
    return gettext(named).replace("{about}", about)


def names_of(store: Store, places: Iterable[Place], at: datetime) -> dict[int, str]:
    """Of products that reasons are about, where a shopper may see them."""
    named = (place.candidate.about for place in places)
    about = {one for one in named if one is not None}
    if not about:
        return {}
    rows = Product.objects.of(store).visible(at).filter(pk__in=about)
    return dict(rows.values_list("pk", "name"))
