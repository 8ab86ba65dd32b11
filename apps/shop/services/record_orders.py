"""Copy many orders of the shop at once: those that are new in a few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.utils import timezone

from apps.accounts.models import Store
from apps.shop.models import Customer, Order, OrderLine
from apps.shop.services import orders
from apps.shop.services.replace_lines import Lines
from apps.shop.services.upsert import Outcome, cleaned


@dataclass(frozen=True)
class OrderCopy:
    """What orders.record takes, for one order of many."""

    woo_id: int
    source_modified_at: datetime
    values: Mapping[str, Any]
    lines: Lines


def record_many(
    store: Store, copies: Sequence[OrderCopy], seen_at: datetime | None = None
) -> dict[int, Outcome]:
    """As orders.record for each, by the shop's id; drafts make no row.

    A first sync would spend most of its time on statements for one order each.
    """
    known = set(
        Order.objects.of(store)
        .filter(woo_id__in=[copy.woo_id for copy in copies])
        .values_list("woo_id", flat=True)
    )
    placed = [copy for copy in copies if copy.values["status"] not in Order.DRAFTS]
    fresh = [copy for copy in placed if copy.woo_id not in known]
    done = {}
    try:
        with transaction.atomic():
            insert(store, fresh)
        done = {copy.woo_id: Outcome.CREATED for copy in fresh}
    except IntegrityError:  # someone else has just written one of them
        pass
    for copy in copies:
        if copy.woo_id not in done:
            done[copy.woo_id] = orders.record(
                store,
                copy.woo_id,
                copy.source_modified_at,
                copy.values,
                copy.lines,
                seen_at,
            )[1]
    return done


def insert(store: Store, copies: Sequence[OrderCopy]) -> None:
    rows = Order.objects.bulk_create(
        [
            Order(
                store=store,
                woo_id=copy.woo_id,
                source_modified_at=copy.source_modified_at,
                **cleaned(Order, copy.values),
            )
            for copy in copies
        ]
    )
    OrderLine.objects.bulk_create(
        [
            OrderLine(
                store=store,
                order=row,
                woo_id=woo_id,
                **cleaned(OrderLine, {"unit_cost": orders.cost_of(values), **values}),
            )
            for row, copy in zip(rows, copies, strict=True)
            for woo_id, values in copy.lines
        ]
    )
    recount_many(store, {row.customer_id for row in rows if row.customer_id})


def recount_many(store: Store, customer_ids: set[int]) -> None:
    """As recount does for one; in the order of ids, as all who lock customers."""
    people = Customer.objects.of(store).filter(pk__in=customer_ids).order_by("pk")
    locked = list(people.select_for_update())
    spans = {
        found["customer"]: (found["first"], found["last"])
        for found in Order.objects.of(store)
        .earning()
        .filter(customer__in=customer_ids)
        .values("customer")
        .annotate(first=Min("placed_at"), last=Max("placed_at"))
        .order_by()
    }
    changed = []
    for person in locked:
        first, last = spans.get(person.pk, (None, None))
        if (person.first_ordered_at, person.last_ordered_at) != (first, last):
            person.first_ordered_at, person.last_ordered_at = first, last
            person.updated_at = timezone.now()
            changed.append(person)
    Customer.objects.of(store).bulk_update(
        changed, ["first_ordered_at", "last_ordered_at", "updated_at"]
    )
