"""Make the lines of an order or a refund what the payload says, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.shop.models import Order, OrderLine, Refund, RefundLine
from apps.shop.services.upsert import cleaned

Lines = Sequence[tuple[int | None, Mapping[str, Any]]]


def replace_lines(owner: Order | Refund, lines: Lines) -> bool:
    """Match by the shop's id, or by place where there is none; tell if one changed.

    The caller holds the owner's lock. Rows that stay keep their ids: refunds point at
    the lines of orders.
    """
    model: type[OrderLine] | type[RefundLine]
    model, name = (
        (OrderLine, "order") if isinstance(owner, Order) else (RefundLine, "refund")
    )
    rows = model._default_manager.filter(store=owner.store, **{name: owner})
    before = dict(keyed([(row.woo_id, row) for row in rows.order_by("pk")]))
    is_changed = False
    for key, values in keyed([(woo_id, cleaned(model, v)) for woo_id, v in lines]):
        row = before.pop(key, None)
        if row is None:
            row = model(store=owner.store, woo_id=key[0], **{name: owner}, **values)
            row.save(force_insert=True)
            is_changed = True
            continue
        changed = [field for field, v in values.items() if getattr(row, field) != v]
        for field in changed:
            setattr(row, field, values[field])
        if changed:
            row.save(update_fields=changed)
            is_changed = True
    for gone in before.values():
        gone.delete()
    return is_changed or bool(before)


def keyed(
    pairs: Sequence[tuple[int | None, Any]],
) -> list[tuple[tuple[int | None, int], Any]]:
    """Keys that tell lines apart: the shop's id, or the place among those without."""
    nameless = 0
    found = []
    for woo_id, thing in pairs:
        if woo_id is None:
            nameless += 1
        found.append(((woo_id, 0 if woo_id is not None else nameless), thing))
    return found
