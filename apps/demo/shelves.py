"""Which products stand on which shelf of the storefront, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.core.files.storage import default_storage
from django.db.models import (
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language

from apps.accounts.models import Store
from apps.shop.models import Category, Image, Product, Variant
from apps.shop.models.catalog import ProductQuerySet

NEW_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Card:
    """A product as a shelf shows it: no query is left to make."""

    id: int
    # What the shop calls it, and so events do.
    woo_id: int | None
    name: str
    slug: str
    brand: str
    price: Decimal
    regular_price: Decimal | None
    currency: str
    picture: str
    alt: str
    is_new: bool
    is_sold_out: bool
    # The color of the picture where a color was asked for, else empty.
    color: str = ""

    @property
    def link(self) -> str:
        address = reverse("demo:product", args=[self.slug])
        color = quote(color_slug(self.color))
        return f"{address}?color={color}" if self.color else address

    @property
    def is_reduced(self) -> bool:
        return self.regular_price is not None and self.regular_price > self.price

    @property
    def percent_off(self) -> int:
        if self.regular_price is None or not self.is_reduced:
            return 0
        return int((1 - self.price / self.regular_price) * 100)


def cards(
    store: Store,
    products: QuerySet[Product],
    now: datetime,
    limit: int | None = None,
    colors: Sequence[str] = (),
) -> list[Card]:
    """One query, whatever the number of products; pictures in `colors` come first."""
    first = (
        Image.objects.of(store)
        .live()
        .filter(product=OuterRef("pk"))
        .order_by(Case(When(color__in=colors, then=0), default=1), "position", "id")
    )
    orderable = Variant.objects.of(store).orderable()
    rows = products.annotate(
        file=Subquery(first.values("file")[:1]),
        url=Subquery(first.values("url")[:1]),
        alt=Subquery(first.values("alt")[:1]),
        color=Subquery(first.values("color")[:1]),
        is_sellable=Exists(orderable.filter(product=OuterRef("pk"))),
    ).values(
        "id", "woo_id", "name", "slug", "brand", "price", "regular_price", "currency",
        "published_at", "extra", "file", "url", "alt", "color", "is_sellable",
    )  # fmt: skip
    return [as_card(row, now, colors) for row in rows[:limit]]


def as_card(row: Mapping[str, Any], now: datetime, colors: Sequence[str]) -> Card:
    published_at = row["published_at"]
    return Card(
        id=row["id"],
        woo_id=row["woo_id"],
        name=local_name(row["name"], row["extra"]),
        slug=row["slug"],
        brand=row["brand"],
        price=row["price"],
        regular_price=row["regular_price"],
        currency=row["currency"],
        picture=picture(row["file"], row["url"]),
        alt=row["alt"] or row["name"],
        is_new=published_at is not None and published_at > now - NEW_FOR,
        is_sold_out=not row["is_sellable"],
        color=row["color"] if row["color"] in colors else "",
    )


def color_slug(name: str) -> str:
    return slugify(name, allow_unicode=True) or "one"


def local_name(name: str, extra: Mapping[str, Any]) -> str:
    """In the visitor's language if the shop has it."""
    try:
        return str(extra["translations"][get_language()]["name"]) or name
    except (KeyError, TypeError):
        return name


def picture(file: str | None, url: str | None) -> str:
    """Our copy of a picture if there is one, else the shop's; empty for neither."""
    return default_storage.url(file) if file else url or ""


def new_in(store: Store, now: datetime) -> QuerySet[Product]:
    return (
        Product.objects.of(store)
        .visible(now)
        .order_by(F("published_at").desc(nulls_last=True), "-id")
    )


def on_sale(store: Store, now: datetime) -> QuerySet[Product]:
    """Deepest cuts first."""
    return (
        Product.objects.of(store)
        .visible(now)
        .on_sale()
        .order_by(F("price") / F("regular_price"), "-id")
    )


def tiles(store: Store, now: datetime) -> list[dict[str, Any]]:
    """Categories that hold products, each with a picture of its newest one."""
    newest = (
        Image.objects.of(store)
        .live()
        .filter(product__in=Product.objects.of(store).visible(now))
        .filter(product__categories=OuterRef("pk"))
        .order_by(F("product__published_at").desc(nulls_last=True), "position", "id")
    )
    rows = (
        Category.objects.of(store)
        .live()
        .filter(children=None)
        .annotate(
            file=Subquery(newest.values("file")[:1]),
            url=Subquery(newest.values("url")[:1]),
        )
        .exclude(file=None)
        .order_by("position", "name", "id")
        .values("name", "slug", "file", "url")
    )
    return [{**row, "picture": picture(row["file"], row["url"])} for row in rows[:12]]


def matching(products: ProductQuerySet, words: str) -> ProductQuerySet:
    """Every word stands in the name, brand, SKU or a text of the product."""
    for word in words.split()[:8]:
        products = products.filter(
            Q(name__icontains=word)
            | Q(brand__icontains=word)
            | Q(sku__iexact=word)
            | Q(short_description__icontains=word)
            | Q(description__icontains=word)
        )
    return products


def below(categories: Iterable[Category], top: Category) -> list[int]:
    """Ids of a category and all under it; a loop in the shop's tree ends."""
    found = {top.pk}
    grew = True
    while grew:
        more = {c.pk for c in categories if c.parent_id in found} - found
        found |= more
        grew = bool(more)
    return sorted(found)
