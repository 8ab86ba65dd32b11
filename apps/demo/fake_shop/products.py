"""Products and variations: what moves date_modified, and what each change sends."""

from __future__ import annotations

from collections import Counter
from typing import Any

from apps.demo.fake_shop import prices
from apps.demo.fake_shop.errors import RestError, not_found
from apps.demo.fake_shop.rows import Axis, Product
from apps.demo.fake_shop.terms import Terms, slug_of

# Payload key -> row attribute, where a write is a plain assignment.
PLAIN = {
    "name": "name", "slug": "slug", "status": "status", "tax_class": "tax_class",
    "virtual": "is_virtual", "downloadable": "is_downloadable", "type": "type",
}  # fmt: skip
# Accepted and kept as written: shown again, of no further meaning here.
KEPT = frozenset((
    "description", "short_description", "featured", "catalog_visibility", "weight",
    "dimensions", "upsell_ids", "cross_sell_ids", "downloads", "download_limit",
    "download_expiry", "external_url", "button_text", "tax_status", "backorders",
    "low_stock_amount", "sold_individually", "reviews_allowed", "purchase_note",
    "grouped_products", "menu_order", "global_unique_id", "post_password",
    "average_rating", "rating_count", "shipping_class", "default_attributes",
))  # fmt: skip


class Products(Terms):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.counts: dict[str, Counter[Any]] = {}
        self.counted = (-1, -1)

    def product(self, pk: int) -> Product | None:
        """A product or, as in WooCommerce, a variation by its post id."""
        return self.products.get(pk) or self.variations.get(pk)

    def add_product(self, *, name: str = "Product", **fields: Any) -> int:
        with self.lock:
            self.check_sku(str(fields.get("sku") or ""), 0)
            moment = self.moment()
            is_draft = fields.get("status") in ("draft", "pending")
            slug = fields.pop("slug", "") or ("" if is_draft else slug_of(name))
            product = Product(
                self.next_id("post"), fields.pop("type", "simple"), name,
                self.free_slug(slug), moment, moment,
            )  # fmt: skip
            self.products.add(product)
            self.write(product, fields)
            self.tell("product.created", product.id)
            return product.id

    def free_slug(self, slug: str) -> str:
        if not slug:  # a draft has none until it is published
            return ""
        taken = self.slugs
        taken[slug] = taken.get(slug, 0) + 1
        return slug if taken[slug] == 1 else f"{slug}-{taken[slug]}"

    def add_variation(self, product_id: int, **fields: Any) -> int:
        with self.lock:
            parent = self.products.get(product_id)
            if parent is None:
                raise not_found("products")
            self.check_sku(str(fields.get("sku") or ""), 0)
            moment = self.moment()
            row = Product(
                self.next_id("post"), "variation", "", "", moment, moment, parent.id
            )
            row.tax_class = parent.tax_class
            self.variations.add(row)
            self.write(row, fields)
            parent.children = (*parent.children, row.id)
            self.widen(parent, row.axes)
            self.touch_parent(row)
            self.tell("product.created", row.id)
            return row.id

    def edit_product(self, pk: int, **fields: Any) -> None:
        with self.lock:
            row = self.product(pk)
            if row is None:
                raise not_found("products", status=400)
            self.check_sku(str(fields.get("sku") or ""), pk)
            if row.status == "trash" and fields.get("status", "trash") != "trash":
                self.trash_children(row, is_trash=False)
            self.write(row, fields)
            self.touch(row)
            self.touch_parent(row)
            self.tell("product.updated", pk)

    def edit_variation(self, pk: int, **fields: Any) -> None:
        if pk not in self.variations:
            raise not_found("variations", status=400)
        self.edit_product(pk, **fields)

    def touch(self, row: Product) -> None:
        row.modified = self.moment()
        self.table_of(row).version += 1

    def touch_parent(self, row: Product) -> None:
        """The parent's price follows its variations, so its date moves; it sends nothing."""
        parent = self.products.get(row.parent) if row.type == "variation" else None
        if parent is not None:
            prices.settle(parent, self.family(parent), self.moment())
            self.touch(parent)

    def table_of(self, row: Product) -> Any:
        return self.variations if row.type == "variation" else self.products

    def term_count(self, kind: str, pk: int | str) -> int:
        """Published products in it; a category counts those of its children too."""
        if self.counted != (self.products.version, self.categories.version):
            self.counted = (self.products.version, self.categories.version)
            self.counts = {name: Counter() for name in ("categories", "tags", "terms")}
            for row in self.products:
                if row.status == "publish":
                    self.count(row)
        return self.counts[kind][pk]

    def count(self, row: Product) -> None:
        within: set[int] = set()
        for first in row.categories:
            pk = first
            while pk in self.categories and pk not in within:
                within.add(pk)
                pk = self.categories[pk].parent
        self.counts["categories"].update(within)
        self.counts["tags"].update(row.tags)
        for axis in row.axes:
            self.counts["terms"].update(
                f"{axis.id}:{option}" for option in axis.options
            )

    def family(self, row: Product) -> list[Product]:
        """What gives a parent its price: variations, or the grouped products."""
        ids = row.children or (row.extra or {}).get("grouped_products") or ()
        rows = (self.product(pk) for pk in ids)
        return [one for one in rows if one is not None and one.status == "publish"]

    def check_sku(self, sku: str, pk: int) -> None:
        owner = self.skus.get(sku.lower(), pk) if sku else pk
        if owner != pk:
            raise RestError(
                400, "product_invalid_sku", "Invalid or duplicated SKU.",
                {"resource_id": owner, "unique_sku": f"{sku}-1"},
            )  # fmt: skip

    def write(self, row: Product, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            if name in PLAIN:
                setattr(row, PLAIN[name], value)
            elif name in KEPT:
                row.extra = {**(row.extra or {}), name: value}
        if not row.slug and row.status in ("publish", "private"):
            row.slug = self.free_slug(slug_of(row.name))
        if "sku" in fields:
            self.skus.pop(row.sku.lower(), None)
            row.sku = str(fields["sku"] or "")
            if row.sku:
                self.skus[row.sku.lower()] = row.id
        if "meta_data" in fields:
            row.meta = self.merge_meta(row.meta, fields["meta_data"])
        self.write_links(row, fields)
        prices.write(row, fields, self.zone)
        prices.write_stock(row, fields)
        prices.settle(row, self.family(row), self.moment())

    def write_links(self, row: Product, fields: dict[str, Any]) -> None:
        for name in ("categories", "tags"):
            if name in fields:
                found = [one["id"] if isinstance(one, dict) else one for one in fields[name] or ()]  # fmt: skip
                setattr(row, name, tuple(int(pk) for pk in found))
        if "images" in fields:
            row.images = self.pictures(row, fields["images"])
        if "image" in fields:
            row.images = self.pictures(
                row, [fields["image"]] if fields["image"] else []
            )
        if "attributes" in fields:
            row.axes = self.axes(fields["attributes"], is_one=row.type == "variation")
        if row.type == "variation":
            row.name, row.slug = self.variation_name(row)

    def variation_name(self, row: Product) -> tuple[str, str]:
        parent = self.products.get(row.parent)
        title = parent.name if parent else ""
        options = ", ".join(axis.options[0] for axis in row.axes if axis.options)
        name = f"{title} - {options}" if options else title
        return name, slug_of(name)

    def pictures(self, row: Product, wanted: Any) -> tuple[tuple[int, str], ...]:
        if isinstance(wanted, int):
            base = row.slug or str(row.id)
            wanted = [f"{base}-{number}.jpg" for number in range(1, wanted + 1)]
        kept = dict(row.images)
        made: list[tuple[int, str]] = []
        for one in wanted or ():
            given = one if isinstance(one, dict) else {"src": one}
            if given.get("id") in kept:
                made.append((given["id"], kept[given["id"]]))
            else:
                made.append((self.next_id("post"), str(given.get("src", ""))))
        return tuple(made)

    def axes(self, given: Any, *, is_one: bool) -> tuple[Axis, ...]:
        """From {"Color": "Red"}, {"Color": ["Red", "Blue"]} or the REST list."""
        if isinstance(given, dict):
            given = [
                {"name": name, "options": [options] if isinstance(options, str) else options}
                for name, options in given.items()
            ]  # fmt: skip
        return tuple(self.axis(one, is_one=is_one) for one in given or ())

    def axis(self, given: dict[str, Any], *, is_one: bool) -> Axis:
        options = given.get("options") or [given["option"]] if "option" in given or "options" in given else []  # fmt: skip
        name = given.get("name", "")
        for attribute in self.attributes:
            if attribute.id == given.get("id") or attribute.name == name:
                for option in options:
                    self.know_term(attribute.id, str(option))
                return Axis(attribute.id, attribute.name, attribute.slug, tuple(options),
                            bool(given.get("variation", is_one)))  # fmt: skip
        slug = slug_of(name) if is_one else name
        return Axis(0, name, slug, tuple(options), bool(given.get("variation", is_one)))

    def know_term(self, attribute: int, name: str) -> None:
        if not any(t.parent == attribute and t.name == name for t in self.terms):
            self.add_attribute_term(attribute, name)

    def widen(self, parent: Product, axes: tuple[Axis, ...]) -> None:
        """The parent lists every option that a variation has."""
        held = {axis.name: axis for axis in parent.axes}
        for axis in axes:
            mine = held.get(axis.name)
            options = mine.options if mine else ()
            extra = tuple(option for option in axis.options if option not in options)
            slug = mine.slug if mine else (axis.slug if axis.id else axis.name)
            held[axis.name] = Axis(axis.id, axis.name, slug, options + extra, True)
        parent.axes = tuple(held.values())

    def merge_meta(
        self, held: tuple[tuple[int, str, Any], ...], given: Any
    ) -> tuple[tuple[int, str, Any], ...]:
        """null removes an entry; underscore keys are kept and shown too."""
        rows = {key: (pk, value) for pk, key, value in held}
        for entry in given or ():
            key, value = entry["key"], entry.get("value")
            if value is None:
                rows.pop(key, None)
            else:
                pk = rows[key][0] if key in rows else self.next_id("meta")
                rows[key] = (pk, value)
        return tuple((pk, key, value) for key, (pk, value) in rows.items())

    def trash_product(self, pk: int) -> None:
        with self.lock:
            row = self.product(pk)
            if row is None:
                raise not_found("products")
            row.before_trash, row.status = row.status, "trash"
            self.trash_children(row, is_trash=True)
            self.touch(row)
            self.trash_page(pk)

    def trash_children(self, row: Product, *, is_trash: bool) -> None:
        for child in row.children:
            self.variations[child].status = "trash" if is_trash else "publish"
        self.variations.version += 1

    def trash_page(self, pk: int) -> None:
        """WordPress's one hook for all posts: both topics go out, whatever it was."""
        self.tell("coupon.deleted", pk)
        self.tell("product.deleted", pk)

    def restore_product(self, pk: int) -> None:
        with self.lock:
            row = self.product(pk)
            if row is None:
                raise not_found("products")
            row.status = row.before_trash or "publish"
            self.trash_children(row, is_trash=False)
            self.touch(row)
            self.tell("product.updated", pk)
            self.tell("coupon.restored", pk)
            self.tell("product.restored", pk)

    def delete_product(self, pk: int) -> None:
        """For good, with its variations; nobody is told."""
        with self.lock:
            row = self.products.get(pk)
            if row is None:
                raise not_found("products")
            for child in row.children:
                self.forget(self.variations.remove(child))
            self.forget(self.products.remove(pk))

    def delete_variation(self, pk: int) -> None:
        with self.lock:
            if pk not in self.variations:
                raise not_found("variations")
            row = self.variations.remove(pk)
            self.forget(row)
            parent = self.products.get(row.parent)
            if parent is not None:
                parent.children = tuple(one for one in parent.children if one != pk)
                prices.settle(parent, self.family(parent), self.moment())
                self.products.version += 1

    def forget(self, row: Product) -> None:
        self.skus.pop(row.sku.lower(), None)

    def take_stock(self, row: Product, pieces: int) -> int:
        """What was taken: 0 where the shop keeps no count. Negative puts back."""
        if not row.is_managed:
            return 0
        row.stock = (row.stock or 0) - pieces
        row.stock_status = "instock" if row.stock > 0 else "outofstock"
        self.touch(row)
        self.touch_parent(row)
        self.tell("product.updated", row.id)
        return pieces

    def run_cron(self) -> None:
        """Begin and end scheduled sales; until this ran, `price` is the old one."""
        with self.lock:
            now = self.moment()
            for table in (self.products, self.variations):
                for row in table:
                    if row.type in ("variable", "grouped") or not row.sale:
                        continue
                    if row.sale_to is not None and row.sale_to < now:
                        row.sale, row.sale_from, row.sale_to = "", None, None
                    before = row.price
                    prices.settle(row, [], now)
                    if row.price != before:
                        self.touch(row)
                        self.touch_parent(row)
                        self.tell("product.updated", row.id)
