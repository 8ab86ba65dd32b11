from __future__ import annotations

import random
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from apps.demo.fake_shop.moments import Zone, seconds
from apps.demo.fake_shop.rows import (
    Attribute,
    Coupon,
    Customer,
    Key,
    Note,
    Order,
    Product,
    Quirks,
    Refund,
    Term,
    Webhook,
)


class Row(Protocol):
    id: int


R = TypeVar("R", bound=Row)


class Table(Generic[R]):
    """Rows by id, and the ids in order, so that a deep page costs no walk."""

    def __init__(self) -> None:
        self.rows: dict[int, R] = {}
        self.ids: list[int] = []
        self.version = 0  # moves with every change; cached lists compare it

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[R]:
        rows = self.rows
        return (rows[pk] for pk in self.ids)

    def __contains__(self, pk: object) -> bool:
        return pk in self.rows

    def __getitem__(self, pk: int) -> R:
        return self.rows[pk]

    def get(self, pk: int) -> R | None:
        return self.rows.get(pk)

    def add(self, row: R) -> R:
        if not self.ids or row.id > self.ids[-1]:
            self.ids.append(row.id)
        else:
            insort(self.ids, row.id)
        self.rows[row.id] = row
        self.version += 1
        return row

    def remove(self, pk: int) -> R:
        row = self.rows.pop(pk)
        del self.ids[bisect_left(self.ids, pk)]
        self.version += 1
        return row


class State:
    """Everything the shop holds, under one lock; the verbs are in the classes above."""

    def __init__(
        self, *, name: str = "Lab Store", time_zone: str = "America/New_York",
        currency: str = "USD", key: str = "ck_lab", secret: str = "cs_lab",  # noqa: S107 the fake's own
        seed: int = 1, url: str = "http://127.0.0.1:8081",
    ) -> None:  # fmt: skip
        self.name = name
        self.zone = Zone(time_zone)
        self.currency = currency
        self.key, self.secret = key, secret
        self.seed = seed
        self.url = url
        self.random = random.Random(seed)  # noqa: S311 a shop that can be repeated
        self.lock = threading.RLock()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.quirks = Quirks()
        self.keys = {key: Key(key, secret)}
        self.categories: Table[Term] = Table()
        self.tags: Table[Term] = Table()
        self.attributes: Table[Attribute] = Table()
        self.terms: Table[Term] = Table()
        self.products: Table[Product] = Table()
        self.variations: Table[Product] = Table()
        self.customers: Table[Customer] = Table()
        self.coupons: Table[Coupon] = Table()
        self.orders: Table[Order] = Table()
        self.refunds: Table[Refund] = Table()
        self.notes: Table[Note] = Table()
        self.webhooks: Table[Webhook] = Table()
        self.skus: dict[str, int] = {}
        self.slugs: dict[str, int] = {}
        # (list of ids) of the last questions, by kind and question; see rest/lists.py.
        self.asked: dict[Any, tuple[int, list[int]]] = {}
        # WordPress numbers posts, users, terms and lines each on their own.
        self.last = {
            "post": 11, "user": 1, "term": 15, "item": 0, "meta": 0,
            "attribute": 0, "webhook": 0, "note": 1, "key": 1,
        }  # fmt: skip
        self.customers.add(
            Customer(1, "admin@example.test", "", "", "admin", self.moment(),
                     self.moment(), role="administrator")
        )  # fmt: skip

    def now(self) -> datetime:
        return self.clock()

    def moment(self) -> int:
        return seconds(self.clock())

    def next_id(self, sequence: str) -> int:
        self.last[sequence] += 1
        return self.last[sequence]

    def add_key(
        self, permissions: str = "read_write", role: str = "administrator",
        *, key: str = "", secret: str = "",
    ) -> Key:  # fmt: skip
        with self.lock:
            number = self.next_id("key")
            made = Key(
                key or f"ck_{self.seed:08x}{number:032x}",
                secret or f"cs_{self.seed:08x}{number:032x}",
                permissions, role,
            )  # fmt: skip
            self.keys[made.key] = made
            return made
