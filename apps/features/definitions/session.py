from __future__ import annotations

from apps.features.definitions.feature import (
    Feature,
    Group,
    Kind,
    Unit,
    count,
    money,
    sum_of,
)

VISIT = Group(
    "visit",
    "The visit",
    (
        Feature("customer", Unit.REFERENCE, "Customer", "Who it is, where known"),
        Feature("device", Unit.TEXT, "Device", "phone, tablet or computer", ""),
        Feature("source", Unit.TEXT, "Came from", "The campaign's source", ""),
        Feature("hour", Unit.HOUR, "Hour", "Of its beginning, in the store's time"),
        Feature("weekday", Unit.WEEKDAY, "Weekday", "Of its beginning: 1 is Monday"),
        Feature("dwell_seconds", Unit.NUMBER, "Seconds", "First to last sign", 0.0),
        count("events", "Signs", "All that was heard of the visit"),
    ),
)
DEPTH = Group(
    "depth",
    "How deep it went",
    (
        count("pages", "Pages", "Pages viewed"),
        count("views", "Product views", "Views of product pages"),
        count("products", "Products", "Different products viewed"),
        count("categories", "Categories", "Different main categories of those"),
        count("searches", "Searches", "Searches made"),
        count("shelf_clicks", "Shelf clicks", "Recommended products clicked"),
        count(
            "frustrations", "Annoyances", "Clicks in anger or without effect, errors"
        ),
    ),
)
CART = Group(
    "cart",
    "Cart and prices",
    (
        count("carts", "Put in the cart", "Products put in the cart"),
        count("removals", "Taken out", "Products taken out of the cart"),
        sum_of("cart_value", "Cart", "What the cart is worth, as last heard"),
        count("checkouts", "Checkouts", "Times the checkout was begun"),
        money("price_low", "Lowest price seen", "Of the products viewed"),
        money("price_mean", "Average price seen", "Of the products viewed"),
        money("price_high", "Highest price seen", "Of the products viewed"),
    ),
)
SESSION = Kind("session", ("session",), (VISIT, DEPTH, CART))
