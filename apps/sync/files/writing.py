"""Rows as lines of a file: what `records` reads back as the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.sync.files.guard import guard

FORMATS = ("csv", "ndjson")
BOM = "\ufeff"


def amount(value: Decimal | None) -> str | None:
    """Two places, or four where it has more: three could be read as thousands."""
    if value is None:
        return None
    two = value.quantize(Decimal("0.01"))
    return str(two if two == value else value.quantize(Decimal("0.0001")))


def plain(value: Any) -> Any:
    """As JSON holds it: moments in ISO 8601, amounts as text."""
    if isinstance(value, Decimal):
        return amount(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def cell(value: Any) -> str:
    """As CSV holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return names(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(plain(value))


def names(values: Sequence[Any]) -> str:
    """A | B; as JSON where that would not come back the same."""
    is_simple = all(
        isinstance(value, str) and "|" not in value and not value.startswith("[")
        for value in values
    )
    if is_simple:
        return " | ".join(values)
    return json.dumps(values, ensure_ascii=False)


def write(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], form: str
) -> Iterator[bytes]:
    """Line by line. A CSV begins with its header and a mark that Excel needs."""
    if form == "ndjson":
        for row in rows:
            kept = {name: plain(row.get(name)) for name in columns}
            yield f"{json.dumps(kept, ensure_ascii=False)}\n".encode()
        return
    yield (BOM + line(columns)).encode()
    for row in rows:
        yield line([cell(row.get(name)) for name in columns]).encode()


def line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([guard(cell) for cell in cells])
    return buffer.getvalue()
