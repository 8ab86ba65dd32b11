from __future__ import annotations

from apps.features.definitions.feature import (
    Feature,
    Group,
    Kind,
    Unit,
    count,
    days,
    money,
    number,
    share,
    shares,
    sum_of,
)

WINDOWS = (7, 30, 90)

BUYING = Group(
    "buying",
    "What they buy",
    (
        count("orders", "Orders", "Orders placed, unpaid and canceled ones left out"),
        count("orders_90", "Orders, 90 days", "Orders placed in the last 90 days"),
        count("orders_365", "Orders, a year", "Orders placed in the last 365 days"),
        count("units", "Pieces kept", "Pieces bought and not sent back"),
        sum_of(
            "spent",
            "Spent",
            "Paid for goods without tax and shipping, less discounts and refunds",
        ),
        sum_of("spent_90", "Spent, 90 days", "The same, orders of the last 90 days"),
        sum_of("spent_365", "Spent, a year", "The same, orders of the last 365 days"),
        money("average_order", "Average order", "Goods in an order before refunds"),
        count("products", "Products", "Different products bought"),
    ),
)
RHYTHM = Group(
    "rhythm",
    "When they buy",
    (
        days("recency_days", "Since last order", "Days since the last order"),
        days("tenure_days", "Since first order", "Days since the first order"),
        days("gap_mean", "Between orders", "Average days between two orders"),
        days("gap_median", "Usually between orders", "Median days between two orders"),
        days("gap_sd", "How regular", "How far the days between orders spread"),
        number(
            "overdue",
            "Overdue",
            "Days since the last order by the average between orders: above 1 is late",
        ),
        Feature(
            "preferred_hour",
            Unit.HOUR,
            "Favorite hour",
            "The hour of most orders, in the store's time",
        ),
        Feature(
            "preferred_weekday",
            Unit.WEEKDAY,
            "Favorite day",
            "The weekday of most orders in the store's time: 1 is Monday",
        ),
        share("weekend_share", "At weekends", "Orders placed on Saturday or Sunday"),
    ),
)
PRICE_SENSE = Group(
    "price_sense",
    "Prices and discounts",
    (
        share("discount_share", "Discount", "Taken off by coupons, of the list amount"),
        share("coupon_order_share", "Orders with a coupon", "Orders that used one"),
        share(
            "reduced_share",
            "Bought reduced",
            "Pieces bought below their regular price, of those whose price is known",
        ),
        share(
            "band_low_share", "Lower prices", "Pieces from their group's lower third"
        ),
        share("band_mid_share", "Middle prices", "Pieces from the middle third"),
        share("band_high_share", "Higher prices", "Pieces from the upper third"),
        number("band_entropy", "Spread of prices", "0: always one third of the prices"),
    ),
)
RETURNING = Group(
    "returning",
    "What comes back",
    (
        count("returned_units", "Pieces sent back", "Pieces that came back"),
        share("return_share", "Sent back", "Pieces that came back, of those bought"),
        share("refund_share", "Refunded", "Money given back, of what goods cost"),
    ),
)
TASTE = Group(
    "taste",
    "What they like",
    (
        shares("category_shares", "Categories", "Pieces bought by category, top five"),
        number("category_entropy", "Spread of categories", "0: always the same one"),
        shares("brand_shares", "Brands", "Pieces bought by brand, top five"),
        number("brand_entropy", "Spread of brands", "0: always the same one"),
        shares(
            "size_profile",
            "Sizes",
            "Within each main category, the share of pieces kept in a size",
        ),
        shares(
            "color_profile",
            "Colors",
            "Within each main category, the share of pieces bought in a color",
        ),
    ),
)
BROWSING = Group(
    "browsing",
    "What they look at",
    (
        *(
            count(f"{verb}_{n}", f"{label}, {n} days", f"{words} in the last {n} days")
            for verb, label, words in (
                ("views", "Products viewed", "Views of product pages"),
                ("carts", "Put in the cart", "Products put in the cart"),
                ("wishlists", "Wished for", "Products put on the wish list"),
                ("sessions", "Visits", "Visits to the shop"),
            )
            for n in WINDOWS
        ),
        days("view_days", "Since last look", "Days since a product was viewed"),
        days("seen_days", "Since last visit", "Days since anything was heard of them"),
        count(
            "products_viewed_90",
            "Different products viewed",
            "Different products viewed in the last 90 days",
        ),
        share(
            "browse_to_buy",
            "Looked at, then bought",
            "Of the products viewed in the last 90 days, those also bought in them",
        ),
        share("mobile_share", "On the phone", "Visits of the last 90 days by phone"),
        share("tablet_share", "On a tablet", "Visits of the last 90 days by tablet"),
        share("desktop_share", "At a computer", "Visits of the last 90 days at a desk"),
    ),
)
MESSAGES = Group(
    "messages",
    "How they answer messages",
    (
        count("messages_90", "Messages, 90 days", "Messages sent in the last 90 days"),
        share("open_share", "Opened", "Of those messages, how many were opened"),
        share("click_share", "Clicked", "Of those messages, how many were clicked"),
        days("click_days", "Since last click", "Days since a message was clicked"),
    ),
)
CUSTOMER = Kind(
    "customer",
    ("customer",),
    (BUYING, RHYTHM, PRICE_SENSE, RETURNING, TASTE, BROWSING, MESSAGES),
)
