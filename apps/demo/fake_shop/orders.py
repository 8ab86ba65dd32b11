"""Orders: what they sum to, what they do to the stock, and what each change sends."""

from __future__ import annotations

from typing import Any

from apps.demo.fake_shop import till
from apps.demo.fake_shop.coupons import Coupons
from apps.demo.fake_shop.customers import address
from apps.demo.fake_shop.errors import RestError, not_found
from apps.demo.fake_shop.money import micro
from apps.demo.fake_shop.rows import (
    NOWHERE,
    Address,
    Carriage,
    Coupon,
    Fee,
    Line,
    Order,
    Product,
)

TAKES_STOCK = frozenset(("processing", "completed", "on-hold"))
GIVES_BACK = frozenset(("cancelled", "pending"))
SOLD = frozenset(("processing", "completed"))
HOME_RATE, ABROAD_RATE = "6.99", "14.50"
METHODS = {"bacs": "Direct bank transfer", "cod": "Cash on delivery"}
Wanted = tuple[int, int, int]  # (product, variation or 0, quantity)


class Orders(Coupons):
    def place_order(
        self, lines: list[Wanted], customer_id: int = 0, email: str = "",
        status: str = "processing", **details: Any,
    ) -> int:  # fmt: skip
        """`coupons`, `currency`, `billing`, `shipping`, `carriage` (None: none),
        `fees`, `method`, `via`, `note`, `source` and `meta_data` may be given."""
        with self.lock:
            order = self.draw_up(lines, customer_id, email, details)
            order.id = self.next_id("post")
            self.orders.add(order)
            self.enter(order, status)
            self.tell("order.created", order.id)
            self.tell("order.updated", order.id)
            return order.id

    def open_checkout(
        self, lines: list[Wanted], customer_id: int = 0, email: str = "", **details: Any
    ) -> int:
        """Merely opening the block checkout makes an order; order.updated is all it says."""
        with self.lock:
            order = self.draw_up(
                lines, customer_id, email, {"via": "store-api", **details}
            )
            order.id = self.next_id("post")
            order.status = "checkout-draft"
            self.orders.add(order)
            self.tell("order.updated", order.id)
            return order.id

    def finish_checkout(self, pk: int, status: str = "processing") -> None:
        with self.lock:
            order = self.order(pk)
            order.modified = self.moment()
            self.enter(order, status)
            self.orders.version += 1
            self.tell("order.updated", pk)
            self.tell("order.created", pk)

    def order(self, pk: int) -> Order:
        found = self.orders.get(pk)
        if found is None:
            raise not_found("orders")
        return found

    def draw_up(
        self,
        wanted: list[Wanted],
        customer_id: int,
        email: str,
        details: dict[str, Any],
    ) -> Order:
        """Steps: addresses, lines, coupons, taxes, shipping, fees."""
        billing, shipping = self.addresses(customer_id, email, details)
        place = (shipping[8] or billing[8], shipping[6] or billing[6])
        lines = [self.line(*one) for one in wanted]
        coupons = [self.usable(code) for code in details.get("coupons") or ()]
        vouchers = tuple(
            till.redeem(coupon, lines, place, self.next_id("item"))
            for coupon in coupons
        )
        for coupon in coupons:
            coupon.usage_count += 1
            coupon.used_by = (*coupon.used_by, str(customer_id or billing[9]))
        for line in lines:
            till.tax_line(line, place)
        now = self.moment()
        order = Order(
            0, "pending", details.get("currency") or self.currency, now, now,
            customer_id, billing, shipping, tuple(lines), vouchers=vouchers,
            method=details.get("method", "bacs"), via=details.get("via", "checkout"),
            note=details.get("note", ""), source=details.get("source", "(direct)"),
        )  # fmt: skip
        order.method_title = details.get("method_title", METHODS.get(order.method, ""))
        order.meta = self.merge_meta((), details.get("meta_data"))
        order.carriage = self.carriage(details, place, lines)
        order.fees = tuple(
            Fee(self.next_id("item"), name, micro(amount),
                till.tax_extra(micro(amount), place, is_shipping=False))
            for name, amount in details.get("fees") or ()
        )  # fmt: skip
        self.number_taxes(order, place)
        return order

    def addresses(
        self, customer_id: int, email: str, details: dict[str, Any]
    ) -> tuple[Address, Address]:
        row = self.customers.get(customer_id)
        held = row.billing if row else NOWHERE
        billing = address(details.get("billing"), held)
        if email or not billing[9]:
            billing = (*billing[:9], email or (row.email if row else ""), billing[10])
        sent = details.get("shipping")
        shipping = address(sent) if sent else (row.shipping if row and any(row.shipping) else billing)  # fmt: skip
        return billing, shipping

    def line(self, product_id: int, variation_id: int, quantity: int) -> Line:
        row = self.product(variation_id or product_id)
        pk = self.next_id("item")
        if row is None:
            # As recorded: an unknown product is sold for nothing, without a name.
            return Line(pk, 0, 0, "", quantity, 0, 0, "")
        amount = micro(row.price) * quantity
        parent = self.products.get(row.parent) if row.type == "variation" else None
        return Line(
            pk, parent.id if parent else row.id, row.id if parent else 0, row.name,
            quantity, amount, amount, row.tax_class,
            options=self.chosen(row) if parent else (),
            parent_name=parent.name if parent else None,
        )  # fmt: skip

    def chosen(self, row: Product) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (axis.slug, axis.name, axis.options[0]) for axis in row.axes if axis.options
        )

    def usable(self, code: str) -> Coupon:
        coupon = self.coupon_of(code)
        if coupon is None:
            raise RestError(
                400, "woocommerce_rest_invalid_coupon",
                f"Coupon &quot;{code.lower()}&quot; cannot be applied because it does not exist.",
            )  # fmt: skip
        return coupon

    def carriage(
        self, details: dict[str, Any], place: tuple[str, str], lines: list[Line]
    ) -> tuple[Carriage, ...]:
        is_home = place[0] in ("US", "")
        amount = details.get("carriage", HOME_RATE if is_home else ABROAD_RATE)
        if amount is None:
            return ()
        size = micro(amount)
        title, instance = ("Flat rate", "1") if is_home else ("International", "3")
        # Carried at the rate of the goods; the standard one where any good has it.
        classes = [line.tax_class for line in lines] or [""]
        tax_class = "" if "" in classes else classes[0]
        taxes = till.tax_extra(size, place, is_shipping=True, tax_class=tax_class)
        return (
            Carriage(self.next_id("item"), title, "flat_rate", instance, size, taxes),
        )

    def number_taxes(self, order: Order, place: tuple[str, str]) -> None:
        used = {tax[0]: None for line in order.lines for tax in line.taxes}
        extras: list[Carriage | Fee] = [*order.carriage, *order.fees]
        used |= {tax[0]: None for one in extras for tax in one.taxes}
        order.tax_ids = tuple((rate, self.next_id("item")) for rate in used)

    def enter(self, order: Order, status: str) -> None:
        """The one door into a status: stock, dates and sales counts follow."""
        before, order.status = order.status, status
        if status in TAKES_STOCK and not order.is_reduced:
            self.move_stock(order, 1)
        elif status in GIVES_BACK and order.is_reduced:
            self.move_stock(order, -1)
        now = self.moment()
        is_paid = status == "completed" or (
            status == "processing" and order.method != "cod"
        )
        if is_paid and order.paid is None:
            order.paid = now
        if status == "completed" and before != "completed":
            order.completed = now
            self.paid_once(order.customer)

    def move_stock(self, order: Order, sign: int) -> None:
        for line in order.lines:
            row = self.product(line.variation or line.product)
            if row is None:
                continue
            owner = self.products.get(row.parent) or row
            owner.total_sales += sign * line.quantity  # moves no date by itself
            if sign > 0:
                line.reduced = self.take_stock(row, line.quantity)
            elif line.reduced:
                self.take_stock(row, -line.reduced)
                line.reduced = 0
        order.is_reduced = sign > 0

    def touch_order(self, order: Order) -> None:
        order.modified = self.moment()
        self.orders.version += 1

    def set_order_status(self, pk: int, status: str) -> None:
        self.edit_order(pk, status=status)

    def edit_order(self, pk: int, **fields: Any) -> None:
        with self.lock:
            order = self.order(pk)
            was_trash = order.status == "trash"
            for name, attribute in (("customer_note", "note"), ("customer_id", "customer"),
                                    ("payment_method", "method"), ("currency", "currency"),
                                    ("payment_method_title", "method_title")):  # fmt: skip
                if name in fields:
                    setattr(order, attribute, fields[name])
            if "billing" in fields:
                order.billing = address(fields["billing"], order.billing)
            if "shipping" in fields:
                order.shipping = address(fields["shipping"], order.shipping)
            if "meta_data" in fields:
                order.meta = self.merge_meta(order.meta, fields["meta_data"])
            if fields.get("status") not in (None, order.status):
                self.enter(order, fields["status"])
                if order.status == "refunded":
                    self.refund_rest(order)
            elif fields.get("set_paid") and order.paid is None:
                self.enter(order, "processing")
            self.touch_order(order)
            if not was_trash:  # out of the trash by PUT: nobody is told
                self.tell("order.updated", pk)

    def refund_rest(self, order: Order) -> None:
        raise NotImplementedError

    def trash_order(self, pk: int) -> None:
        with self.lock:
            order = self.order(pk)
            order.before_trash, order.status = order.status, "trash"
            self.touch_order(order)
            self.tell("order.deleted", pk)

    def untrash_order(self, pk: int) -> None:
        with self.lock:
            order = self.order(pk)
            order.status = order.before_trash or "pending"
            self.touch_order(order)
            self.tell("order.restored", pk)

    def delete_order(self, pk: int) -> None:
        """For good, with its refunds; nobody is told."""
        with self.lock:
            order = self.order(pk)
            for refund in order.refunds:
                self.refunds.remove(refund)
            self.orders.remove(pk)
