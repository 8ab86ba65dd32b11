"""What the LuxeBrain plugin answers about a kind: by day, how many, sum and digest.

docs/plugin-digest.md says what both sides compute.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.rest.messages import Request
from apps.demo.fake_shop.rows import Json
from apps.demo.fake_shop.shop import FakeShop

KINDS = frozenset(
    ("orders", "refunds", "products", "variations", "coupons", "customers")
)


def digest(shop: FakeShop, request: Request) -> Json:
    kind = str(request.query.get("kind"))
    if kind not in KINDS:
        raise RestError(400, "luxebrain_unknown_kind", "There is no such kind.")
    days: dict[str, list[Any]] = {}
    for said in counted(shop, kind):
        day = days.setdefault(
            said["date_created_gmt"][:10], [0, Decimal(0), b"\0" * 32]
        )
        day[0] += 1
        if currency_of(shop, kind, said) == shop.currency:
            day[1] += Decimal(said.get("total") or said.get("amount") or 0)
        mark = hashlib.sha256(line(kind, said).encode()).digest()
        day[2] = bytes(a ^ b for a, b in zip(day[2], mark, strict=True))
    return {
        "kind": kind,
        "days": [
            [day, count, f"{total:.4f}", xor.hex()]
            for day, (count, total, xor) in sorted(days.items())
        ],
    }


def counted(shop: FakeShop, kind: str) -> Iterator[Json]:
    """Without open checkout pages, and without refunds of an order in the bin."""
    for said in shop.living(kind):
        order = shop.orders.get(said["parent_id"]) if kind == "refunds" else None
        status = order.status if order else said.get("status")
        if status not in ("checkout-draft", "trash"):
            yield said


def currency_of(shop: FakeShop, kind: str, said: Json) -> str:
    if kind == "refunds":
        return str(shop.orders[said["parent_id"]].currency)
    return str(said.get("currency", shop.currency))


def line(kind: str, said: Json) -> str:
    changed = seconds(said.get("date_modified_gmt") or said["date_created_gmt"])
    price, amount = said.get("price"), said.get("total") or said.get("amount")
    stock = said.get("stock_quantity")
    fields: dict[str, tuple[Any, ...]] = {
        "orders": (said.get("status"), money(amount)),
        "refunds": (said.get("parent_id"), money(amount)),
        "products": (said.get("status"), money(price), whole(stock)),
        "variations": (said.get("parent_id"), money(price), whole(stock)),
        "coupons": (money(amount),),
        "customers": (),
    }
    return "|".join(map(str, (said["id"], changed, *fields[kind])))


def seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


def money(text: str | None) -> str:
    return f"{Decimal(text):.4f}" if text else ""


def whole(number: int | None) -> str:
    return "" if number is None else str(number)
