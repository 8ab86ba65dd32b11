"""JSON lines, CSV and Parquet, packed or not, as numbered rows; never a whole file."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import polars as pl
from polars import selectors

# A longer line is no event.
MOST_LINE = 64 * 1024
PARQUET_ROWS = 20_000
LINES, CSV, PARQUET = "lines", "csv", "parquet"
SUFFIXES = {".jsonl": LINES, ".ndjson": LINES, ".json": LINES, ".csv": CSV, ".parquet": PARQUET}  # fmt: skip
GZIP = b"\x1f\x8b"


class UnreadableFileError(Exception):
    """Of the file as a whole; the message says what to do."""


@dataclass(frozen=True)
class Numbered:
    """Of JSON lines `said` is the line itself, else the cells by their names. None: it
    is too long to be an event."""

    line: int
    said: bytes | dict[str, Any] | None


class Source:
    """A file; `share` of it is read already."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        """`columns` names a cell otherwise: {their name: the protocol's}."""
        self.path, self.columns = path, columns
        name = path.name.removesuffix(".gz")
        kind = SUFFIXES.get(Path(name).suffix.lower())
        if kind is None:
            raise UnreadableFileError(
                "The file's name must end in .jsonl, .csv or .parquet (or .gz after it)."
            )
        self.kind = kind
        self._share: Callable[[], float] = lambda: 0.0

    @property
    def share(self) -> float:
        return min(1.0, self._share())

    def rows(self) -> Iterator[Numbered]:
        try:
            if self.kind == PARQUET:
                yield from self._parquet()
                return
            with self.path.open("rb") as raw:
                size = max(1, self.path.stat().st_size)
                self._share = lambda: raw.tell() / size
                plain: Any = gzip.open(raw) if is_packed(self.path) else raw  # noqa: SIM115
                yield from lines(plain) if self.kind == LINES else self._csv(plain)
                self._share = lambda: 1.0
        except (OSError, EOFError, zlib.error, pl.exceptions.PolarsError) as error:
            raise UnreadableFileError(f"The file cannot be read: {error}") from error

    def _csv(self, plain: IO[bytes]) -> Iterator[Numbered]:
        # What is no UTF-8 comes as surrogates, which no event may hold.
        text = io.TextIOWrapper(
            plain, encoding="utf-8-sig", newline="", errors="surrogateescape"
        )
        with text:
            yield from self._cells(text)

    def _cells(self, text: IO[str]) -> Iterator[Numbered]:
        reader = csv.reader(iter(lambda: text.readline(MOST_LINE), ""))
        heads: list[str] = []
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Numbered(reader.line_num, None)
                continue
            if not heads:
                heads = [self.columns.get(head.strip(), head.strip()) for head in cells]
            elif cells:
                said = dict(zip(heads, cells, strict=False))
                yield Numbered(reader.line_num, said)

    def _parquet(self) -> Iterator[Numbered]:
        frame = pl.scan_parquet(self.path).with_columns(
            selectors.decimal().cast(pl.Float64)
        )
        count = frame.select(pl.len()).collect().item()
        names = {
            name: self.columns[name]
            for name in frame.collect_schema().names()
            if name in self.columns
        }
        for start in range(0, count, PARQUET_ROWS):
            self._share = lambda start=start: start / count  # type: ignore[misc]
            part = frame.slice(start, PARQUET_ROWS).collect().rename(names)
            for number, said in enumerate(part.iter_rows(named=True), start + 1):
                yield Numbered(number, said)
        self._share = lambda: 1.0


def is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == GZIP


def lines(plain: IO[bytes]) -> Iterator[Numbered]:
    number = 0
    while line := plain.readline(MOST_LINE):
        number += 1
        if len(line) == MOST_LINE and not line.endswith(b"\n"):
            while rest := plain.readline(MOST_LINE):
                if rest.endswith(b"\n"):
                    break
            yield Numbered(number, None)
        elif line := line.strip():
            yield Numbered(number, line)
