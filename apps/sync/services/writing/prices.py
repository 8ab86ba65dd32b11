"""The price of a product or variant, as the shop will be told."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Required, TypedDict

from apps.core.errors import InvalidInputError
from apps.shop.models import Product, Variant
from apps.sync.woo.changes import Payload, amount_of, bound, moment_text, money_text
from apps.sync.woo.fields import as_moment

# WooCommerce works out their prices from other products.
WITHOUT_PRICE = {
    "variable": "This product has variants: each of them has its own price.",
    "grouped": "A grouped product has no price of its own.",
}


class PriceWish(TypedDict, total=False):
    """`sale_price` None ends the sale; `regular_price` None leaves it as it is."""

    sale_price: Required[Decimal | None]
    starts_at: datetime | None
    ends_at: datetime | None
    regular_price: Decimal | None


def values_for(wish: PriceWish, currency: str) -> dict[str, Any]:
    """Refuses what WooCommerce would take with a 200 and turn into something else."""
    sale, regular = wish["sale_price"], wish.get("regular_price")
    since, until = wish.get("starts_at"), wish.get("ends_at")
    if since and until and moment_text(until) <= moment_text(since):
        raise InvalidInputError("The sale ends before it starts.")
    if sale is None and (since or until):
        raise InvalidInputError("Without a sale price there are no sale dates.")
    values = {}
    if regular is not None:
        values["regular_price"] = money_text(regular, currency, "regular price")
    sale_text = "" if sale is None else money_text(sale, currency, "sale price")
    return {
        **values,
        "sale_price": sale_text,
        **bound("from", moment_text(since) if since else None),
        **bound("to", moment_text(until) if until else None),
    }


def currency_of(subject: Product | Variant) -> str:
    product = subject if isinstance(subject, Product) else subject.product
    return product.currency or product.store.currency


def as_copied(subject: Product | Variant) -> dict[str, Any]:
    """What `objection` looks at, from our copy."""
    kind = subject.kind if isinstance(subject, Product) else "variation"
    return {"type": kind, "regular_price": subject.regular_price}


def objection(values: Payload, current: Payload, at: datetime) -> str:
    """Why it cannot be, seeing what is there now; "" where it can."""
    if current.get("type") in WITHOUT_PRICE:
        return WITHOUT_PRICE[current["type"]]
    until = as_moment(values.get("date_on_sale_to_gmt"))
    if until is not None and until <= at:
        return "The sale would be over already."
    sale = amount_of(values.get("sale_price"))
    if sale is None:
        return ""
    regular = amount_of(values.get("regular_price", current.get("regular_price")))
    if regular is None:
        return "Without a regular price there can be no sale price."
    return "" if sale < regular else "The sale price is not below the regular price."
