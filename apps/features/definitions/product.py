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
    sum_of,
)

WINDOWS = (7, 28, 90)

IDENTITY = Group(
    "identity",
    "What it is",
    (
        Feature("category", Unit.REFERENCE, "Category", "Its most specific category"),
        Feature("main_category", Unit.REFERENCE, "Main category", "The topmost one"),
        Feature("brand", Unit.TEXT, "Brand", "As the shop names it", ""),
        days("added_days", "Since added", "Days since it came into the shop"),
    ),
)
SELLING = Group(
    "selling",
    "How it sells",
    (
        *(
            count(
                f"units_{n}", f"Pieces, {n} days", f"Pieces sold, returns off, {n} days"
            )
            for n in WINDOWS
        ),
        count("units_total", "Pieces ever", "Pieces sold, less those sent back"),
        *(
            sum_of(
                f"revenue_{n}",
                f"Revenue, {n} days",
                f"Without tax, less discounts and refunds, {n} days",
            )
            for n in WINDOWS
        ),
        count("orders_90", "Orders, 90 days", "Orders with it in the last 90 days"),
        count("buyers_90", "Buyers, 90 days", "Customers who bought it in 90 days"),
        days("first_sold_days", "Since first sold", "Days since it was first sold"),
        days("last_sold_days", "Since last sold", "Days since it was last sold"),
        number(
            "velocity",
            "Pieces a day",
            "Pieces sold a day in the last 28 days, of days in stock where known",
        ),
        number(
            "acceleration",
            "Speeding up",
            "Pieces a day of the last 7 days less those of the 21 days before",
        ),
        share("return_share", "Sent back", "Pieces that came back, of those sold"),
        money("price_paid", "Paid for one", "Average for one, discounts off, no tax"),
        share(
            "margin_share", "Margin", "Revenue of a year less cost, where cost is known"
        ),
    ),
)
STOCK = Group(
    "stock",
    "How much is there",
    (
        Feature("stock", Unit.COUNT, "Pieces there", "All sizes; unknown: not counted"),
        share(
            "sell_through", "Sold through", "Sold in 90 days, of sold and still there"
        ),
        days("cover_days", "Lasts for", "Days until the pieces there are sold"),
        days("in_stock_28", "In stock, of 28 days", "Days on which a size was there"),
        days("in_stock_90", "In stock, of 90 days", "Days on which a size was there"),
        days(
            "stock_known_90", "Stock known", "Of the last 90 days, those with a record"
        ),
        share("size_share", "Sizes there", "Sizes and colors that can be ordered now"),
    ),
)
PRICE = Group(
    "price",
    "What it costs",
    (
        money("price", "Price", "What a shopper pays"),
        money("regular_price", "Regular price", "Before a reduction"),
        share("discount_depth", "Reduced by", "How far the price is below the regular"),
        number("price_index", "Against its category", "Price by the category's median"),
        count("price_changes_90", "Price changes", "In the last 90 days"),
        days("price_days", "Since price change", "Days since the price last changed"),
    ),
)
SEASON = Group(
    "season",
    "Its season",
    (
        Feature(
            "month_shares",
            Unit.MONTHS,
            "By month",
            "Share of pieces sold in each month, drawn towards its main category's",
            (),
        ),
        number(
            "season_index",
            "This month",
            "Sales of this month by those of an average month: 1 is as always",
        ),
    ),
)
ATTENTION = Group(
    "attention",
    "Who looks at it",
    (
        *(
            count(f"{verb}_{n}", f"{label}, {n} days", f"{words} in the last {n} days")
            for verb, label, words in (
                ("views", "Views", "Views of its page"),
                ("carts", "Put in carts", "Times it was put in a cart"),
            )
            for n in WINDOWS
        ),
        count("viewers_28", "Viewers, 28 days", "Visitors who viewed it in 28 days"),
        count("wishlists_28", "Wished for, 28 days", "Times put on a wish list"),
        share("view_to_cart", "View to cart", "Puts in a cart by views, 28 days"),
        share("cart_to_buy", "Cart to order", "Orders by puts in a cart, 28 days"),
        share("view_to_buy", "View to order", "Orders by views, 28 days"),
    ),
)
PRODUCT = Kind(
    "product", ("product",), (IDENTITY, SELLING, STOCK, PRICE, SEASON, ATTENTION)
)
