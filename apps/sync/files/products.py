"""Files of products: a row for each variant, what they share repeated on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from apps.sync.files import cells as c
from apps.sync.files.cells import RefusedError, Shop
from apps.sync.files.columns import Column, is_blank, values_of, words
from apps.sync.files.records import Record, Refusal

REQUIRED = (("id",), ("name",))
STOCK = ("instock", "outofstock", "onbackorder")
KINDS = ("simple", "variable", "grouped", "external")
STATUSES = ("publish", "draft", "pending", "private", "future", "trash")


def sold(prefix: str, whose: str, price: str = "49.90") -> tuple[Column, ...]:
    """Price and stock, which products and their variants both have."""

    def column(name: str, kind: str, read: c.Read, example: str, about: str) -> Column:
        return Column(f"{prefix}{name}", kind, read, example, about, field=name)

    return (
        words(
            f"{prefix}sku",
            100,
            "DRS-014",
            f"The article number of the {whose}.",
            field="sku",
        ),
        column(
            "price", "amount", c.money, price,
            "What a shopper pays now. Left empty: the sale price, else the regular one.",
        ),
        column("regular_price", "amount", c.money, "59.90", "Without any reduction."),
        column("sale_price", "amount", c.money, price, "While it is reduced."),
        column(
            "sale_from_at", "moment", c.moment, "2026-06-01", "When the sale begins."
        ),
        column("sale_to_at", "moment", c.moment, "2026-06-30", "When it ends."),
        column(
            "cost", "amount", c.positive_money, "18.00", "What one piece costs you."
        ),
        column(
            "stock_quantity", "whole number", c.count, "12",
            "Pieces that are there; below zero for promised ones. Empty: not counted.",
        ),
        Column(
            f"{prefix}stock_status", "choice", c.one_of(*STOCK), "instock",
            f"{', '.join(STOCK)}. Without this column: by the quantity.",
            field="stock_status", empty="instock",
        ),
        Column(
            f"{prefix}manages_stock", "yes or no", c.truth, "yes",
            "Whether pieces are counted. Without this column: if there is a quantity.",
            field="manages_stock", empty=False,
        ),
        column(
            "created_at", "moment", c.moment, "2026-02-01",
            f"When the {whose} came into the shop.",
        ),
        column(
            "modified_at", "moment", c.moment, "2026-05-31T14:05:00+02:00",
            "When it last changed. What is older than what is known changes nothing.",
        ),
    )  # fmt: skip


PRODUCT = (
    Column(
        "id", "id", c.identifier, "101",
        "The product's number in your shop, on each of its rows. The rows of a product "
        "stand together.",
        is_required=True,
    ),
    words("name", 400, "Linen wrap dress", "What shoppers read.", is_required=True),
    words("slug", 400, "linen-wrap-dress", "The name in addresses. Without this column: made from the name."),
    Column(
        "kind", "choice", c.one_of(*KINDS), "variable",
        f"{', '.join(KINDS)}. Left empty: variable if it has variants.",
    ),
    Column(
        "status", "choice", c.one_of(*STATUSES), "publish",
        f"{', '.join(STATUSES)}.", empty="publish",
    ),
    Column("is_visible", "yes or no", c.truth, "yes", "Shown in the shop.", empty=True),
    words("description", None, "A light dress for warm days.", "In full."),
    words("short_description", None, "Light linen.", "In a sentence."),
    words("brand", 100, "Atelier Nour", "Who makes it."),
    words("permalink", 600, "https://shop.example/p/linen-wrap-dress", "Its page."),
    Column(
        "currency", "currency", c.currency, "EUR",
        "Of all amounts. Must be the shop's own.", field="currency",
    ),
    *sold("", "product"),
    Column("published_at", "moment", c.moment, "2026-02-01T09:00:00", "On sale since."),
    Column(
        "categories", "names", c.names, "Women > Dresses | New in",
        "Separated by |, from the widest to the narrowest by >.", empty=[],
    ),
    Column(
        "category_ids", "names", c.names, "15>18|20",
        "Their numbers in the shop, written alike. Without this column: made up.",
        empty=[],
    ),
    Column("tags", "names", c.names, "Linen | Summer", "Separated by |.", empty=[]),
    Column("tag_ids", "names", c.names, "31|32", "Their numbers.", empty=[]),
    Column(
        "image_urls", "names", c.names, "https://shop.example/a.jpg",
        "Addresses of pictures, separated by |, the first one first.", empty=[],
    ),
    Column("extra", "JSON", c.mapping, '{"fabric": "linen"}', "Anything else.", empty={}),
)  # fmt: skip

VARIANT = (
    Column(
        "variant_id", "id", c.identifier, "1011",
        "The variant's number. Without this column, or empty for a simple product: the "
        "product is its own only variant.",
        field="id",
    ),
    words("size", 60, "M", "Its size."),
    words("color", 60, "Sand", "Its color."),
    Column("options", "JSON", c.mapping, '{"Length": "Long"}', "Other choices.", empty={}),
    Column(
        "variant_position", "whole number", c.count, "1", "Its place among the others.",
        field="position", empty=0,
    ),
    *sold("variant_", "variant"),
)  # fmt: skip

LOOKS = ("size", "color", "options", "position")
OFFER = (
    "sku", "price", "regular_price", "sale_price", "sale_from_at", "sale_to_at", "cost",
    "stock_quantity", "stock_status", "manages_stock", "created_at", "modified_at",
)  # fmt: skip
COLUMNS = (*PRODUCT, *VARIANT)
VARIANT_OFFER = [column for column in VARIANT if column.target in OFFER]


@dataclass
class VariantRow:
    id: int
    modified_at: datetime | None
    values: dict[str, Any]
    # The product itself: only where it has no other variants.
    is_own: bool = False


@dataclass
class ProductRows:
    """`defaults` are for a product that is not known yet. None: the file says nothing."""

    id: int
    modified_at: datetime | None
    values: dict[str, Any]
    defaults: dict[str, Any]
    categories: list[list[tuple[int | None, str]]] | None = None
    tags: list[tuple[int | None, str]] | None = None
    image_urls: list[str] | None = None
    variants: list[VariantRow] = field(default_factory=list)


def parse(
    records: Sequence[Record], shop: Shop
) -> tuple[ProductRows | None, list[Refusal]]:
    """A product of its rows. A bad row costs its own variant only."""
    head, refusals = None, list[Refusal]()
    for record in records:
        try:
            if head is None:
                head = read_head(record.cells, shop)
            if variant := read_variant(record.cells, head, shop):
                head.variants.append(variant)
        except RefusedError as error:
            refusals.append(Refusal(record, error.column, error.reason))
    if head is not None:
        follow_variants(head, has_status="stock_status" in records[0].cells)
    return head, refusals


def follow_variants(head: ProductRows, *, has_status: bool) -> None:
    """A product with variants costs what the cheapest does, and is there if one is."""
    found = lowest([each.values.get("price") for each in head.variants])
    if head.values.get("price") is None and found is not None:
        head.values["price"] = found
    states = {each.values.get("stock_status") for each in head.variants} - {None}
    if states and not has_status:
        is_there = states != {"outofstock"}
        head.values["stock_status"] = "instock" if is_there else "outofstock"


def read_head(cells: Mapping[str, Any], shop: Shop) -> ProductRows:
    """A product without its variants."""
    values = values_of(PRODUCT, cells, shop)
    woo_id = values.pop("id")
    modified_at = values.pop("modified_at", None)
    categories = values.pop("categories", None)
    category_ids = values.pop("category_ids", None)
    tags, tag_ids = values.pop("tags", None), values.pop("tag_ids", None)
    image_urls = values.pop("image_urls", None)
    for name in ("slug", "kind"):
        if not cells.get(name):
            values.pop(name, None)
    complete(values)
    as_source(values)
    is_own = has_own_variant(cells, shop)
    return ProductRows(
        woo_id,
        modified_at,
        values,
        {
            "slug": slugify(values["name"], allow_unicode=True) or str(woo_id),
            "kind": "simple" if is_own else "variable",
            "currency": shop.currency,
        },
        None if categories is None else branches(categories, category_ids or []),
        None if tags is None else numbered(tags, tag_ids or [], "tag_ids"),
        image_urls,
    )


def has_own_variant(cells: Mapping[str, Any], shop: Shop) -> bool:
    """Whether the product is its own variant: no other number is given."""
    given = cells.get("variant_id")
    if given is None or not str(given).strip():
        return True
    return c.identifier(given, shop) == c.identifier(cells["id"], shop)


def read_variant(
    cells: Mapping[str, Any], head: ProductRows, shop: Shop
) -> VariantRow | None:
    """The row's variant, or None where it has none."""
    if "variant_id" in cells and not is_blank(VARIANT[:1], cells):
        values = values_of(VARIANT, cells, shop)
        woo_id, modified_at = values.pop("id"), values.pop("modified_at", None)
        complete(values)
        as_source(values)
        return VariantRow(woo_id, modified_at, values)
    if "variant_id" in cells and not is_blank(VARIANT_OFFER, cells):
        raise RefusedError("A variant needs its number.", "variant_id")
    if head.values.get("kind", "simple") != "simple":
        return None
    own = {name: v for name, v in head.values.items() if name in OFFER}
    own |= {
        name: v for name, v in values_of(VARIANT, cells, shop).items() if name in LOOKS
    }
    own |= {n: head.values[n] for n in ("source_created_at",) if n in head.values}
    return VariantRow(head.id, head.modified_at, own, is_own=True)


def as_source(values: dict[str, Any]) -> None:
    if "created_at" in values:
        values["source_created_at"] = values.pop("created_at")


def complete(values: dict[str, Any]) -> None:
    """What follows from what is there: the price, and whether there is stock."""
    given = {"price", "regular_price", "sale_price"} & set(values)
    if given and values.get("price") is None:
        sale = values.get("sale_price")
        values["price"] = values.get("regular_price") if sale is None else sale
    if "stock_quantity" in values:
        quantity = values["stock_quantity"]
        values.setdefault("manages_stock", quantity is not None)
        values.setdefault("stock_status", status_of(quantity))


def status_of(quantity: int | None) -> str:
    if quantity is None or quantity > 0:
        return "instock"
    return "outofstock" if quantity == 0 else "onbackorder"


def lowest(prices: Sequence[Decimal | None]) -> Decimal | None:
    return min((price for price in prices if price is not None), default=None)


def branches(
    paths: Sequence[str], ids: Sequence[str]
) -> list[list[tuple[int | None, str]]]:
    """`Women > Dresses` with 15>18 as [(15, "Women"), (18, "Dresses")]."""
    if ids and len(ids) != len(paths):
        raise RefusedError(
            "There are more or fewer numbers than names.", "category_ids"
        )
    found = []
    for place, path in enumerate(paths):
        parts = [part.strip() for part in path.split(" > ") if part.strip()]
        numbers = ids[place].split(">") if ids else []
        found.append(numbered(parts, numbers, "category_ids"))
    return found


def numbered(
    found: Sequence[str], ids: Sequence[str], column: str
) -> list[tuple[int | None, str]]:
    if not ids:
        return [(None, name) for name in found]
    if len(ids) != len(found):
        raise RefusedError("There are more or fewer numbers than names.", column)
    for number in ids:
        if not number.strip().isdecimal():
            raise RefusedError(f"{c.shown(number)} is no id.", column)
    return [(int(n), name) for n, name in zip(ids, found, strict=True)]
