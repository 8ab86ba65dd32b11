"""What a column is: its name, how a cell is read, and what the schema page says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.sync.files.cells import Read, RefusedError, Shop, text
from apps.sync.files.dialect import UnreadableError


@dataclass(frozen=True)
class Column:
    """`field` is what the shop's row calls it. `empty` is what an empty cell means."""

    name: str
    kind: str
    read: Read
    example: str
    about: str
    field: str = ""
    is_required: bool = False
    empty: Any = None

    @property
    def target(self) -> str:
        return self.field or self.name

    def value(self, cell: Any, shop: Shop) -> Any:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            if self.is_required:
                raise RefusedError("It is empty, but needed.", self.name)
            return list(self.empty) if isinstance(self.empty, list) else self.empty
        try:
            return self.read(cell, shop)
        except RefusedError as error:
            raise RefusedError(error.reason, self.name) from error


def words(name: str, most: int | None, example: str, about: str, **more: Any) -> Column:
    """A column of text, at most so many characters long."""
    return Column(name, "text", text(most), example, about, **{"empty": "", **more})


def values_of(
    columns: Sequence[Column], cells: Mapping[str, Any], shop: Shop
) -> dict[str, Any]:
    """By the row's field; a column that the file lacks is not there either."""
    return {
        column.target: column.value(cells[column.name], shop)
        for column in columns
        if column.name in cells
    }


def is_blank(columns: Sequence[Column], cells: Mapping[str, Any]) -> bool:
    """Nothing stands in any of these columns."""
    found = (cells.get(column.name) for column in columns)
    return all(cell is None or not str(cell).strip() for cell in found)


def check_header(
    header: Sequence[str], columns: Sequence[Column], groups: Sequence[Sequence[str]]
) -> list[str]:
    """The names of unknown columns; of each group at least one must be there.

    Raises UnreadableError, since without a needed column no row can be understood.
    """
    for group in groups:
        if not set(group) & set(header):
            wanted = " or ".join(f"“{name}”" for name in group)
            raise UnreadableError(
                f"The column {wanted} is missing. There are: {listed(header)}."
            )
    known = {column.name for column in columns}
    return [name for name in header if name not in known]


def listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name[:40]}”" for name in names[:12] if name)
    return f"{shown} and {len(names) - 12} more" if len(names) > 12 else shown or "none"
