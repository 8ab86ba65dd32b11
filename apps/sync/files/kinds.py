"""The three kinds of files, and which of their rows belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.sync.files import customers, orders, products
from apps.sync.files.cells import Shop
from apps.sync.files.columns import Column
from apps.sync.files.dialect import UnreadableError
from apps.sync.files.records import Record, Refusal

MOST_ROWS = 1_000_000
MOST_ROWS_OF_ONE = 2_000
Key = int | str
Payload = products.ProductRows | customers.CustomerRow | orders.OrderRows


@dataclass(frozen=True)
class FileKind:
    """`groups_by` names the column whose neighbors with the same value are one thing;
    `unique` those of which the same value may stand in one place only."""

    columns: Sequence[Column]
    required: Sequence[Sequence[str]]
    parse: Callable[[Sequence[Record], Shop], tuple[Payload | None, list[Refusal]]]
    groups_by: str = ""
    unique: Sequence[str] = ()

    @property
    def is_whole(self) -> bool:
        """All rows of a thing are taken, or none."""
        return self.groups_by in self.unique

    def group_of(self, record: Record) -> Key | None:
        if not self.groups_by:
            return None
        return key(record.cells.get(self.groups_by))

    def marks(self, record: Record) -> Iterator[tuple[str, Key]]:
        for column in self.unique:
            if (found := key(record.cells.get(column))) is not None:
                yield column, found
            elif column == "variant_id":  # the product is its own variant
                if (own := key(record.cells.get("id"))) is not None:
                    yield column, own


KINDS: Mapping[str, FileKind] = {
    "products": FileKind(
        products.COLUMNS,
        products.REQUIRED,
        products.parse,
        groups_by="id",
        unique=("variant_id",),
    ),
    "customers": FileKind(
        customers.COLUMNS,
        customers.REQUIRED,
        customers.parse,
        unique=("id", "email"),
    ),
    "orders": FileKind(
        orders.COLUMNS, orders.REQUIRED, orders.parse, groups_by="id", unique=("id",)
    ),
}


def key(cell: Any) -> Key | None:
    """Equal for cells that name the same thing: 007 is 7, Ada@ is ada@."""
    said = "" if cell is None else str(cell).strip().lower()
    if said in ("", "0"):
        return None
    return int(said) if said.isdecimal() and len(said) < 30 else said


def groups(records: Iterable[Record], kind: FileKind) -> Iterator[list[Record]]:
    """Neighbors that are one thing. A row that could not be read stands alone."""
    held: list[Record] = []
    of: Key | None = None
    for record in records:
        mine = kind.group_of(record)
        if held and (mine is None or mine != of):
            yield held
            held = []
        held.append(record)
        of = mine
    if held:
        yield held


@dataclass
class Index:
    """What one learns by reading a file once: how many rows, and which come again."""

    kind: FileKind
    row_total: int = 0
    # Where a mark that comes more than once comes last.
    last: dict[tuple[str, Key], int] = field(default_factory=dict)

    def superseded_by(self, group: Sequence[Record], record: Record) -> int | None:
        """The line where this comes again; that one counts."""
        line = group[0].line if self.kind.is_whole else record.line
        found = [self.last.get(mark, 0) for mark in self.kind.marks(record)]
        later = max(found, default=0)
        return later if later > line else None


def index(records: Iterable[Record], kind: FileKind) -> Index:
    found = Index(kind)
    seen: set[tuple[str, Key]] = set()
    of: Key | None = None
    run = 0
    for record in records:
        found.row_total += 1
        if found.row_total > MOST_ROWS:
            raise UnreadableError(
                f"The file has more than {MOST_ROWS:,} rows. Cut it in parts."
            )
        mine = kind.group_of(record)
        run = run + 1 if mine is not None and mine == of else 1
        if run > MOST_ROWS_OF_ONE:
            raise UnreadableError(
                f"More than {MOST_ROWS_OF_ONE:,} rows in a row have the same id: "
                f"line {record.line}."
            )
        of = mine
        if kind.is_whole and run > 1:
            continue
        for mark in kind.marks(record):
            if mark in seen:
                found.last[mark] = record.line
            seen.add(mark)
    return found


def understand(
    group: Sequence[Record], index: Index, shop: Shop
) -> tuple[Payload | None, list[Refusal]]:
    """What neighbors say together, without those that are broken or come again."""
    refusals = []
    for record in group:
        if record.problem:
            refusals.append(Refusal(record, "", record.problem))
        elif later := index.superseded_by(group, record):
            reason = f"The same comes again in line {later}, and that one counts."
            refusals.append(Refusal(record, index.kind.groups_by or "id", reason))
    if refusals and index.kind.is_whole:
        return None, [*refusals, *others(group, refusals)]
    bad = {refusal.record.line for refusal in refusals}
    good = [record for record in group if record.line not in bad]
    if not good:
        return None, refusals
    payload, more = index.kind.parse(good, shop)
    return payload, [*refusals, *more]


def others(group: Sequence[Record], refusals: Sequence[Refusal]) -> list[Refusal]:
    """Good rows that go with a bad one, so that the file of refused rows has it whole."""
    first = refusals[0].record
    bad = {refusal.record.line for refusal in refusals}
    reason = f"Line {first.line} of the same order was refused."
    return [Refusal(each, "", reason) for each in group if each.line not in bad]
