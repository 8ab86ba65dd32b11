"""Filters of a shelf: what they leave, and how many products each choice would show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef

from apps.accounts.models import Store
from apps.demo.choices import size_key
from apps.demo.shelves import color_slug
from apps.shop.models import Variant
from apps.shop.models.catalog import ProductQuerySet, VariantQuerySet

# The most choices that one filter offers.
MOST = 40


@dataclass(frozen=True)
class Facet:
    value: str
    count: int
    is_chosen: bool

    @property
    def slug(self) -> str:
        return color_slug(self.value)


def variants(store: Store, given: dict[str, Any], leave_out: str) -> VariantQuerySet:
    """Variants that fit the chosen size and color, and can be bought if asked so."""
    rows = Variant.objects.of(store).live()
    if given.get("stock"):
        rows = rows.orderable()
    for name in ("size", "color"):
        if name in given and name != leave_out:
            rows = rows.filter(**{f"{name}__in": given[name]})
    return rows


def narrow_by_price(
    products: ProductQuerySet, given: dict[str, Any]
) -> ProductQuerySet:
    if "low" in given:
        products = products.filter(price__gte=given["low"])
    if "high" in given:
        products = products.filter(price__lte=given["high"])
    if given.get("sale"):
        products = products.on_sale()
    return products


def narrow(
    store: Store, products: ProductQuerySet, given: dict[str, Any]
) -> ProductQuerySet:
    """One and the same variant has the size, the color and the stock."""
    products = narrow_by_price(products, given)
    if given.keys() & {"size", "color", "stock"}:
        fitting = variants(store, given, "").filter(product=OuterRef("pk"))
        products = products.filter(Exists(fitting))
    return products


def order(products: ProductQuerySet, sort: str) -> ProductQuerySet:
    match sort:
        case "price" | "-price" | "name":
            return products.order_by(sort, "-id")
        case "reduced":
            depth = F("price") / F("regular_price")
            return products.order_by(depth.asc(nulls_last=True), "-id")
    return products.order_by(F("published_at").desc(nulls_last=True), "-id")


def choices_of(
    name: str, store: Store, products: ProductQuerySet, given: dict[str, Any]
) -> list[Facet]:
    """Sizes or colors with the number of products each would leave."""
    counted = (
        variants(store, given, name)
        .filter(product__in=narrow_by_price(products, given).order_by())
        .exclude(**{name: ""})
        .values(name)
        .annotate(count=Count("product", distinct=True))
        .order_by("-count")
    )
    found = {row[name]: row["count"] for row in counted[:MOST]}
    picked = given.get(name, [])
    found |= {value: 0 for value in picked if value not in found}
    by: Callable[[str], Any] = size_key if name == "size" else str.casefold
    return [Facet(v, found[v], v in picked) for v in sorted(found, key=by)]
