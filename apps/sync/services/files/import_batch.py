"""Write some rows of a file: each thing alone, so that a bad one harms no other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, transaction

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.shop.services.upsert import Outcome
from apps.sync.files.cells import Shop
from apps.sync.files.customers import CustomerRow
from apps.sync.files.kinds import Index, Payload, understand
from apps.sync.files.orders import OrderRows
from apps.sync.files.products import ProductRows
from apps.sync.files.records import Record, Refusal
from apps.sync.services.files import import_customers, import_orders, import_products

# How counts are called in `FileImport.counts`.
NAMES = {
    Outcome.CREATED: "created",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "unchanged",
    Outcome.STALE: "older",
}
CUT_AT = 2_000
OLDER = "What is known here is newer, so this changed nothing."
IMPOSSIBLE = "The shop's tables do not take it: a value does not fit with the others."


@dataclass
class Writer:
    """Writes into one store; remembers what the next rows will ask for again."""

    store: Store
    at: datetime
    index: Index
    shelves: import_products.Shelves = field(
        default_factory=import_products.Shelves, init=False
    )

    def __post_init__(self) -> None:
        self.shop = Shop(self.store.currency, self.store.zone)
        self.goods = import_orders.Goods(self.store)

    def write(
        self, groups: Sequence[Sequence[Record]]
    ) -> tuple[Counter[str], list[tuple[Refusal, bool]]]:
        """How many things of which outcome, and (what was said of a row, is it refused)."""
        counts: Counter[str] = Counter()
        said: list[tuple[Refusal, bool]] = []
        read = [(group, *understand(group, self.index, self.shop)) for group in groups]
        self.goods.look_up(each for _, each, _ in read if isinstance(each, OrderRows))
        for group, payload, refusals in read:
            said += [(refusal, True) for refusal in refusals]
            if payload is None:
                continue
            try:
                with transaction.atomic():
                    outcome = self.write_one(payload)
            except (LuxeBrainError, IntegrityError, DataError) as error:
                self.shelves.clear()  # they may have been taken back
                reason = (
                    error.message if isinstance(error, LuxeBrainError) else IMPOSSIBLE
                )
                gone = {refusal.record.line for refusal in refusals}
                said += [
                    (Refusal(r, "", reason), True) for r in group if r.line not in gone
                ]
                continue
            counts[NAMES[outcome]] += 1
            if outcome is Outcome.STALE:
                said.append((Refusal(group[0], "modified_at", OLDER), False))
        counts["refused"] += sum(is_refused for _, is_refused in said)
        return counts, said

    def write_one(self, payload: Payload) -> Outcome:
        match payload:
            case ProductRows():
                return import_products.write(self.store, payload, self.at, self.shelves)
            case CustomerRow():
                return import_customers.write(self.store, payload, self.at)
            case OrderRows():
                return import_orders.write(self.store, payload, self.at, self.goods)


def shortened(record: Record) -> dict[str, str]:
    """The row as a problem keeps it."""
    return {name[:200]: storable(cell) for name, cell in record.cells.items()}


def storable(cell: Any) -> str:
    if isinstance(cell, dict | list):
        cell = json.dumps(cell, default=float, ensure_ascii=False)
    said = "" if cell is None else str(cell)
    said = said.replace("\x00", "\N{SYMBOL FOR NULL}")
    said = said.encode("utf-8", "replace").decode()
    return said if len(said) <= CUT_AT else f"{said[:CUT_AT]}…"
