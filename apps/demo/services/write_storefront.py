"""What a merchant would have set: two rules, and a banner for each group of customers."""

from __future__ import annotations

from datetime import datetime

from apps.accounts.models import Store
from apps.shop.models import Product
from apps.storefront.models import Action, Banner, Place, Rule
from apps.storefront.services import load
from apps.storefront.services.segments import EVERYBODY

BANNERS = (
    (EVERYBODY, "New in this week", "Pieces that came in the last few days.", "Look"),
    ("new", "Welcome to Selmira", "Find your size once; we remember it.", "Begin here"),
    ("low", "Good to see you again", "More of what you liked.", "See more"),
    ("mid", "Made for your wardrobe", "What goes with what you have.", "Show me"),
    ("high", "First look, for you", "New arrivals before anybody else.", "Be first"),
)


def write(store: Store, at: datetime) -> None:
    newest = Product.objects.of(store).visible(at).in_stock().order_by("-published_at")
    shown = list(newest[: len(BANNERS)])
    banners = [
        Banner(
            store=store, segment=segment, heading=heading, text=text, label=label,
            product=shown[number % len(shown)],
        )
        for number, (segment, heading, text, label) in enumerate(BANNERS)
        if shown
    ]  # fmt: skip
    load.insert(store, rules_of(store), banners)


def rules_of(store: Store) -> list[Rule]:
    return [
        Rule(
            store=store,
            name="No brand more than twice",
            action=Action.BRAND_CAP,
            places=[Place.HOME_PICKS.value, Place.TRENDING.value],
            most=2,
        ),
        Rule(
            store=store,
            name="New arrivals a little forward",
            action=Action.BOOST,
            places=[Place.HOME_PICKS.value, Place.CATEGORY_TOP.value],
            factor=1.3,
            new_days=30,
        ),
    ]
