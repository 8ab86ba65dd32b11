"""The rows of a file, one at a time, however large the file is."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any, NoReturn

from apps.sync.files.cells import LONGEST_CELL, shown
from apps.sync.files.dialect import Dialect, UnreadableError
from apps.sync.files.guard import unguard

# One row may be so long; what is longer is passed over without keeping it.
LONGEST_ROW = 1024 * 1024
MOST_COLUMNS = 500
TOO_LONG = f"The row is longer than {LONGEST_ROW:,} characters."
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Record:
    """`line` is where it begins; `problem` says why there are no cells."""

    line: int
    cells: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Refusal:
    """A record that is not taken as it is, and why."""

    record: Record
    column: str
    reason: str


@contextmanager
def as_text(file: IO[bytes], dialect: Dialect) -> Iterator[io.TextIOWrapper]:
    file.seek(0)
    stream = io.TextIOWrapper(file, dialect.encoding, newline="")
    try:
        yield stream
    finally:
        if not file.closed:  # a reader that was given up may outlive its file
            stream.detach()


def read(file: IO[bytes], dialect: Dialect) -> Iterator[Record]:
    """Raises UnreadableError where nothing behind a place can be understood."""
    with as_text(file, dialect) as stream:
        if dialect.format == "csv":
            yield from read_csv(stream, dialect.delimiter)
        elif dialect.format == "ndjson":
            yield from read_lines(stream)
        else:
            yield from read_list(stream)


def columns(file: IO[bytes], dialect: Dialect) -> list[str]:
    """A CSV's header, or what the first objects of a JSON have."""
    with as_text(file, dialect) as stream:
        if dialect.format == "csv":
            return header_of(rows_of(stream, dialect.delimiter))
    found: dict[str, None] = {}
    for place, record in enumerate(read(file, dialect)):
        found |= dict.fromkeys(record.cells)
        if place >= 1_000 or len(found) > MOST_COLUMNS:
            break
    return list(found)


def column_name(cell: str) -> str:
    """As the schema spells it: `Line total ` is line_total."""
    return re.sub(r"[\s-]+", "_", cell.strip().lower())


# --- CSV


def read_csv(stream: io.TextIOWrapper, delimiter: str) -> Iterator[Record]:
    rows = rows_of(stream, delimiter)
    header = header_of(rows)
    for line, cells, problem in rows:
        if not problem and len(cells) != len(header):
            problem = (
                f"The row has {len(cells)} cells, the header {len(header)}. "
                f"Text with “{delimiter}” in it needs quotation marks."
            )
        named = dict(zip(header, map(unguard, cells), strict=False))
        yield Record(line, named, problem)


def header_of(rows: Iterator[tuple[int, list[str], str]]) -> list[str]:
    _, cells, problem = next(rows, (1, [], "The file is empty."))
    if problem:
        raise UnreadableError(problem)
    header = [column_name(cell) for cell in cells]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise UnreadableError(f"The column {shown(twice[0])} is there twice.")
    if len(header) > MOST_COLUMNS:
        raise UnreadableError(f"The file has more than {MOST_COLUMNS} columns.")
    return header


def rows_of(
    stream: io.TextIOWrapper, delimiter: str
) -> Iterator[tuple[int, list[str], str]]:
    """(line, cells, problem) of each row that is not blank.

    Each row is cut out first and understood alone: a row that is broken, or too long,
    harms no other.
    """
    for line, raw, is_closed in cut(stream, delimiter):
        if not is_closed:
            yield line, [], "A quotation mark that opens here is never closed."
        elif raw is None:
            yield line, [], TOO_LONG
        elif raw.strip("\r\n \ufeff") and not is_hint(line, raw):
            try:
                # Excel writes quotation marks twice inside a cell, never a backslash.
                cells = next(csv.reader([raw.rstrip("\r\n")], delimiter=delimiter))
            except csv.Error:
                yield line, [], f"A cell is longer than {LONGEST_CELL:,} characters."
            else:
                yield line, cells, ""


def is_hint(line: int, raw: str) -> bool:
    """Excel's first line sep=; says what stands between cells."""
    return line == 1 and re.fullmatch(r"sep=.\s*", raw, re.IGNORECASE) is not None


def cut(
    stream: io.TextIOWrapper, delimiter: str
) -> Iterator[tuple[int, str | None, bool]]:
    """(line, text or None where it is too long, whether its quotation marks close)."""
    parts: list[str] = []
    size, line, first = 0, 0, 1
    state = Quotes(delimiter)
    while piece := stream.readline(CHUNK):
        size += len(piece)
        if size <= LONGEST_ROW:
            parts.append(piece)
        state.take(piece)
        if not piece.endswith(("\n", "\r")):
            continue
        if piece.endswith("\r") and len(piece) == CHUNK:
            continue  # perhaps the half of a line's end
        line += 1
        if state.is_inside:
            continue
        yield first, "".join(parts) if size <= LONGEST_ROW else None, True
        parts, size, first = [], 0, line + 1
        state = Quotes(delimiter)
    if size:
        whole = "".join(parts) if size <= LONGEST_ROW else None
        yield first, whole, not state.is_inside


class Quotes:
    """Whether the text so far ends inside quotation marks, as the csv module reads it:
    they open only where a cell begins."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.is_inside = False
        self.is_cell_start = True
        # A closing mark at the end of a piece may be the first half of two.
        self.is_half = False

    def take(self, piece: str) -> None:
        if not self.is_inside and not self.is_half and '"' not in piece:
            self.is_cell_start = piece.endswith(self.delimiter)
            return
        place = 0
        if self.is_half:
            self.is_half = False
            if piece.startswith('"'):
                self.is_inside, place = True, 1
        while place < len(piece):
            place = (
                self.close(piece, place) if self.is_inside else self.open(piece, place)
            )

    def close(self, piece: str, place: int) -> int:
        end = piece.find('"', place)
        if end < 0:
            return len(piece)
        if piece.startswith('"', end + 1):
            return end + 2
        self.is_inside = self.is_cell_start = False
        self.is_half = end + 1 == len(piece)
        return end + 1

    def open(self, piece: str, place: int) -> int:
        if self.is_cell_start and piece[place] == '"':
            self.is_inside, self.is_cell_start = True, False
            return place + 1
        end = piece.find(self.delimiter, place)
        self.is_cell_start = end >= 0
        return end + 1 if end >= 0 else len(piece)


# --- JSON


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number.")


DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=refuse_constant)


def understand(line: int, thing: Any) -> Record:
    if not isinstance(thing, dict):
        return Record(line, problem="The row is no object like {“id”: 7}.")
    if len(thing) > MOST_COLUMNS:
        return Record(line, problem=f"The row has more than {MOST_COLUMNS} entries.")
    cells = {column_name(name): cell for name, cell in thing.items()}
    if any(isinstance(c, str) and len(c) > LONGEST_CELL for c in cells.values()):
        problem = f"A cell is longer than {LONGEST_CELL:,} characters."
        return Record(line, problem=problem)
    return Record(line, cells)


def read_lines(stream: io.TextIOWrapper) -> Iterator[Record]:
    line, parts, size = 1, list[str](), 0
    while True:
        piece = stream.readline(CHUNK)
        size += len(piece)
        if size <= LONGEST_ROW:
            parts.append(piece)
        if piece and not piece.endswith("\n"):
            continue
        if size > LONGEST_ROW:
            yield Record(line, problem=TOO_LONG)
        elif raw := "".join(parts).strip(" \t\r\n\ufeff"):
            yield read_object(line, raw)
        if not piece:
            return
        line, parts, size = line + 1, [], 0


def read_object(line: int, raw: str) -> Record:
    try:
        return understand(line, DECODER.decode(raw))
    except (ValueError, ArithmeticError, RecursionError) as error:
        return Record(line, problem=f"The row is no JSON: {what(error)}.")


def what(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at character {error.pos + 1}"
    return "it is nested too deeply or holds a number that is none"


def read_list(stream: io.TextIOWrapper) -> Iterator[Record]:
    """Entry by entry: only one of them is in memory."""
    window = Window(stream)
    window.skip("[")
    place = 0
    if window.peek() == "]":
        return
    while True:
        place += 1
        yield understand(place, window.value(place))
        if window.peek() != ",":
            break
        window.skip(",")
    if window.peek() != "]":
        raise UnreadableError(
            f"Behind entry {place} of the list stands neither a comma nor its end. "
            "Was the file cut off?"
        )


class Window:
    """The part of a JSON file that is being read."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self.stream = stream
        self.held = ""
        self.place = 0

    def fill(self) -> bool:
        piece = self.stream.read(max(CHUNK, len(self.held) - self.place))
        self.held = self.held[self.place :] + piece
        self.place = 0
        return bool(piece)

    def peek(self) -> str:
        """The next letter that is no blank; nothing at the end."""
        while True:
            while self.place < len(self.held):
                letter = self.held[self.place]
                if letter not in " \t\r\n\ufeff":
                    return letter
                self.place += 1
            if not self.fill():
                return ""

    def skip(self, letter: str) -> None:
        if self.peek() == letter:
            self.place += 1

    def value(self, place: int) -> Any:
        self.peek()
        while True:
            try:
                thing, end = DECODER.raw_decode(self.held, self.place)
            except (ValueError, ArithmeticError, RecursionError) as error:
                too_long = len(self.held) - self.place > 16 * LONGEST_ROW
                if too_long or not self.fill():
                    said = TOO_LONG[:-1] if too_long else what(error)
                    raise UnreadableError(
                        f"Entry {place} of the list cannot be read: {said}."
                    ) from error
            else:
                size = end - self.place
                # A number may go on behind what is held.
                if end < len(self.held) or not self.fill():
                    self.place += size
                    return thing
