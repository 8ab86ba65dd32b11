"""Why a product stands on a shelf, in words for shoppers."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

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
    "pinned": (_("Chosen by the shop"),) * 2,
    "hero": (_("A favorite of customers like you"),) * 2,
}
OTHERWISE = (_("Picked for you"),) * 2


def sentence(code: str, about: str) -> str:
    """In the language of whoever is answered. `about` is a product's name, or empty
    where it cannot be named."""
    named, unnamed = translated(get_language() or "", code)
    # Not str.format on the name: it may hold braces of its own.
    return named.replace("{about}", about) if about else unnamed


@lru_cache(maxsize=1_000)
def translated(language: str, code: str) -> tuple[str, str]:
    """In this language, which is the one of this moment."""
    named, unnamed = SENTENCES.get(code, OTHERWISE)
    return gettext(named), gettext(unnamed)
