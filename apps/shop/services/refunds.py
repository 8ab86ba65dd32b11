"""Copy a refund, and keep what an order has given back equal to its refunds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Sum

from apps.core.errors import ConflictError, InvalidInputError
from apps.shop.models import Order, Refund
from apps.shop.services.replace_lines import Lines, replace_lines
from apps.shop.services.upsert import Outcome, upsert

log = structlog.get_logger(__name__)


def record(
    order: Order,
    woo_id: int,
    values: Mapping[str, Any],
    lines: Lines = (),
    seen_at: datetime | None = None,
) -> tuple[Refund, Outcome]:
    """Write a refund of the shop: amounts positive, lines as (woo_id, values).

    The shop's refunds are taken as they are, also where they exceed the order: a copy
    that refuses is no copy. `Order.objects.over_refunded()` lists such orders.
    """
    check_signs(values, lines)
    with transaction.atomic():
        locked = lock(order)
        refund, outcome = upsert(
            Refund,
            order.store,
            woo_id,
            values["refunded_at"],
            {**values, "order": order},
            seen_at=seen_at,
        )
        if outcome is Outcome.STALE:
            return refund, outcome
        if replace_lines(refund, lines) and outcome is Outcome.UNCHANGED:
            outcome = Outcome.UPDATED
        settle(locked)
    order.refunded_total = locked.refunded_total
    return refund, outcome


def give(order: Order, values: Mapping[str, Any], lines: Lines = ()) -> Refund:
    """Refund an order of a shop that lives here. More than was paid is refused."""
    check_signs(values, lines)
    with transaction.atomic():
        locked = lock(order)
        settle(locked)
        left = locked.total - locked.refunded_total
        if Decimal(values["amount"]) > left:
            raise ConflictError(f"At most {left} {order.currency} can be refunded.")
        refund = Refund.objects.create(store=order.store, order=order, **values)
        replace_lines(refund, lines)
        settle(locked)
    order.refunded_total = locked.refunded_total
    return refund


def check_signs(values: Mapping[str, Any], lines: Lines) -> None:
    """WooCommerce writes refunds inside orders as negative; parsing turns them round."""
    amounts = [values["amount"]]
    for _, line in lines:
        amounts += [line.get("quantity", 0), line["total"], line.get("tax", 0)]
    if any(Decimal(amount) < 0 for amount in amounts):
        raise InvalidInputError("A refund's amounts are positive.")


def lock(order: Order) -> Order:
    return Order.objects.of(order.store).select_for_update().get(pk=order.pk)


def settle(order: Order) -> None:
    """Add up the refunds that there are: twice is as good as once.

    The caller holds the order's lock.
    """
    live = Refund.objects.of(order.store).live().filter(order=order)
    total = live.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    if total == order.refunded_total:
        return
    if total > order.total:
        log.warning("shop.over_refunded", store_id=order.store_id, order_id=order.pk)
    order.refunded_total = total
    order.save(update_fields=["refunded_total", "updated_at"])
