"""Read products, variations and their words. Pure: no database, no clock."""

from __future__ import annotations

from typing import Any

from apps.sync.woo.decode import storable
from apps.sync.woo.fields import (
    Payload,
    changed,
    each,
    ids,
    moment,
    money,
    number,
    text,
    whole,
    woo_id,
)
from apps.sync.woo.things import (
    Parsed,
    ParsedProduct,
    ParsedVariation,
)

# Names of the choices that shops call size and color, in the languages of fashion.
COLOR = frozenset(
    ("color", "colour", "farbe", "couleur", "colore", "cor", "kleur", "renk", "اللون", "لون")
)  # fmt: skip
SIZE = frozenset(
    ("size", "größe", "grösse", "taille", "talla", "taglia", "tamanho", "maat", "beden",
     "المقاس", "مقاس")
)  # fmt: skip


def category(payload: Payload) -> Parsed:
    values = {
        "name": text(payload, "name"),
        "slug": text(payload, "slug"),
        "position": whole(payload, "menu_order") or 0,
    }
    return Parsed(woo_id(payload), None, values, parent_id=number(payload, "parent"))


def tag(payload: Payload) -> Parsed:
    values = {"name": text(payload, "name"), "slug": text(payload, "slug")}
    return Parsed(woo_id(payload), None, values)


def attribute(payload: Payload) -> Parsed:
    return tag(payload)


def term(payload: Payload) -> Parsed:
    """Its attribute is in the address, not in the payload: the reader adds it."""
    values = {
        "name": text(payload, "name"),
        "slug": text(payload, "slug"),
        "position": whole(payload, "menu_order") or 0,
    }
    return Parsed(
        woo_id(payload), None, values, parent_id=number(payload, "attribute_id")
    )


def product(payload: Payload) -> ParsedProduct:
    status = text(payload, "status")
    choices = choices_of(payload)
    kind = text(payload, "type") or "simple"
    values = {
        **sellable(payload),
        "name": text(payload, "name"),
        "slug": text(payload, "slug"),
        "kind": kind,
        "status": status,
        "is_visible": text(payload, "catalog_visibility") in ("visible", "catalog"),
        "description": text(payload, "description"),
        "short_description": text(payload, "short_description"),
        "brand": next((text(b, "name") for b in each(payload, "brands")), ""),
        "permalink": text(payload, "permalink"),
        "manages_stock": payload.get("manage_stock") is True,
        "published_at": moment(payload, "date_created"),
        "extra": {
            "attributes": choices,
            "upsell_ids": ids(payload, "upsell_ids"),
            "cross_sell_ids": ids(payload, "cross_sell_ids"),
        },
    }
    return ParsedProduct(
        woo_id(payload),
        changed(payload),
        values,
        is_live=status != "trash",
        categories=words(payload, "categories"),
        tags=words(payload, "tags"),
        images=[
            found
            for place, image in enumerate(each(payload, "images"))
            if (found := picture(image, place))
        ],
        variation_ids=ids(payload, "variations"),
        variant=None if "variable" in kind else only_variant(payload, choices),
    )


def choices_of(payload: Payload) -> dict[str, list[str]]:
    """{"Color": ["Red", "Blue"]}"""
    found = {}
    for item in each(payload, "attributes"):
        options = item.get("options")
        if isinstance(options, list):
            found[text(item, "name")] = [storable(str(option)) for option in options]
    return found


def words(payload: Payload, name: str) -> list[tuple[int, str, str]]:
    found = [
        (number(word, "id"), text(word, "name"), text(word, "slug"))
        for word in each(payload, name)
    ]
    return [word for word in found if word[0] > 0]


def only_variant(payload: Payload, choices: dict[str, list[str]]) -> dict[str, Any]:
    one = {name: options[0] for name, options in choices.items() if len(options) == 1}
    return {
        **sellable(payload),
        "manages_stock": payload.get("manage_stock") is True,
        "position": 0,
        **named(one),
    }


def sellable(payload: Payload) -> dict[str, Any]:
    return {
        "sku": text(payload, "sku"),
        "price": money(payload, "price"),
        "regular_price": money(payload, "regular_price"),
        "sale_price": money(payload, "sale_price"),
        "sale_from_at": moment(payload, "date_on_sale_from"),
        "sale_to_at": moment(payload, "date_on_sale_to"),
        "stock_quantity": whole(payload, "stock_quantity"),
        "stock_status": text(payload, "stock_status") or "instock",
        "source_created_at": moment(payload, "date_created"),
        **cost(payload),
    }


def cost(payload: Payload) -> dict[str, Any]:
    """Since WooCommerce 10, where the merchant switched it on. Else the cost that the
    merchant wrote here stays as it is."""
    goods = payload.get("cost_of_goods_sold")
    if not isinstance(goods, dict):
        return {}
    found = money(goods, "total_value")
    return {"cost": found} if found is not None and found >= 0 else {}


def picture(image: Payload, place: int) -> tuple[int, dict[str, Any]] | None:
    media_id, url = number(image, "id"), text(image, "src")
    if media_id <= 0 or not url:
        return None
    return media_id, {"url": url, "alt": text(image, "alt"), "position": place}


def variation(payload: Payload) -> ParsedVariation:
    one = {
        text(item, "name"): text(item, "option") for item in each(payload, "attributes")
    }
    status = text(payload, "status") or "publish"
    values = {
        **sellable(payload),
        # "parent": the pieces are counted for all sizes and colors together.
        "manages_stock": payload.get("manage_stock") is True,
        "position": whole(payload, "menu_order") or 0,
        **named(one),
    }
    if status != "publish":
        # A switched-off variation cannot be bought, whatever its stock.
        values["stock_status"] = "outofstock"
    image = payload.get("image")
    return ParsedVariation(
        woo_id(payload),
        changed(payload),
        values,
        is_live=status != "trash",
        parent_id=number(payload, "parent_id"),
        image=picture(image, 0) if isinstance(image, dict) else None,
    )


def named(choices: dict[str, str]) -> dict[str, Any]:
    """Size and color as columns, the rest as options."""
    found: dict[str, Any] = {"size": "", "color": "", "options": {}}
    for name, option in choices.items():
        word = name.strip().lower().removeprefix("pa_")
        if word in COLOR and not found["color"]:
            found["color"] = option
        elif word in SIZE and not found["size"]:
            found["size"] = option
        else:
            found["options"][name] = option
    return found
