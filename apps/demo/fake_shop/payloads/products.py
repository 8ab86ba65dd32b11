from __future__ import annotations

import html
from typing import Any
from urllib.parse import quote

from apps.demo.fake_shop import prices
from apps.demo.fake_shop.money import micro, text
from apps.demo.fake_shop.products import Products
from apps.demo.fake_shop.rows import Axis, Json, Product

WRITES = ["GET", "POST", "PUT", "PATCH", "DELETE"]
NO_SIZE = {"length": "", "width": "", "height": ""}
SIZES = (("-300x300", "300w"), ("-150x150", "150w"), ("-100x100", "100w"))


def links(
    base: str, path: str, pk: int, up: str = "", allow: list[str] = WRITES
) -> Json:
    collection = f"{base}/wp-json/wc/v3/{path}"
    made: Json = {
        "self": [{"href": f"{collection}/{pk}", "targetHints": {"allow": allow}}],
        "collection": [{"href": collection}],
    }
    if up:
        made["up"] = [{"href": f"{base}/wp-json/wc/v3/{up}"}]
    return made


def picture_url(base: str, name: str) -> str:
    return name if "://" in name else f"{base}/wp-content/uploads/2026/11/{name}"


def picture(shop: Products, base: str, row: Product, image: tuple[int, str]) -> Json:
    local, gmt = shop.zone.both(row.created)
    pk, name = image
    return {
        "id": pk, "date_created": local, "date_created_gmt": gmt,
        "date_modified": local, "date_modified_gmt": gmt,
        "src": picture_url(base, name), "name": name.rsplit("/", 1)[-1], "alt": "",
    }  # fmt: skip


def picture_with_sizes(shop: Products, base: str, row: Product, image: tuple[int, str]) -> Json:  # fmt: skip
    made = picture(shop, base, row, image)
    stem, _, ending = made["src"].rpartition(".")
    small = [f"{stem}{size}.{ending} {width}" for size, width in SIZES]
    made["srcset"] = ", ".join([f"{made['src']} 600w", *small])
    made["sizes"] = "(max-width: 600px) 100vw, 600px"
    made["thumbnail"] = f"{stem}-300x300.{ending}"
    return made


def dates(shop: Products, row: Product) -> Json:
    local, gmt = shop.zone.both(row.created)
    changed, changed_gmt = shop.zone.both(row.modified)
    return {
        "date_created": local, "date_created_gmt": gmt,
        "date_modified": changed, "date_modified_gmt": changed_gmt,
    }  # fmt: skip


def price(shop: Products, row: Product) -> Json:
    starts, starts_gmt = shop.zone.both(row.sale_from)
    ends, ends_gmt = shop.zone.both(row.sale_to)
    is_parent = row.type in ("variable", "grouped")
    family = shop.family(row) if is_parent else []
    return {
        "price": row.price, "regular_price": row.regular, "sale_price": row.sale,
        "date_on_sale_from": starts, "date_on_sale_from_gmt": starts_gmt,
        "date_on_sale_to": ends, "date_on_sale_to_gmt": ends_gmt,
        "on_sale": prices.is_on_sale(row, family, shop.moment()),
    }  # fmt: skip


def is_purchasable(row: Product) -> bool:
    return bool(row.price) and row.type not in ("grouped", "external")


def product(shop: Products, row: Product, base: str) -> Json:
    """The shape of /products/<id>; a variation asked here takes it too."""
    is_variation = row.type == "variation"
    extra = row.extra or {}
    parent = shop.products.get(row.parent) if is_variation else None
    up = f"products/{row.parent}" if is_variation else ""
    made: Json = {"id": row.id, "name": row.name, "slug": row.slug,
                  "permalink": permalink(shop, row, base)}  # fmt: skip
    made |= dates(shop, row)
    made |= {
        "type": row.type, "status": row.status,
        "featured": extra.get("featured", False),
        "catalog_visibility": extra.get("catalog_visibility", "visible"),
        "description": extra.get("description", ""),
        "short_description": extra.get("short_description", ""), "sku": row.sku,
    }  # fmt: skip
    made |= price(shop, row)
    made["purchasable"] = is_purchasable(row)
    # A number, but a variation's is a text and always "0".
    made["total_sales"] = "0" if is_variation else row.total_sales
    made |= goods(row, extra)
    made |= stock(row, extra)
    made |= shipping(row, extra)
    made |= {
        "reviews_allowed": extra.get("reviews_allowed", not is_variation),
        "average_rating": extra.get("average_rating", "0.00"),
        "rating_count": extra.get("rating_count", 0),
        "upsell_ids": extra.get("upsell_ids", []),
        "cross_sell_ids": extra.get("cross_sell_ids", []),
        "parent_id": row.parent, "purchase_note": extra.get("purchase_note", ""),
        "categories": terms(shop.categories, row.categories), "brands": [],
        "tags": terms(shop.tags, row.tags),
        "images": [picture_with_sizes(shop, base, row, one) for one in row.images],
        "attributes": [axis(one, at, row) for at, one in enumerate(row.axes)],
        "default_attributes": extra.get("default_attributes", []),
        "variations": list(row.children),
        "grouped_products": extra.get("grouped_products", []),
        "menu_order": extra.get("menu_order", 0), "price_html": price_html(row),
        "related_ids": [], "meta_data": meta(row.meta), "stock_status": row.stock_status,
        "has_options": row.type == "variable", "post_password": extra.get("post_password", ""),
        "global_unique_id": extra.get("global_unique_id", ""),
        "_links": links(base, "products", row.id, up),
    }  # fmt: skip
    if parent is not None and "weight" not in extra:
        made["weight"] = (parent.extra or {}).get("weight", "")
    return made


def variation(shop: Products, row: Product, base: str) -> Json:
    """The shape of /products/<id>/variations and /variations."""
    extra = row.extra or {}
    made: Json = {"id": row.id, "type": "variation"}
    made |= dates(shop, row)
    made |= {
        "description": extra.get("description", ""),
        "permalink": permalink(shop, row, base), "sku": row.sku,
        "global_unique_id": extra.get("global_unique_id", ""),
    }  # fmt: skip
    made |= price(shop, row)
    made |= {"status": row.status, "purchasable": is_purchasable(row)}
    sold = goods(row, extra)
    made |= {name: sold[name] for name in ("virtual", "downloadable", "downloads", "download_limit", "download_expiry", "tax_status", "tax_class")}  # fmt: skip
    kept = stock(row, extra)
    kept.pop("sold_individually")
    made |= {"manage_stock": kept.pop("manage_stock"), "stock_quantity": kept.pop("stock_quantity"), "stock_status": row.stock_status}  # fmt: skip
    made |= kept
    sent = shipping(row, extra)
    made |= {name: sent[name] for name in ("weight", "dimensions", "shipping_class", "shipping_class_id")}  # fmt: skip
    options = ", ".join(one.options[0] for one in row.axes if one.options)
    path = f"products/{row.parent}/variations"
    made |= {
        "image": picture(shop, base, row, row.images[0]) if row.images else None,
        "attributes": [axis(one, at, row) for at, one in enumerate(row.axes)],
        "menu_order": extra.get("menu_order", 0), "meta_data": meta(row.meta),
        "name": options, "parent_id": row.parent,
        "_links": links(base, path, row.id, f"products/{row.parent}"),
    }  # fmt: skip
    return made


def goods(row: Product, extra: Json) -> Json:
    return {
        "virtual": row.is_virtual, "downloadable": row.is_downloadable,
        "downloads": extra.get("downloads", []),
        "download_limit": extra.get("download_limit", -1),
        "download_expiry": extra.get("download_expiry", -1),
        "external_url": extra.get("external_url", ""),
        "button_text": extra.get("button_text", ""),
        "tax_status": extra.get("tax_status", "taxable"), "tax_class": row.tax_class,
    }  # fmt: skip


def stock(row: Product, extra: Json) -> Json:
    backorders = extra.get("backorders", "no")
    return {
        "manage_stock": row.is_managed, "stock_quantity": row.stock,
        "backorders": backorders, "backorders_allowed": backorders != "no",
        "backordered": False, "low_stock_amount": extra.get("low_stock_amount"),
        "sold_individually": extra.get("sold_individually", False),
    }  # fmt: skip


def shipping(row: Product, extra: Json) -> Json:
    is_sent = not row.is_virtual
    return {
        "weight": extra.get("weight", ""), "dimensions": extra.get("dimensions", NO_SIZE),
        "shipping_required": is_sent, "shipping_taxable": is_sent,
        "shipping_class": extra.get("shipping_class", ""), "shipping_class_id": 0,
    }  # fmt: skip


def terms(table: Any, ids: tuple[int, ...]) -> list[Json]:
    found = (table.get(pk) for pk in ids)
    return [
        {"id": t.id, "name": t.name, "slug": t.slug} for t in found if t is not None
    ]


def axis(one: Axis, position: int, row: Product) -> Json:
    made: Json = {"id": one.id, "name": one.name, "slug": one.slug}
    if row.type == "variation":
        return made | {"option": one.options[0] if one.options else ""}
    return made | {
        "position": position, "visible": True, "variation": one.variation,
        "options": list(one.options),
    }  # fmt: skip


def meta(entries: tuple[tuple[int, str, Any], ...]) -> list[Json]:
    return [{"id": pk, "key": key, "value": value} for pk, key, value in entries]


def permalink(shop: Products, row: Product, base: str) -> str:
    if row.type != "variation":
        if not row.slug:
            return f"{base}/?post_type=product&p={row.id}"
        return f"{base}/product/{row.slug}/"
    parent = shop.products.get(row.parent)
    chosen = "&".join(
        f"attribute_{one.slug}={quote(one.options[0].lower() if one.id else one.options[0])}"
        for one in row.axes if one.options
    )  # fmt: skip
    return f"{base}/product/{parent.slug if parent else row.slug}/?{chosen}"


def price_html(row: Product) -> str:
    if not row.price:
        return ""
    amount = html.escape(text(micro(row.price)))
    return (
        '<span class="woocommerce-Price-amount amount"><bdi>'
        '<span class="woocommerce-Price-currencySymbol">&#36;</span>'
        f"{amount}</bdi></span>"
    )
