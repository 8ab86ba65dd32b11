"""Where the things that findings are about can be seen: here, and in the shop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from apps.accounts.models import Store
from apps.shop.models import Coupon, Customer, Order, Product, Variant
from apps.sync.models import Connection, Finding
from apps.sync.woo.links import page_of

# Kind of subject: the table, which of its columns is the id in the shop, whose page.
KINDS = {
    "order": (Order, "woo_id", "orders"),
    "product": (Product, "woo_id", "products"),
    "variant": (Variant, "product__woo_id", "products"),
    "customer": (Customer, "woo_id", "customers"),
    "coupon": (Coupon, "woo_id", "coupons"),
}
# Subjects that are no row of ours: lists that show what they are about.
LISTS = {
    "sku": ("admin:shop_variant_changelist", "q"),
    "currency": ("admin:shop_order_changelist", ""),
    "day": ("admin:shop_order_changelist", ""),
    "sold": ("admin:shop_order_changelist", ""),
}


@dataclass(frozen=True)
class Place:
    here: str = ""
    in_shop: str = ""


def places_of(store: Store, findings: Sequence[Finding]) -> dict[int, Place]:
    """By finding; one query for each kind of thing."""
    wanted = defaultdict(list)
    for finding in findings:
        kind, _, key = finding.subject.partition(":")
        wanted[kind].append((finding.pk, key))
    found: dict[int, Place] = {}
    connection = Connection.objects.of(store).first()
    for kind, asked in wanted.items():
        if kind in KINDS:
            found |= row_places(store, connection, kind, asked)
        elif kind in LISTS:
            found |= {pk: list_place(kind, key) for pk, key in asked}
    return found


def row_places(
    store: Store,
    connection: Connection | None,
    kind: str,
    asked: Sequence[tuple[int, str]],
) -> dict[int, Place]:
    model, column, page = KINDS[kind]
    ids = [key for _, key in asked if key.isdigit()]
    rows = model._default_manager.filter(store=store, pk__in=ids)
    in_shop = {str(pk): woo_id for pk, woo_id in rows.values_list("pk", column)}
    name = f"admin:shop_{model._meta.model_name}_change"
    return {
        pk: Place(reverse(name, args=[key]), shop_url(connection, page, in_shop[key]))
        for pk, key in asked
        if key in in_shop
    }


def shop_url(connection: Connection | None, kind: str, woo_id: int | None) -> str:
    if connection is None or woo_id is None:
        return ""
    hpos = connection.facts.get("hpos")
    return page_of(connection.url, kind, woo_id, has_order_tables=hpos)


def list_place(kind: str, key: str) -> Place:
    name, parameter = LISTS[kind]
    query = f"?{urlencode({parameter: key})}" if parameter else ""
    return Place(reverse(name) + query)
