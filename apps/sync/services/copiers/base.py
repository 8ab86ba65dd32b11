"""How one kind of thing gets from the shop's words into our rows, and back to compare.

Writing and proving share one reading of the payload: what is proven is what was copied.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from apps.accounts.models import Store
from apps.shop.models.source import SourceQuerySet, SourceRow
from apps.shop.services.upsert import Outcome, cleaned
from apps.sync.woo.things import Parsed

Row = TypeVar("Row", bound=SourceRow)
Thing = TypeVar("Thing", bound=Parsed)


@dataclass(frozen=True)
class Copy(Generic[Thing]):
    """What our row should say about a thing."""

    thing: Thing
    # Columns as the row holds them.
    values: dict[str, Any]
    # What hangs on it, in plain data: {"lines": [[125, 24, ...], ...]}.
    parts: dict[str, Any] = field(default_factory=dict)
    # What `write` needs besides: rows found on the way.
    found: Any = None
    # Of its amounts; None where they can only be in the shop's own.
    currency: str | None = None

    @property
    def woo_id(self) -> int:
        return self.thing.woo_id

    @property
    def essence(self) -> dict[str, Any]:
        return {**self.values, **self.parts}


class Copier(ABC, Generic[Row, Thing]):
    """One kind. Every method works on a page at once: queries do not grow with it."""

    model: ClassVar[type[SourceRow]]

    @abstractmethod
    def prepare(self, store: Store, things: Sequence[Thing]) -> list[Copy[Thing]]:
        """Without those that cannot be copied yet: their owner is not here."""

    @abstractmethod
    def write(
        self, store: Store, copy: Copy[Thing], seen_at: datetime | None
    ) -> Outcome: ...

    def write_many(
        self, store: Store, copies: Sequence[Copy[Thing]], seen_at: datetime | None
    ) -> dict[int, Outcome]:
        return {copy.woo_id: self.write(store, copy, seen_at) for copy in copies}

    def mine(self, store: Store) -> SourceQuerySet[Any]:
        """All rows that came from the shop, deleted ones too."""
        rows: SourceQuerySet[Any] = self.model._default_manager.filter(store=store)
        return rows.exclude(woo_id=None)

    def live(self, store: Store) -> SourceQuerySet[Any]:
        """What the shop should list."""
        return self.mine(store).live()

    def rows(self, store: Store, woo_ids: Iterable[int]) -> dict[int, Row]:
        """With all that `parts` reads."""
        found = self.with_parts(self.mine(store).filter(woo_id__in=list(woo_ids)))
        return {row.woo_id: row for row in found}

    def with_parts(self, rows: SourceQuerySet[Any]) -> SourceQuerySet[Any]:
        return rows

    def parts(self, row: Row) -> dict[str, Any]:
        """As in Copy.parts, from the row."""
        return {}

    def currency(self, row: Row) -> str | None:
        """As in Copy.currency, from the row."""
        return None

    def clean(self, values: dict[str, Any]) -> dict[str, Any]:
        return cleaned(self.model, values)

    def essence(self, row: Row, names: Iterable[str]) -> dict[str, Any]:
        return {**{name: getattr(row, name) for name in names}, **self.parts(row)}


def differing(copier: Copier[Any, Any], copy: Copy[Any], row: Any) -> list[str]:
    """Names of what differs; everything where there is no live row."""
    if row is None or row.deleted_at is not None:
        return sorted(copy.essence)
    ours = copier.essence(row, copy.values)
    return sorted(name for name, said in copy.essence.items() if ours[name] != said)
