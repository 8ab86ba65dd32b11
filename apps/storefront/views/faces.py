"""Cards of a preview, with their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.storage import default_storage

from apps.accounts.models import Store
from apps.core.merchant_admin.show import money
from apps.shop.models import Image
from apps.storefront.services.preview import Moved


def faces_of(store: Store, moved: Sequence[Moved]) -> dict[int, dict[str, Any]]:
    """By the object: a product stands on both shelves."""
    pictures = pictures_of(store, {one.stands.card.product for one in moved})
    return {id(one): face(store, one, pictures) for one in moved}


def face(store: Store, one: Moved, pictures: dict[int, str]) -> dict[str, Any]:
    card = one.stands.card
    return {
        "product": card.product,
        "name": card.name,
        "brand": card.brand,
        "price": money(card.price, store.currency),
        "picture": pictures.get(card.product, ""),
        "mark": mark_of(one),
        "why": one.why,
    }


def mark_of(one: Moved) -> tuple[str, str]:
    """What happened to it, and how that is colored."""
    if one.becomes is None:
        return "Goes", "bad"
    if one.was is None:
        return "New here", "good"
    if one.by > 0:
        return f"{one.by} forward", "good"
    return (f"{-one.by} back", "warn") if one.by < 0 else ("", "")


def pictures_of(store: Store, products: set[int]) -> dict[int, str]:
    """The first one of each."""
    rows = Image.objects.of(store).live().filter(product__in=products)
    found: dict[int, str] = {}
    for product, file, url in rows.order_by("position", "pk").values_list(
        "product_id", "file", "url"
    ):
        found.setdefault(product, default_storage.url(file) if file else url or "")
    return found
