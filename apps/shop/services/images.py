"""Which pictures a product shows, as the shop has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.shop.models import Image, Product, Variant
from apps.shop.services.upsert import cleaned, upsert

# A picture of one variation, which is not in its product's gallery.
APART = 999


def replace_gallery(
    product: Product, pictures: Sequence[tuple[int, Mapping[str, Any]]]
) -> bool:
    """Make the gallery what it says, row by row; tell if something changed.

    `pictures` are (media id, {"url", "alt", "position"}). Pictures of single variations
    stay, and our own copy of a file goes when the shop shows another one under its id.
    """
    rows = Image.objects.of(product.store).filter(product=product)
    before = {row.woo_id: row for row in rows if row.woo_id is not None}
    is_changed = False
    with transaction.atomic():
        for woo_id, values in dict(pictures).items():
            row = before.pop(woo_id, None)
            if row is not None and same(row, values):
                continue
            is_changed = True
            fresh = {**values}
            if row is not None and row.url != values["url"]:
                fresh["file"] = ""
            upsert(
                Image, product.store, woo_id, None, fresh, within={"product": product}
            )
        gone = [row.pk for row in before.values() if row.position != APART]
        if gone:
            rows.filter(pk__in=gone).delete()
    return is_changed or bool(gone)


def same(row: Image, values: Mapping[str, Any]) -> bool:
    said = cleaned(Image, values)
    return all(getattr(row, name) == value for name, value in said.items())


def show_variant(variant: Variant, woo_id: int, values: Mapping[str, Any]) -> None:
    """A variation's own picture: tells of which color a picture of the gallery is."""
    rows = Image.objects.of(variant.store).filter(product=variant.product_id)
    row = rows.filter(woo_id=woo_id).first()
    if row is None:
        upsert(
            Image,
            variant.store,
            woo_id,
            None,
            {**values, "position": APART, "color": variant.color},
            within={"product": variant.product},
        )
    elif variant.color and row.color != variant.color:
        rows.filter(pk=row.pk).update(color=variant.color)
