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
)

SEEN = Group(
    "seen",
    "Looking",
    (
        count("views", "Views", "How often they viewed the product in a year"),
        count("views_30", "Views, 30 days", "How often in the last 30 days"),
        count("carts", "Put in the cart", "How often they put it in the cart"),
        count("wishlists", "Wished for", "How often they put it on the wish list"),
        days("view_days", "Since last view", "Days since they last viewed it"),
        days("cart_days", "Since last cart", "Days since they last put it in the cart"),
        money("price_seen", "Price seen", "What it cost when they last viewed it"),
        number("price_change", "Price since", "Price now by the price seen, less one"),
    ),
)
BOUGHT = Group(
    "bought",
    "Buying",
    (
        count("orders", "Orders", "Orders in which they bought it"),
        count("units", "Pieces kept", "Pieces bought and not sent back"),
        count("returned_units", "Pieces sent back", "Pieces that came back"),
        days("bought_days", "Since bought", "Days since they last bought it"),
    ),
)
FIT = Group(
    "fit",
    "Fitting",
    (
        Feature(
            "has_size",
            Unit.FLAG,
            "Their size is there",
            "Whether it can be ordered in the size they keep most in its main category",
        ),
    ),
)
PAIR = Kind("pair", ("customer", "product"), (SEEN, BOUGHT, FIT))
