"""A price that is really lower than the lowest of the 30 days before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from apps.core.merchant_admin.show import money
from apps.core.money import round_money
from apps.shop.models import Product, Variant
from apps.storefront.services.facts.line import About, Line
from apps.storefront.services.facts.stock import put
from apps.storefront.services.prices import prices_of


def lowered(about: About) -> Iterator[Line]:
    """Where the price before is not known, or was as low, nothing was lowered: a regular
    price alone proves nothing."""
    said = prices_of(about.store, [about.product], about.at).get(about.product)
    if said is None or said.regular_price is None or said.lowest_price is None:
        return
    if said.price >= said.lowest_price:
        return
    text = put(
        gettext(
            "Price lowered to {price}. Lowest price of the 30 days before: {lowest}"
        ),
        price=money(said.price, said.currency),
        lowest=money(said.lowest_price, said.currency),
    )
    facts = {
        "price": str(round_money(said.price, said.currency)),
        "lowest_price": str(round_money(said.lowest_price, said.currency)),
        "regular_price": str(round_money(said.regular_price, said.currency)),
        "currency": said.currency,
        "days": 30,
    }
    yield Line("price_lowered", text, facts, about.until(end_of_sale(about)))


def end_of_sale(about: About) -> datetime | None:
    ends = [
        *ends_in(Product.objects.of(about.store).filter(pk=about.product), about.at),
        *ends_in(
            Variant.objects.of(about.store).live().filter(product=about.product),
            about.at,
        ),
    ]
    return min(ends, default=None)


def ends_in(rows: object, at: datetime) -> list[datetime]:
    found = rows.filter(sale_to_at__gt=at)  # type: ignore[attr-defined]
    return list(found.values_list("sale_to_at", flat=True))
