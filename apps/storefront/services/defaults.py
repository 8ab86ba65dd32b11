"""What holds for a place of which the merchant said nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from apps.recommendations.models import Kind
from apps.storefront.models import Place

# Asked in turn until the shelf is full. None: the place shows no picks.
KINDS: Mapping[str, tuple[str, ...]] = {
    Place.HOME_HERO: (Kind.HERO.value,),
    Place.HOME_PICKS: (Kind.PERSONAL.value, Kind.TRENDING.value),
    Place.CATEGORY_TOP: (Kind.PERSONAL.value, Kind.TRENDING.value),
    Place.PRODUCT_SIMILAR: (Kind.SIMILAR.value,),
    Place.BOUGHT_TOGETHER: (Kind.TOGETHER.value,),
    Place.COMPLETE_OUTFIT: (Kind.OUTFIT.value,),
    Place.UPSELL: (Kind.UPSELL.value,),
    Place.CART_CROSS_SELL: (Kind.TOGETHER.value,),
    Place.RECENTLY_VIEWED: (Kind.RECENT.value,),
    Place.TRENDING: (Kind.TRENDING.value,),
    Place.NEW_FOR_YOU: (Kind.NEW.value, Kind.PERSONAL.value),
    Place.PICTURE_SEARCH: (),
    Place.PRICE_LINE: (),
    Place.THANK_YOU: (Kind.TOGETHER.value, Kind.PERSONAL.value),
}
TITLES: Mapping[str, str] = {
    Place.HOME_HERO: _("Our favorites"),
    Place.HOME_PICKS: _("Picked for you"),
    Place.CATEGORY_TOP: _("Popular here"),
    Place.PRODUCT_SIMILAR: _("You may also like"),
    Place.BOUGHT_TOGETHER: _("Often bought together"),
    Place.COMPLETE_OUTFIT: _("Complete the outfit"),
    Place.UPSELL: _("A step up"),
    Place.CART_CROSS_SELL: _("Goes with your cart"),
    Place.RECENTLY_VIEWED: _("Recently viewed"),
    Place.TRENDING: _("Trending now"),
    Place.NEW_FOR_YOU: _("New for you"),
    Place.PICTURE_SEARCH: _("Search by picture"),
    Place.PRICE_LINE: "",
    Place.THANK_YOU: _("You may also like"),
}
# Of which sources a default title speaks. Of others it would not be true.
CLAIMS: Mapping[str, frozenset[str]] = {
    Place.HOME_PICKS: frozenset(
        {"session", "personal", "alike", "similar", "together"}
    ),
    Place.CATEGORY_TOP: frozenset({"context", "trending"}),
    Place.BOUGHT_TOGETHER: frozenset({"together"}),
    Place.COMPLETE_OUTFIT: frozenset({"outfit", "together"}),
    Place.UPSELL: frozenset({"upsell"}),
    Place.CART_CROSS_SELL: frozenset({"together", "outfit"}),
    Place.TRENDING: frozenset({"trending"}),
    Place.NEW_FOR_YOU: frozenset({"new"}),
}
# Where a few true ones are worth more than a full shelf.
STRICT = frozenset({Place.BOUGHT_TOGETHER, Place.COMPLETE_OUTFIT, Place.UPSELL})
NOTHING_TRUE = frozenset({"nothing"})
# Whatever a place may show: what can be asked for by itself.
KINDS_OFFERED = tuple(kind for kind in Kind if kind != Kind.CONTENT)
# Places that stand beside a product, and places after one was chosen.
BESIDE = frozenset(
    {Place.PRODUCT_SIMILAR, Place.BOUGHT_TOGETHER, Place.COMPLETE_OUTFIT, Place.UPSELL}
)
AFTER = frozenset({Place.CART_CROSS_SELL, Place.THANK_YOU})
WITHOUT_PICKS = frozenset(place for place, kinds in KINDS.items() if not kinds)


def title_of(place: str, own: str = "") -> str:
    """The merchant's own, else the default in the language of whoever is answered."""
    default = TITLES[place]
    return own or (said(get_language() or "", default) if default else "")


def claims_of(place: str, is_personal: bool) -> frozenset[str]:
    """Nothing is picked for somebody of whom nothing is known."""
    if place == Place.HOME_PICKS and not is_personal:
        return NOTHING_TRUE
    return CLAIMS.get(place, frozenset())


def neutral_title() -> str:
    """True of whatever stands under it."""
    return said(get_language() or "", TITLES[Place.PRODUCT_SIMILAR])


@lru_cache(maxsize=1_000)
def said(language: str, told: str) -> str:
    """In this language, which is the one of this moment."""
    return gettext(told)
