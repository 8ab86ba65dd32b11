"""What an order brought in the end: net of tax, discounts and refunds, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apps.core.money import split
from apps.shop.models import Order, OrderLine, Refund

ZERO = Decimal(0)


@dataclass
class LineNet:
    """What is left of a line: pieces not sent back, money without tax, and the tax."""

    line: OrderLine
    quantity: int
    revenue: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.revenue + self.tax

    @property
    def cost(self) -> Decimal | None:
        """Of the pieces kept; what came back is on the shelf again. None: unknown."""
        if self.line.unit_cost is None:
            return None
        cost: Decimal = self.line.unit_cost * self.quantity
        return cost

    @property
    def margin(self) -> Decimal | None:
        return None if self.cost is None else self.revenue - self.cost


@dataclass
class OrderNet:
    """`extras` are shipping and fees with their tax: no margin of goods."""

    lines: Sequence[LineNet]
    extras: Decimal = field(default=ZERO)

    @property
    def revenue(self) -> Decimal:
        return sum((line.revenue for line in self.lines), ZERO)

    @property
    def gross(self) -> Decimal:
        """Equals the order's total less its refunds, always."""
        return sum((line.gross for line in self.lines), self.extras)

    @property
    def margin(self) -> Decimal | None:
        """None where the cost of one line is unknown."""
        margins = [line.margin for line in self.lines]
        known = [margin for margin in margins if margin is not None]
        return sum(known, ZERO) if len(known) == len(margins) else None


def order_margin(order: Order) -> OrderNet:
    """Reckon one order that was read `.with_money()`."""
    lines = {
        line.pk: LineNet(line, line.quantity, line.total, line.tax)
        for line in order.lines.all()
    }
    net = OrderNet(list(lines.values()))
    net.extras = order.total - net.gross
    for refund in order.live_refunds:  # type: ignore[attr-defined]
        take_back(refund, net, lines, order.currency)
    return net


def take_back(
    refund: Refund, net: OrderNet, lines: dict[int, LineNet], currency: str
) -> None:
    """Take a refund off: first what it names, then the rest of its amount from all.

    A refund of money alone names nothing. It is spread over what is left of the lines
    and extras in proportion, so that no cent appears or goes missing.
    """
    rest = refund.amount - refund.extras_total
    net.extras -= refund.extras_total
    for back in refund.lines.all():
        line = lines.get(back.order_line_id or 0)
        if line is not None:
            line.quantity -= back.quantity
            line.revenue -= back.total
            line.tax -= back.tax
            rest -= back.total + back.tax
    if rest:
        spread(rest, net, currency)


def spread(amount: Decimal, net: OrderNet, currency: str) -> None:
    left = [*(line.gross for line in net.lines), net.extras]
    parts = split(amount, [max(part, ZERO) for part in left], currency)
    for line, part in zip(net.lines, parts, strict=False):
        weights = [max(line.revenue, ZERO), max(line.tax, ZERO)]
        revenue, tax = split(part, weights, currency)
        line.revenue -= revenue
        line.tax -= tax
    # With parts smaller than a cent (orders at four places) the extras close the sum.
    net.extras -= amount - sum(parts[: len(net.lines)], ZERO)
