"""What the form of a segment offers: everything that a condition may ask, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.accounts.models import Store
from apps.segmentation.services.conditions.catalog import FIELDS
from apps.segmentation.services.conditions.deeds import DEEDS
from apps.segmentation.services.conditions.field import COMPARISONS
from apps.shop.models import Category, Product

# More do not fit into a list that a person reads.
MOST = 1_000


def offer(store: Store) -> dict[str, Any]:
    products = Product.objects.of(store).live().exclude(brand="")
    categories = Category.objects.of(store).live().order_by("name", "pk")
    brands = products.order_by("brand").values_list("brand", flat=True).distinct()
    return {
        "currency": store.currency,
        "comparisons": {
            kind.value: pairs(COMPARISONS[kind].items()) for kind in COMPARISONS
        },
        "fields": [
            {
                "name": field.name,
                "kind": field.kind.value,
                "unit": field.unit,
                "group": field.group,
                "label": field.label,
                "words": field.words,
                "choices": pairs(field.choices),
            }
            for field in FIELDS.values()
        ],
        "deeds": [
            {"name": deed.name, "label": deed.label, "takes_goods": deed.takes_goods}
            for deed in DEEDS.values()
        ],
        "categories": pairs(categories.values_list("pk", "name")[:MOST]),
        "brands": [[brand, brand] for brand in brands[:MOST]],
    }


def pairs(rows: Iterable[tuple[Any, Any]]) -> list[list[Any]]:
    return [list(row) for row in rows]
