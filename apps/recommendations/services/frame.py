"""What was sold, as arrays, as of a moment: later rows never show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.shop.models import Order, OrderLine

WINDOW = timedelta(days=365)


@dataclass(frozen=True)
class Frame:
    """Sold lines: products, customers, units (n,) and moments (n,) in Unix seconds."""

    products: NDArray[np.int64]
    customers: NDArray[np.int64]
    units: NDArray[np.float64]
    moments: NDArray[np.float64]

    def between(self, since: datetime, until: datetime) -> Frame:
        inside = (self.moments >= since.timestamp()) & (
            self.moments < until.timestamp()
        )
        return Frame(
            self.products[inside],
            self.customers[inside],
            self.units[inside],
            self.moments[inside],
        )


def sold_lines(store: Store, as_of: datetime) -> Frame:
    """Lines of earning orders in the year before `as_of`, time ascending."""
    orders = Order.objects.of(store).earning()
    lines = (
        OrderLine.objects.of(store)
        .filter(order__in=orders, product__isnull=False)
        .filter(order__placed_at__lt=as_of, order__placed_at__gte=as_of - WINDOW)
        .order_by("order__placed_at", "pk")
        .values_list("product_id", "order__customer_id", "quantity", "order__placed_at")
    )
    rows = [(p, c or 0, q, at.timestamp()) for p, c, q, at in lines.iterator()]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return Frame(
        table[:, 0].astype(np.int64),
        table[:, 1].astype(np.int64),
        table[:, 2],
        table[:, 3],
    )
