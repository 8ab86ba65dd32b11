"""How amounts and links are written on the storefront."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import strip_tags

from apps.core.money import MINOR_UNITS, round_money
from apps.demo.basket import BasketLine
from apps.shop.models import OrderLine

BLOCK_END = re.compile(r"<(?:/p|/li|/ul|/h\d|ul|br)\b[^>]*>", re.IGNORECASE)
register = template.Library()
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "TRY": "₺"}


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """€1,049.90, or CHF 1,049.90 where no sign is known to all."""
    if amount is None:
        return ""
    places = MINOR_UNITS.get(currency, 2)
    figure = f"{abs(round_money(amount, currency)):,.{places}f}"
    minus = "\u2212" if amount < 0 else ""
    return f"{minus}{sign_of(currency)}{figure}"


def sign_of(currency: str) -> str:
    return SIGNS.get(currency, f"{currency}\u00a0")


@register.filter
def written(currency: str) -> str:
    """How `money` writes amounts, told to the plugin's script."""
    return json.dumps(
        {
            "before": sign_of(currency),
            "after": "",
            "decimals": MINOR_UNITS.get(currency, 2),
            "point": ".",
            "thousands": ",",
            "currency": currency,
        },
        ensure_ascii=False,
    )


@register.filter
def plain(amount: Decimal | None, currency: str) -> str:
    """For machines: 1049.90."""
    return "" if amount is None else str(round_money(amount, currency))


@register.simple_tag
def luxe(**fields: Any) -> str:
    """What an element tells the tracker (docs/tracker.md): JSON, without what is empty."""
    return json.dumps(
        {
            name: float(value) if isinstance(value, Decimal) else value
            for name, value in fields.items()
            if value not in (None, "")
        },
        ensure_ascii=False,
    )


@register.inclusion_tag("demo/_luxe_shelf.html", takes_context=True)
def luxe_shelf(context: template.Context, place: str) -> dict[str, Any]:
    """What LuxeBrain shows in a place; nothing where it shows nothing there."""
    return {
        "shelf": context["luxe"].shelves.get(place),
        "currency": context["store"].currency,
        "language": context["language"],
    }


@register.simple_tag
def luxe_pick(placement: str, woo_id: int, position: int, decision: str) -> str:
    return luxe(
        placement=placement,
        product=woo_id,
        products=[woo_id],
        position=position,
        decision=decision,
    )


@register.filter
def luxe_items(lines: Iterable[BasketLine | OrderLine]) -> list[dict[str, Any]]:
    """Lines of a bag or an order as events list them."""
    return [
        {
            "product": line.variant.product.woo_id,
            "variant": line.variant.woo_id,
            "quantity": line.quantity,
            "price": float(line.total / line.quantity),
        }
        for line in lines
        if line.variant and line.variant.product.woo_id and line.variant.woo_id
    ]


@register.filter
def readable(text: str) -> str:
    """A text of the shop without its HTML; blocks and list points keep their lines."""
    return strip_tags(BLOCK_END.sub("\n", text)).strip()


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's query with some parameters changed; None takes one out."""
    parameters = context["request"].GET.copy()
    parameters.pop("page", None)
    parameters.pop("lang", None)
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"
