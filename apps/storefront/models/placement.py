from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from apps.accounts.models import Store, StoreOwned

MOST_PICKS = 24


class Place(models.TextChoices):
    """Where on the shop's pages something of ours may stand."""

    HOME_HERO = "home-hero", "Home page: hero"
    HOME_PICKS = "home-picks", "Home page: picks"
    CATEGORY_TOP = "category-top", "Category page: top"
    PRODUCT_SIMILAR = "product-similar", "Product page: similar products"
    BOUGHT_TOGETHER = "bought-together", "Product page: bought together"
    COMPLETE_OUTFIT = "complete-outfit", "Product page: complete the outfit"
    UPSELL = "upsell", "Product page: a step up"
    CART_CROSS_SELL = "cart-cross-sell", "Cart: goes with it"
    RECENTLY_VIEWED = "recently-viewed", "Recently viewed"
    TRENDING = "trending", "Trending"
    NEW_FOR_YOU = "new-for-you", "New for you"
    PICTURE_SEARCH = "picture-search", "Search by picture"
    PRICE_LINE = "price-line", "Product page: line under the price"
    THANK_YOU = "thank-you", "Thank-you page"


class Placement(StoreOwned):
    """What the merchant set for a place; where there is no row, the defaults hold
    (services/plans.py)."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    place = models.CharField(max_length=30, choices=Place.choices)
    is_on = models.BooleanField("on", default=True)
    # Empty: the default one, in the language of the page.
    title = models.CharField(max_length=120, blank=True)
    # Kinds of shelves in turn; empty: the place's default ones.
    kinds = models.JSONField(default=list, blank=True)
    # None: as many as the page asks for, else the shelf settings' size.
    size = models.PositiveSmallIntegerField(
        "products",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PICKS)],
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "place"], name="storefront_placement_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_place_display())
