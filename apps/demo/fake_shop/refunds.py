from __future__ import annotations

from collections.abc import Sequence

from apps.demo.fake_shop.errors import RestError, not_found
from apps.demo.fake_shop.money import cents, micro, text
from apps.demo.fake_shop.orders import Orders
from apps.demo.fake_shop.rows import Carriage, Fee, Line, Note, Order, Refund

# (line, quantity, sum without tax)
Returned = tuple[int, int, str | float]


def total_of(order: Order) -> int:
    parts: list[Line | Carriage | Fee] = [*order.lines, *order.carriage, *order.fees]
    return sum(cents(part.total) + sum(tax[1] for tax in part.taxes) for part in parts)


class Refunds(Orders):
    def refund(
        self, order_id: int, amount: str | float | None = None,
        lines: Sequence[Returned] = (), reason: str = "", *, restock: bool = True,
    ) -> int:  # fmt: skip
        """Without `amount` and `lines` all that is left; a full one sets the status."""
        with self.lock:
            order = self.order(order_id)
            returned = tuple(self.returned(order, *one) for one in lines)
            rest = self.left_of(order)
            if amount is not None:
                size = micro(amount)
            elif returned:
                size = -sum(cents(one.total) + sum(tax[1] for tax in one.taxes) for one in returned)  # fmt: skip
            else:
                size = rest
            if size <= 0 or size > rest:
                raise RestError(
                    500, "woocommerce_rest_cannot_create_order_refund", "Invalid refund amount."
                )  # fmt: skip
            row = self.book(order, size, reason, returned)
            if restock:
                self.put_back(order, returned)
            if size == rest and order.status != "refunded":
                self.enter(order, "refunded")
            self.touch_order(order)
            self.tell("order.updated", order_id)
            return row.id

    def book(
        self, order: Order, size: int, reason: str, lines: tuple[Line, ...],
        carriage: tuple[Carriage, ...] = (),
    ) -> Refund:  # fmt: skip
        kind = "full" if size == total_of(order) else "partial"
        rates = {tax[0]: None for line in lines for tax in line.taxes}
        row = self.refunds.add(
            Refund(
                self.next_id("post"), order.id, self.moment(), size, reason, kind, lines,
                carriage, tuple((rate, self.next_id("item")) for rate in rates),
            )
        )  # fmt: skip
        order.refunds = (row.id, *order.refunds)  # the newest first
        return row

    def left_of(self, order: Order) -> int:
        return total_of(order) - sum(self.refunds[pk].amount for pk in order.refunds)

    def returned(
        self, order: Order, line_id: int, quantity: int, total: str | float
    ) -> Line:
        line = next((one for one in order.lines if one.id == line_id), None)
        if line is None:
            message = "Invalid line item."
            raise RestError(400, "woocommerce_rest_invalid_line_item", message)
        size = micro(total)
        taxes = tuple(
            (rate, tax := -cents(full * size // line.total) if line.total else 0, tax)
            for rate, full, _ in line.taxes
        )
        return Line(
            self.next_id("item"), line.product, line.variation, line.name, -quantity,
            -size, -size, line.tax_class, taxes, (), line.parent_name, of_line=line.id,
        )  # fmt: skip

    def put_back(self, order: Order, lines: tuple[Line, ...]) -> None:
        for one in lines:
            line = next(line for line in order.lines if line.id == one.of_line)
            row = self.product(line.variation or line.product)
            pieces = min(-one.quantity, line.reduced)
            if row is not None and pieces > 0:
                self.take_stock(row, -pieces)
                line.reduced -= pieces

    def refund_rest(self, order: Order) -> None:
        rest = self.left_of(order)
        if rest > 0:
            self.book(order, rest, "Order fully refunded.", ())

    def delete_refund(self, order_id: int, refund_id: int) -> None:
        """Moves no date and tells nobody: only comparing finds it."""
        with self.lock:
            order = self.order(order_id)
            if refund_id not in order.refunds:
                raise not_found("refunds")
            order.refunds = tuple(pk for pk in order.refunds if pk != refund_id)
            self.refunds.remove(refund_id)
            self.orders.version += 1

    def add_note(self, order_id: int, note: str, *, for_customer: bool = False) -> int:
        with self.lock:
            self.order(order_id)
            row = Note(self.next_id("note"), order_id, "admin", self.moment(), note, for_customer)  # fmt: skip
            return self.notes.add(row).id

    def total(self, order_id: int) -> str:
        return text(total_of(self.order(order_id)))
