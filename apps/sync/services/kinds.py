"""The kinds of things in a shop: where they are listed, how they are read and copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apps.shop.models.source import SourceRow
from apps.sync.services.copiers.base import Copier
from apps.sync.services.copiers.coupons import CouponCopier
from apps.sync.services.copiers.orders import OrderCopier, RefundCopier
from apps.sync.services.copiers.people import CustomerCopier
from apps.sync.services.copiers.products import ProductCopier, VariationCopier
from apps.sync.services.copiers.terms import (
    AttributeCopier,
    CategoryCopier,
    TagCopier,
    TermCopier,
)
from apps.sync.woo import read_catalog, read_orders, read_people
from apps.sync.woo.fields import Payload
from apps.sync.woo.things import Parsed


@dataclass(frozen=True)
class Kind:
    name: str
    # With {parent} where the list lies below something else.
    path: str
    read: Callable[[Payload], Parsed]
    copier: Copier[Any, Any]
    params: dict[str, Any] = field(default_factory=dict)
    # Whether the list can be asked for what changed after a moment.
    tells_changes: bool = False
    # Whether a thing tells when it changed.
    has_moments: bool = False
    # Whether it comes in pages by id; attributes come all at once.
    has_pages: bool = True
    # The kind that it lies below, and the address where this shop is too old for `path`.
    parent: str = ""
    old_path: str = ""
    # By what a row is found from its owner's id in the shop, and the payload's name for
    # that id, which a list below the owner may leave out.
    owner: str = ""
    owner_field: str = ""

    @property
    def model(self) -> type[SourceRow]:
        return self.copier.model


# In this order: what points at something comes after it.
ALL = (
    Kind("attributes", "products/attributes", read_catalog.attribute, AttributeCopier(),
         has_pages=False),
    Kind("terms", "products/attributes/{parent}/terms", read_catalog.term, TermCopier(),
         parent="attributes", owner="attribute__woo_id", owner_field="attribute_id"),
    Kind("categories", "products/categories", read_catalog.category, CategoryCopier()),
    Kind("tags", "products/tags", read_catalog.tag, TagCopier()),
    Kind("products", "products", read_catalog.product, ProductCopier(),
         tells_changes=True, has_moments=True),
    Kind("variations", "variations", read_catalog.variation, VariationCopier(),
         tells_changes=True, has_moments=True,
         parent="products", old_path="products/{parent}/variations",
         owner="product__woo_id", owner_field="parent_id"),
    # All roles: editors and administrators buy, too.
    Kind("customers", "customers", read_people.customer, CustomerCopier(),
         params={"role": "all"}, has_moments=True),
    Kind("coupons", "coupons", read_orders.coupon, CouponCopier(),
         tells_changes=True, has_moments=True),
    Kind("orders", "orders", read_orders.order, OrderCopier(),
         tells_changes=True, has_moments=True),
    Kind("refunds", "refunds", read_orders.refund, RefundCopier(),
         tells_changes=True, has_moments=True,
         parent="orders", old_path="orders/{parent}/refunds",
         owner="order__woo_id", owner_field="parent_id"),
)  # fmt: skip
KINDS = {kind.name: kind for kind in ALL}
