"""What could be known of a store before a moment, as frames of plain columns.

Later rows never show: not an order, a refund, a price or a stock noted afterwards, not
two customers found to be one, not an order edited. What a product *is* (its categories,
brand, sizes, colors) is taken as it stands today.

Moments are microseconds since 1970, amounts whole ten-thousandths.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from apps.accounts.models import Store
from apps.features.services.goods import Goods
from apps.features.services.net import with_refunds
from apps.features.services.owners import Owners, owners_at
from apps.features.services.rows import (
    AMOUNT,
    DAY,
    INT,
    MOMENT,
    TEXT,
    frame_of,
    micros,
)
from apps.features.services.states import LINE, Then, states_at
from apps.shop.models import Customer, Order, OrderLine, Refund, RefundLine

# Longer lists of ids are no help to a database, and SQLite refuses them.
MOST_IDS = 500


@dataclass
class Known:
    """`customers` narrows what is read of orders to theirs, where few are asked for.

    `compared_at`: where a few rows that serve are kept up, they are compared with what
    all customers bought before that earlier moment, which is remembered.
    """

    store: Store
    as_of: datetime
    customers: Collection[int] | None = None
    compared_at: datetime | None = None

    @property
    def until(self) -> int:
        return micros(self.as_of)

    def since(self, days: int) -> int:
        return self.until - days * DAY

    def age(self, moment: pl.Expr) -> pl.Expr:
        """Days before the moment."""
        return (self.until - moment) / DAY

    def local(self, moment: pl.Expr) -> pl.Expr:
        """In the store's own time."""
        aware = pl.from_epoch(moment, time_unit="us").dt.replace_time_zone("UTC")
        return aware.dt.convert_time_zone(self.store.time_zone)

    @cached_property
    def goods(self) -> Goods:
        return Goods(self.store, self.as_of)

    @cached_property
    def owners(self) -> Owners:
        return owners_at(self.store, self.as_of)

    @cached_property
    def then(self) -> Then:
        return states_at(self.store, self.as_of)

    @cached_property
    def few(self) -> list[int] | None:
        """The customers to read; None: all. In the past others held their orders, and
        what the database adds up of all orders for comparison is of today."""
        if self.customers is None or len(self.customers) > MOST_IDS:
            return None
        if self.owners.orders or self.owners.apart:
            return None
        if self.compared_at is None and self.then.ids:
            return None
        return sorted(self.owners.related(self.customers))

    def there(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Not deleted before the moment."""
        return rows.filter(Q(deleted_at=None) | Q(deleted_at__gte=self.as_of))

    @cached_property
    def people(self) -> pl.DataFrame:
        """customer, woo, known_at: each person once, as far as that was known."""
        rows = self.there(Customer.objects.of(self.store))
        if self.few is not None:
            rows = rows.filter(pk__in=self.few)
        found = frame_of(
            rows,
            customer=(INT, "pk"),
            woo=(INT, "woo_id"),
            created=(MOMENT, "created_at"),
            registered=(MOMENT, "source_created_at"),
        )
        return found.filter(~pl.col("customer").is_in(list(self.owners.into))).select(
            "customer", "woo", known_at=pl.min_horizontal("created", "registered")
        )

    @cached_property
    def orders(self) -> pl.LazyFrame:
        """order, customer, at, whole, is_own, has_coupon: those that earned then."""
        placed = self.there(Order.objects.of(self.store))
        placed = placed.filter(placed_at__lt=self.as_of)
        if self.few is not None:
            placed = placed.filter(customer__in=self.few)
        now = read_orders(placed.exclude(status__in=Order.NOT_EARNING))
        edited = self.then.earning
        parts = [now.filter(~pl.col("order").is_in(list(self.then.ids)))]
        for start in range(0, len(edited), MOST_IDS):
            chunk = edited["order"][start : start + MOST_IDS].to_list()
            rows = read_orders(placed.filter(pk__in=chunk)).drop("whole", "has_coupon")
            parts.append(rows.join(edited, on="order").select(now.columns))
        found = pl.concat(parts).with_columns(
            is_own=pl.col("currency") == self.store.currency
        )
        return self.owners.of_orders(found.lazy().drop("currency"))

    @cached_property
    def lines(self) -> pl.LazyFrame:
        """Lines of those orders with what is left of them after refunds.

        line, order, customer, at, product, variant, units, back, subtotal, total, net,
        unit_cost; amounts are null where they are not in the store's currency.
        """
        rows = OrderLine.objects.of(self.store).filter(
            order__placed_at__lt=self.as_of, order__store=self.store
        )
        rows = rows.exclude(order__status__in=Order.NOT_EARNING)
        if self.few is not None:
            rows = rows.filter(order__customer__in=self.few)
        found = frame_of(
            rows,
            order=(INT, "order_id"),
            line=(INT, "pk"),
            product=(INT, "product_id"),
            variant=(INT, "variant_id"),
            units=(INT, "quantity"),
            subtotal=(AMOUNT, "subtotal"),
            total=(AMOUNT, "total"),
            tax=(AMOUNT, "tax"),
            unit_cost=(AMOUNT, "unit_cost"),
        )
        now = found.filter(~pl.col("order").is_in(list(self.then.ids)))
        columns = ("order", *LINE)
        whole = pl.concat([now.select(columns), self.then.lines.select(columns)])
        orders = self.orders
        lines = whole.lazy().join(orders, on="order")
        netted = with_refunds(
            lines.drop("whole"),
            orders.select("order", "whole"),
            self.refunds,
            self.returns,
        )
        amounts = pl.col("subtotal", "total", "net", "unit_cost")
        own = netted.with_columns(
            pl.when(pl.col("is_own")).then(amounts).otherwise(None).name.keep()
        )
        return own.drop("tax").collect().lazy()

    @property
    def refunds(self) -> pl.LazyFrame:
        rows = self.there(Refund.objects.of(self.store))
        rows = rows.filter(refunded_at__lt=self.as_of)
        if self.few is not None:
            rows = rows.filter(order__customer__in=self.few)
        return frame_of(
            rows,
            order=(INT, "order_id"),
            amount=(AMOUNT, "amount"),
            extras=(AMOUNT, "extras_total"),
        ).lazy()

    @property
    def returns(self) -> pl.LazyFrame:
        rows = RefundLine.objects.of(self.store).filter(
            refund__refunded_at__lt=self.as_of
        )
        rows = rows.filter(
            Q(refund__deleted_at=None) | Q(refund__deleted_at__gte=self.as_of)
        )
        if self.few is not None:
            rows = rows.filter(refund__order__customer__in=self.few)
        found = frame_of(
            rows,
            refunded=(INT, "pk"),
            line=(INT, "order_line_id"),
            back_units=(INT, "quantity"),
            back_total=(AMOUNT, "total"),
            back_tax=(AMOUNT, "tax"),
        )
        if self.then.returns:
            line = pl.col("refunded").replace_strict(
                self.then.returns, default=pl.col("line")
            )
            found = found.with_columns(line=line)
        return found.lazy().drop("refunded").drop_nulls("line")


def read_orders(rows: QuerySet[Any]) -> pl.DataFrame:
    found = frame_of(
        rows,
        order=(INT, "pk"),
        customer=(INT, "customer_id"),
        at=(MOMENT, "placed_at"),
        whole=(AMOUNT, "total"),
        currency=(TEXT, "currency"),
        coupons=(TEXT, "coupon_codes"),
    )
    has_coupon = pl.col("coupons").str.len_chars() > len("[]")
    return found.with_columns(has_coupon=has_coupon).drop("coupons")
