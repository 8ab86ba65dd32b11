"""Which banner stands in the hero of the home page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.storage import default_storage

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.shop.models import Image, Product
from apps.storefront.models import Banner
from apps.storefront.services.segments import EVERYBODY, LEARNED


@dataclass(frozen=True, slots=True)
class Hero:
    """`image` and `url` may be empty; a picture of ours has a whole address."""

    banner: int
    segment: str
    heading: str
    text: str
    image: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Known:
    banners: tuple[Banner, ...]
    # Of the products that banners lean on: address and picture.
    products: dict[int, tuple[str, str]]


BANNERS: Memory[int, Known] = Memory()


def banner_for(
    store: Store, segment: str, at: datetime, kind: str = EVERYBODY
) -> Hero | None:
    """The first one by position for the segment or the learned kind; where neither has
    one, the first for everybody.

    One that leans on a product which may not be shown now is passed over: its picture
    would lead to nothing.
    """
    known = BANNERS.ask(store.pk, lambda: read(store, at))
    now = [row for row in known.banners if row.is_in_force(at)]
    for names in ({segment, kind} - {EVERYBODY}, {EVERYBODY}):
        for row in now:
            if row.segment in names and (hero := shown(row, known.products)):
                return hero
    return None


def depends_on_kind(store: Store, at: datetime) -> bool:
    """Otherwise nobody's learned segment has to be read."""
    known = BANNERS.ask(store.pk, lambda: read(store, at))
    return any(row.segment in LEARNED for row in known.banners)


def forget_banners(store: Store) -> None:
    """After a change: this process shows it at once."""
    BANNERS.drop(store.pk)


def read(store: Store, at: datetime) -> Known:
    rows = Banner.objects.of(store).on()
    banners = tuple(rows.order_by("position", "pk"))
    named = {row.product_id for row in banners if row.product_id is not None}
    return Known(banners, products_of(store, named, at) if named else {})


def products_of(
    store: Store, named: Iterable[int], at: datetime
) -> dict[int, tuple[str, str]]:
    there = Product.objects.of(store).visible(at).in_stock().filter(pk__in=named)
    links = dict(there.values_list("pk", "permalink"))
    pictures: dict[int, str] = {}
    rows = Image.objects.of(store).live().filter(product__in=links)
    for product, file, url in rows.order_by("position", "pk").values_list(
        "product_id", "file", "url"
    ):
        # The shop's own address first: its page loads nothing from elsewhere.
        pictures.setdefault(product, url or (address_of(file) if file else ""))
    return {pk: (link, pictures.get(pk, "")) for pk, link in links.items()}


def shown(row: Banner, products: dict[int, tuple[str, str]]) -> Hero | None:
    link, picture = "", ""
    if row.product_id is not None:
        if row.product_id not in products:
            return None
        link, picture = products[row.product_id]
    own = address_of(row.picture.name or "") if row.picture else ""
    return Hero(
        row.pk,
        row.segment,
        row.heading,
        row.text,
        own or picture,
        row.url or link,
        row.label,
    )


def address_of(file: str) -> str:
    """For pages of another site: a folder's address begins at our own root."""
    address = default_storage.url(file)
    return f"{settings.PUBLIC_URL}{address}" if address.startswith("/") else address
