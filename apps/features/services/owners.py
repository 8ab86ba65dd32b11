"""Whose an order was: joining two customers, or parting them, changes no past."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db.models import Q

from apps.accounts.models import Store
from apps.shop.models import Customer, CustomerMerge, Order


@dataclass(frozen=True)
class Owners:
    """As of a moment. `orders` holds those alone that have another owner by now;
    `into` every customer who was known to be somebody else."""

    orders: dict[int, int]
    into: dict[int, int]
    # Customers who are somebody else by now, but were not then.
    apart: frozenset[int]

    def related(self, customers: Collection[int]) -> set[int]:
        """With those who hold their orders and visits today, or held them before."""
        asked = set(customers)
        same = {customer for customer, kept in self.into.items() if kept in asked}
        return asked | same

    def of_orders(self, orders: pl.LazyFrame) -> pl.LazyFrame:
        """Column customer as it was; of (order, customer)."""
        if not self.orders:
            return orders
        owner = pl.col("order").replace_strict(self.orders, default=pl.col("customer"))
        return orders.with_columns(customer=owner)

    def persons(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Column customer: the person that this row was known to be."""
        if not self.into:
            return rows
        return rows.with_columns(customer=pl.col("customer").replace(self.into))


def owners_at(store: Store, as_of: datetime) -> Owners:
    """From today backwards through the merges and partings since `as_of`."""
    into = dict(Customer.objects.of(store).merged().values_list("pk", "merged_into_id"))
    since = list(
        CustomerMerge.objects.of(store).filter(
            Q(merged_at__gte=as_of) | Q(reverted_at__gte=as_of)
        )
    )
    today = owners_today(store, since)
    owner = dict(today)
    now_into = dict(into)
    for is_merge, merge in backwards(since, as_of):
        before, after = merge.absorbed_id, merge.kept_id
        if not is_merge:
            before, after = after, before
        for order in merge.moved.get("orders", ()):
            if owner.get(order) == after:
                owner[order] = before
        for customer in merge.moved.get("customers", ()):
            if into.get(customer) == after:
                into[customer] = before
        if is_merge:
            into.pop(merge.absorbed_id, None)
        else:
            into[merge.absorbed_id] = merge.kept_id
    return Owners(
        {order: who for order, who in owner.items() if who != today[order]},
        into,
        frozenset(now_into.keys() - into.keys()),
    )


def owners_today(store: Store, merges: Iterable[CustomerMerge]) -> dict[int, int]:
    moved = {order for merge in merges for order in merge.moved.get("orders", ())}
    rows = Order.objects.of(store).filter(pk__in=moved).exclude(customer=None)
    return dict(rows.values_list("pk", "customer_id"))


def backwards(
    merges: Iterable[CustomerMerge], as_of: datetime
) -> list[tuple[bool, CustomerMerge]]:
    """What happened since, the latest first: (True: joined, False: parted)."""
    steps = []
    for merge in merges:
        if merge.merged_at >= as_of:
            steps.append((merge.merged_at, merge.pk, 0, True, merge))
        if merge.reverted_at is not None and merge.reverted_at >= as_of:
            steps.append((merge.reverted_at, merge.pk, 1, False, merge))
    steps.sort(key=lambda step: step[:3], reverse=True)
    return [(is_merge, merge) for _, _, _, is_merge, merge in steps]
