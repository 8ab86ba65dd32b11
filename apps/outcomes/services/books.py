"""What credited lines brought, kept equal to the shop's books.

The decision log only grows. What the books say now is compared with the sum of what was
joined before; the difference is one more row. So it makes no difference in which order
refunds come, how often this runs, or whether a refund was deleted again: the sums are
the shop's, to the cent. A correction may therefore be negative.

Each row's source says its cause: `line:5` (sold), `refund:7:line:5` (sent back),
`lost:line:5` (never paid after all), `gone:line:5` (taken out of the order); `#2` behind
it is the first correction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from apps.accounts.models import Store
from apps.decisions.models import Outcome
from apps.decisions.services import outcomes
from apps.outcomes.models import Credited
from apps.shop.models import Order, Refund
from apps.shop.services.margin import ZERO, LineNet, OrderNet, take_back

# Kinds of outcomes of products that were seen and not clicked.
ORDER_VIEWED, REFUND_VIEWED, MARGIN_VIEWED = (
    "order_viewed",
    "refund_viewed",
    "margin_viewed",
)
VIEWED = (ORDER_VIEWED, REFUND_VIEWED, MARGIN_VIEWED)
OURS = (Outcome.Kind.REFUND, Outcome.Kind.MARGIN, *VIEWED)
# The money never came, or not to stay, without any refund.
LOST = (Order.Status.CANCELLED, Order.Status.FAILED, Order.Status.TRASH)
AT_ONCE = 200
CORRECTION = "#"


class Cause(NamedTuple):
    kind: str
    name: str


@dataclass(frozen=True)
class Back:
    """What one refund took from one line."""

    refund: Refund
    revenue: Decimal
    quantity: int


@dataclass
class LineBook:
    """A line when it was sold, what went back of it, and what is left."""

    sold: Decimal
    pieces: int
    left: LineNet
    backs: list[Back] = field(default_factory=list)

    def cost(self, quantity: int) -> Decimal | None:
        unit_cost: Decimal | None = self.left.line.unit_cost
        return None if unit_cost is None else unit_cost * quantity


def books_of(order: Order) -> dict[int, LineBook]:
    """By line, refund after refund; of an order that was read `.with_money()`."""
    lines = {
        line.pk: LineNet(line, line.quantity, line.total, line.tax)
        for line in order.lines.all()
    }
    net = OrderNet(list(lines.values()))
    net.extras = order.total - net.gross
    found = {
        pk: LineBook(line.revenue, line.quantity, line) for pk, line in lines.items()
    }
    for refund in order.live_refunds:  # type: ignore[attr-defined]
        before = {pk: (line.revenue, line.quantity) for pk, line in lines.items()}
        take_back(refund, net, lines, order.currency)
        for pk, line in lines.items():
            revenue, quantity = before[pk]
            back = Back(refund, revenue - line.revenue, quantity - line.quantity)
            if back.revenue or back.quantity:
                found[pk].backs.append(back)
    return found


Targets = dict[Cause, tuple[Decimal, datetime]]


def targets(row: Credited, order: Order, book: LineBook | None) -> Targets:
    """What the log is to say in sum, by cause, and when it first happened."""
    if row.undone_at is not None:
        return {}
    line = f"line:{row.line_number}"
    refund, margin = kinds_of(row)
    found: Targets = {}
    if book is None:
        found[Cause(refund, f"gone:{line}")] = (row.revenue, order.updated_at)
    else:
        entries = [(line, book.sold, book.pieces, row.ordered_at)]
        entries += [
            (f"refund:{back.refund.pk}:{line}", -back.revenue, -back.quantity,
             back.refund.refunded_at)
            for back in book.backs
        ]  # fmt: skip
        if is_lost(order):
            rest = (-book.left.revenue, -book.left.quantity)
            entries.append((f"lost:{line}", *rest, order.updated_at))
        for name, revenue, quantity, at in entries:
            if name != line:
                found[Cause(refund, name)] = (-revenue, at)
            cost = book.cost(quantity)
            if cost is not None:
                found[Cause(margin, name)] = (revenue - cost, at)
    if row.is_viewed:
        sold = row.revenue if book is None else book.sold
        found[Cause(ORDER_VIEWED, f"{row.source}:{line}")] = (sold, row.ordered_at)
    return found


def kinds_of(row: Credited) -> tuple[str, str]:
    """Of a product that was only seen, words of their own: nothing adds them to the
    others by accident."""
    if row.is_viewed:
        return REFUND_VIEWED, MARGIN_VIEWED
    return Outcome.Kind.REFUND, Outcome.Kind.MARGIN


def is_lost(order: Order) -> bool:
    return order.deleted_at is not None or order.status in LOST


def book(store: Store, orders: Sequence[int], at: datetime) -> int:
    """Write down what is new about these orders; how many rows that were."""
    written = 0
    for start in range(0, len(orders), AT_ONCE):
        with transaction.atomic():
            written += book_some(store, orders[start : start + AT_ONCE], at)
    return written


def book_some(store: Store, ids: Sequence[int], at: datetime) -> int:
    rows = list(Credited.objects.of(store).filter(order__in=ids).order_by("pk"))
    wanted = {row.order_id for row in rows}
    orders = {
        order.pk: order
        for order in Order.objects.of(store).filter(pk__in=wanted).with_money()
    }
    books = {pk: books_of(order) for pk, order in orders.items()}
    joined = joined_before(store, {row.decision_id for row in rows})
    new: list[Outcome] = []
    for row in rows:
        order = orders[row.order_id]
        book = books[row.order_id].get(row.line_number)
        said = targets(row, order, book)
        before = joined[row.decision_id, row.line_number, row.is_viewed]
        new += differences(row, said, before, at)
        note(row, said, book)
    written = outcomes.join_all(store, new)
    fields = ["revenue", "refunded", "margin"]
    Credited.objects.of(store).bulk_update(rows, fields, batch_size=500)
    return written


Joined = dict[Cause, list[Decimal]]


def joined_before(
    store: Store, decisions: set[UUID]
) -> defaultdict[tuple[UUID, int, bool], Joined]:
    """Amounts in the log, by decision, line and whether it was only seen; by cause."""
    found: defaultdict[tuple[UUID, int, bool], Joined] = defaultdict(dict)
    rows = Outcome.objects.of(store).filter(decision_id__in=decisions, kind__in=OURS)
    for decision, kind, source, amount in rows.values_list(
        "decision_id", "kind", "source", "amount"
    ):
        name, _, _ = source.partition(CORRECTION)
        number = name.rpartition("line:")[2]
        if number.isdecimal() and amount is not None:
            key = (decision, int(number), kind in VIEWED)
            found[key].setdefault(Cause(kind, name), []).append(amount)
    return found


def differences(
    row: Credited, said: Targets, joined: Joined, at: datetime
) -> Iterator[Outcome]:
    for cause in dict.fromkeys([*said, *joined]):
        target, moment = said.get(cause, (ZERO, at))
        before = joined.get(cause, [])
        amount = target - sum(before, ZERO)
        if not amount:
            continue
        number = len(before) + 1
        yield Outcome(
            store_id=row.store_id,
            decision_id=row.decision_id,
            kind=cause.kind,
            # Two workers that found the same write it once.
            source=f"{cause.name}{CORRECTION}{number}" if before else cause.name,
            amount=amount,
            currency=row.currency,
            occurred_at=at if before else moment,
        )


def note(row: Credited, said: Targets, book: LineBook | None) -> None:
    """The same sums beside the log, where they can be added up by period."""
    refund, margin = kinds_of(row)
    if book is not None:
        row.revenue = book.sold
    amounts: defaultdict[str, list[Decimal]] = defaultdict(list)
    for cause, (amount, _) in said.items():
        amounts[cause.kind].append(amount)
    row.refunded = sum(amounts[refund], ZERO)
    is_known = book is None or book.cost(1) is not None
    row.margin = sum(amounts[margin], ZERO) if is_known else None
