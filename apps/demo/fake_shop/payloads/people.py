from __future__ import annotations

import hashlib

from apps.demo.fake_shop.coupons import Coupons
from apps.demo.fake_shop.money import micro, text
from apps.demo.fake_shop.payloads.products import links, meta
from apps.demo.fake_shop.rows import (
    ADDRESS,
    Address,
    Attribute,
    Coupon,
    Customer,
    Json,
    Note,
    Term,
)

# Customers list the postcode before the country, orders the state before the postcode.
ORDER = ("first_name", "last_name", "company", "address_1", "address_2", "city",
         "postcode", "country", "state", "email", "phone")  # fmt: skip
AT = tuple((name, ADDRESS.index(name)) for name in ORDER)


def address(values: Address, *, has_email: bool) -> Json:
    return {name: values[at] for name, at in AT if has_email or name != "email"}


def customer(shop: Coupons, row: Customer, base: str) -> Json:
    created, created_gmt = shop.zone.both(row.created)
    changed, changed_gmt = shop.zone.both(row.modified)
    face = hashlib.sha256(row.email.strip().lower().encode()).hexdigest()
    return {
        "id": row.id, "date_created": created, "date_created_gmt": created_gmt,
        "date_modified": changed, "date_modified_gmt": changed_gmt,
        "email": row.email, "first_name": row.first_name, "last_name": row.last_name,
        "role": row.role, "username": row.username,
        "billing": address(row.billing, has_email=True),
        "shipping": address(row.shipping, has_email=False),
        "is_paying_customer": row.is_paying,
        "avatar_url": f"https://secure.gravatar.com/avatar/{face}?s=96&d=mm&r=g",
        "meta_data": meta(row.meta), "_links": links(base, "customers", row.id),
    }  # fmt: skip


def coupon(shop: Coupons, row: Coupon, base: str) -> Json:
    extra = row.extra or {}
    created, created_gmt = shop.zone.both(row.created)
    changed, changed_gmt = shop.zone.both(row.modified)
    expires, expires_gmt = shop.zone.both(row.expires)
    return {
        "id": row.id, "code": row.code, "amount": text(row.amount), "status": row.status,
        "date_created": created, "date_created_gmt": created_gmt,
        "date_modified": changed, "date_modified_gmt": changed_gmt,
        "discount_type": row.discount_type, "description": extra.get("description", ""),
        "date_expires": expires, "date_expires_gmt": expires_gmt,
        "usage_count": row.usage_count,
        "individual_use": extra.get("individual_use", False),
        "product_ids": extra.get("product_ids", []),
        "excluded_product_ids": extra.get("excluded_product_ids", []),
        "usage_limit": extra.get("usage_limit"),
        "usage_limit_per_user": extra.get("usage_limit_per_user"),
        "limit_usage_to_x_items": extra.get("limit_usage_to_x_items"),
        "free_shipping": extra.get("free_shipping", False),
        "product_categories": extra.get("product_categories", []),
        "excluded_product_categories": extra.get("excluded_product_categories", []),
        "exclude_sale_items": extra.get("exclude_sale_items", False),
        "minimum_amount": text(micro(extra.get("minimum_amount") or "0")),
        "maximum_amount": text(micro(extra.get("maximum_amount") or "0")),
        "email_restrictions": extra.get("email_restrictions", []),
        "used_by": list(row.used_by), "meta_data": meta(row.meta),
        "_links": links(base, "coupons", row.id),
    }  # fmt: skip


def category(shop: Coupons, row: Term, base: str) -> Json:
    up = f"products/categories/{row.parent}" if row.parent else ""
    return {
        "id": row.id, "name": row.name, "slug": row.slug, "parent": row.parent,
        "description": row.description, "display": "default", "image": None,
        "menu_order": 0, "count": shop.term_count("categories", row.id),
        "_links": links(base, "products/categories", row.id, up),
    }  # fmt: skip


def tag(shop: Coupons, row: Term, base: str) -> Json:
    return {
        "id": row.id, "name": row.name, "slug": row.slug, "description": row.description,
        "count": shop.term_count("tags", row.id), "_links": links(base, "products/tags", row.id),
    }  # fmt: skip


def attribute(shop: Coupons, row: Attribute, base: str) -> Json:
    return {
        "id": row.id, "name": row.name, "slug": row.slug, "type": "select",
        "order_by": "menu_order", "has_archives": False,
        "_links": links(base, "products/attributes", row.id),
    }  # fmt: skip


def attribute_term(shop: Coupons, row: Term, base: str) -> Json:
    path = f"products/attributes/{row.parent}/terms"
    return {
        "id": row.id, "name": row.name, "slug": row.slug, "description": row.description,
        "menu_order": 0, "count": shop.term_count("terms", f"{row.parent}:{row.name}"), "_links": links(base, path, row.id),
    }  # fmt: skip


def note(shop: Coupons, row: Note, base: str) -> Json:
    created, created_gmt = shop.zone.both(row.created)
    path = f"orders/{row.order}/notes"
    return {
        "id": row.id, "author": row.author, "date_created": created,
        "date_created_gmt": created_gmt, "note": row.text,
        "customer_note": row.for_customer,
        "_links": links(base, path, row.id, f"orders/{row.order}", ["GET", "DELETE"]),
    }  # fmt: skip
