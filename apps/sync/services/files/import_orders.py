"""Write an order of a file with its customer, lines and refunds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.shop.models import (
    Address,
    Customer,
    Order,
    OrderLine,
    Product,
    Refund,
    Variant,
)
from apps.shop.services import bulk, customers, forgotten, orders, refunds
from apps.shop.services.remove import remove
from apps.shop.services.replace_lines import Lines
from apps.shop.services.upsert import Outcome
from apps.sync.files.orders import LineRow, OrderRows, RefundRow

MOST_HELD = 20_000


@dataclass
class Goods:
    """Products and variants by the shop's id, and by SKU where only one has it."""

    store: Store
    products: dict[int, Product | None] = field(default_factory=dict)
    variants: dict[int, Variant | None] = field(default_factory=dict)
    skus: dict[str, Variant | None] = field(default_factory=dict)

    def look_up(self, orders: Iterable[OrderRows]) -> None:
        """All that these orders' lines need, in one query for each kind."""
        for held in (self.products, self.variants, self.skus):
            if len(held) > MOST_HELD:
                held.clear()
        orders = list(orders)
        lines = [line for order in orders for line in order.lines or ()]
        products = {line.product_id for line in lines if line.product_id}
        if new := products - set(self.products):
            found = Product.objects.of(self.store).filter(woo_id__in=new)
            self.products |= dict.fromkeys(new) | {
                int(row.woo_id or 0): row for row in found
            }
        variants = {line.variant_id for line in lines if line.variant_id}
        if new := variants - set(self.variants):
            rows = Variant.objects.of(self.store).select_related("product")
            self.variants |= dict.fromkeys(new) | {
                int(row.woo_id or 0): row for row in rows.filter(woo_id__in=new)
            }
        if any(order.finds_by_sku for order in orders):
            self.look_up_skus({str(line.values.get("sku", "")) for line in lines})

    def look_up_skus(self, skus: set[str]) -> None:
        new = skus - set(self.skus) - {""}
        if not new:
            return
        self.skus |= dict.fromkeys(new)
        twice = set()
        rows = Variant.objects.of(self.store).live().filter(sku__in=new)
        for row in rows.select_related("product"):
            if self.skus[row.sku] is not None:
                twice.add(row.sku)
            self.skus[row.sku] = row
        self.skus |= dict.fromkeys(twice)

    def of(
        self, line: LineRow, *, by_sku: bool
    ) -> tuple[Product | None, Variant | None]:
        variant = self.variants.get(line.variant_id or 0)
        if by_sku:
            variant = self.skus.get(str(line.values.get("sku", "")))
        product = self.products.get(line.product_id or 0)
        if product is None and variant is not None and line.product_id is None:
            product = variant.product
        return product, variant


def write(store: Store, rows: OrderRows, at: datetime, goods: Goods) -> Outcome:
    """`at` stands for the moment of change where the file names none."""
    known = Order.objects.of(store).filter(woo_id=rows.id).first()
    values = dict(rows.values) if known else {**rows.defaults, **rows.values}
    if rows.buyer is not None:
        values["customer"] = buyer_of(store, rows)
    if rows.place is not None:
        owner = known.customer if known else None
        owner = values.get("customer", owner)
        values["shipping_address"] = address_of(owner, rows.place)
    if "status" not in values and known:
        values["status"] = known.status
    order, outcome = orders.record(
        store, rows.id, rows.modified_at or at, values, lines_of(rows, known, goods)
    )
    if order is None or outcome is Outcome.STALE or rows.refunds is None:
        return outcome
    is_changed = write_refunds(order, rows.refunds, at)
    return Outcome.UPDATED if is_changed and outcome is Outcome.UNCHANGED else outcome


def buyer_of(store: Store, rows: OrderRows) -> Customer | None:
    assert rows.buyer is not None
    who = (rows.customer_id or 0, rows.buyer.get("email", ""))
    past = forgotten.find(store, [who])
    placed_at = rows.values.get("placed_at") or rows.defaults.get("placed_at")
    if (nobody := past.of(who, placed_at)) is not None:
        return nobody
    if rows.customer_id is not None:
        found = Customer.objects.of(store).filter(woo_id=rows.customer_id).first()
        if found is not None:
            return found.merged_into or found
    email = rows.buyer.get("email", "")
    if not email:
        return None
    known = {name: value for name, value in rows.buyer.items() if name != "email"}
    person, _ = customers.find_or_create(store, email, known)
    return person


def address_of(customer: Customer | None, place: dict[str, str]) -> Address | None:
    if customer is None or not any(place.values()) or customer.is_nobody:
        return None
    same = Address.objects.of(customer.store).filter(customer=customer, **place).first()
    if same is not None:
        return same
    return bulk.insert([Address(store=customer.store, customer=customer, **place)])[0]


def lines_of(rows: OrderRows, known: Order | None, goods: Goods) -> Lines:
    """Lines that the file does not speak of stay as they are."""
    if rows.lines is None:
        kept = OrderLine.objects.of(goods.store).filter(order=known).order_by("pk")
        return [(line.woo_id, {}) for line in kept] if known else []
    return [
        (line.id, sold(line, goods, by_sku=rows.finds_by_sku)) for line in rows.lines
    ]


def sold(line: LineRow, goods: Goods, *, by_sku: bool) -> dict[str, Any]:
    product, variant = goods.of(line, by_sku=by_sku)
    name = line.values["name"] or (product.name if product else "")
    return {**line.values, "name": name, "product": product, "variant": variant}


def write_refunds(order: Order, rows: list[RefundRow], at: datetime) -> bool:
    """Tell whether anything changed. A refund that is listed no longer goes."""
    store, is_changed = order.store, False
    lines = list(OrderLine.objects.of(store).filter(order=order).order_by("pk"))
    for row in rows:
        _, outcome = refunds.record(
            order, row.id, row.values, [
                (own, {**values, "order_line": line_at(lines, line_id, place)})
                for own, line_id, place, values in row.lines
            ],
        )  # fmt: skip
        is_changed |= outcome in (Outcome.CREATED, Outcome.UPDATED)
    listed = [row.id for row in rows]
    gone = (
        Refund.objects.of(store).live().filter(order=order).exclude(woo_id__in=listed)
    )
    for woo_id in gone.exclude(woo_id=None).values_list("woo_id", flat=True):
        is_changed |= remove(Refund, store, int(woo_id or 0), at)
    return is_changed


def line_at(
    lines: list[OrderLine], line_id: int | None, place: int | None
) -> OrderLine | None:
    if line_id is not None:
        found = next((line for line in lines if line.woo_id == line_id), None)
        if found is None:
            raise InvalidInputError(f"The order has no line {line_id} to refund.")
        return found
    return lines[place - 1] if place and 0 < place <= len(lines) else None
