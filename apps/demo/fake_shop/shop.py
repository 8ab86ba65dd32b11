"""The fake's whole Python interface: state, mutations, deliveries, truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.demo.fake_shop import fill
from apps.demo.fake_shop.errors import RestError, not_found
from apps.demo.fake_shop.payloads import orders, people, products, webhooks
from apps.demo.fake_shop.refunds import Refunds
from apps.demo.fake_shop.rows import Json, Quirks

LIFELESS = frozenset(("trash", "auto-draft"))


class FakeShop(Refunds):
    def resource(self, topic: str, pk: int) -> Any:
        kind, event = topic.split(".")
        if event == "deleted":
            return {"id": pk}
        try:
            return self.read(f"{kind}s", pk)
        except RestError as refusal:
            return refusal.body()

    def read(self, kind: str, pk: int, base: str = "") -> Json:
        """What the REST route of this kind answers for one object."""
        with self.lock:
            row: Any = (
                self.product(pk) if kind == "products" else self.table(kind).get(pk)
            )
            if row is None:
                raise not_found(kind)
            return self.show(kind, row, base or self.url)

    def table(self, kind: str) -> Any:
        return getattr(self, kind)

    def show(self, kind: str, row: Any, base: str) -> Json:
        if kind == "refunds":
            return orders.refund(self, row, base, has_parent=True)
        show: Any = {
            "products": products.product, "variations": products.variation,
            "orders": orders.order, "customers": people.customer,
            "coupons": people.coupon, "categories": people.category,
            "tags": people.tag, "attributes": people.attribute,
            "terms": people.attribute_term, "notes": people.note,
            "webhooks": webhooks.webhook,
        }[kind]  # fmt: skip
        made: Json = show(self, row, base)
        return made

    def fill(
        self, *, products: int = 100, variations_per_product: int = 4,
        customers: int = 200, orders: int = 1_000, years: float = 2,
    ) -> None:  # fmt: skip
        """A big believable shop with a past; 100,000 orders in well under a minute."""
        fill.fill(
            self, products=products, variations_per_product=variations_per_product,
            customers=customers, orders=orders, years=years,
        )  # fmt: skip

    def truth(self, kind: str) -> dict[int, Json]:
        """Every live object's payload, without paging or limits; trash is not alive."""
        return {row["id"]: row for row in self.living(kind)}

    def living(self, kind: str) -> Iterator[Json]:
        """Under the lock until the last one is taken: a truth of one moment."""
        with self.lock:
            for row in self.table(kind):
                if getattr(row, "status", "") not in LIFELESS:
                    yield self.show(kind, row, self.url)


__all__ = ["FakeShop", "Quirks"]
