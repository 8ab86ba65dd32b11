"""Copy an order of the shop with its lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import Store
from apps.shop.models import Customer, Order, OrderLine, Product, Variant
from apps.shop.services.recount import recount
from apps.shop.services.replace_lines import Lines, replace_lines
from apps.shop.services.upsert import Outcome, is_older, upsert


def record(
    store: Store,
    woo_id: int,
    source_modified_at: datetime,
    values: Mapping[str, Any],
    lines: Lines,
    seen_at: datetime | None = None,
) -> tuple[Order | None, Outcome]:
    """Write a payload, unless a newer one has spoken or it is an open checkout page.

    Opening the block checkout makes a draft in the shop. It becomes no row here, so
    that nothing can count it; an order that turns back into a draft does so here too.
    `lines` are (woo_id, values); a new line without `unit_cost` takes the cost of now.
    """
    with transaction.atomic():
        known = Order.objects.of(store).filter(woo_id=woo_id).first()
        if values["status"] in Order.DRAFTS and not is_step_back(
            known, source_modified_at
        ):
            return known, Outcome.STALE
        order, outcome = upsert(
            Order, store, woo_id, source_modified_at, values, seen_at=seen_at
        )
        locked = Order.objects.of(store).select_for_update().get(pk=order.pk)
        if outcome is Outcome.STALE or is_older(source_modified_at, locked):
            return order, Outcome.STALE
        is_changed = replace_lines(order, with_costs(order, lines))
        if is_changed and outcome is Outcome.UNCHANGED:
            outcome = Outcome.UPDATED
        if outcome is not Outcome.UNCHANGED:
            recount_all(store, known, order)
    return order, outcome


def is_step_back(known: Order | None, source_modified_at: datetime) -> bool:
    """An order, known here, became a draft after what is known of it."""
    if known is None or known.source_modified_at is None:
        return False
    return known.source_modified_at < source_modified_at


def with_costs(order: Order, lines: Lines) -> Lines:
    """Lines that are new here get the unit cost of now; margins need the cost of then."""
    known = set(
        OrderLine.objects.of(order.store)
        .filter(order=order)
        .values_list("woo_id", flat=True)
    )
    fresh = [
        (woo_id, values)
        for woo_id, values in lines
        if woo_id not in known and "unit_cost" not in values
    ]
    if not fresh:
        return lines
    costs = {id(values): cost_of(values) for _, values in fresh}
    return [
        (woo_id, {**values, "unit_cost": costs[id(values)]})
        if id(values) in costs
        else (woo_id, values)
        for woo_id, values in lines
    ]


def cost_of(values: Mapping[str, Any]) -> Any:
    variant: Variant | None = values.get("variant")
    product: Product | None = values.get("product")
    if variant is not None and variant.cost is not None:
        return variant.cost
    return product.cost if product is not None else None


def recount_all(store: Store, before: Order | None, after: Order) -> None:
    ids = {order.customer_id for order in (before, after) if order is not None}
    people = Customer.objects.of(store).filter(pk__in=[pk for pk in ids if pk])
    for customer in people.order_by("pk"):
        recount(customer)
