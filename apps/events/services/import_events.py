"""Take past events from a file: the same types and the same table as events/track.

1. Read a part of the file. 2. Understand each row; what is wrong goes to `report`.
3. Keep the part in one commit. 4. Tell how far it is.

Killed anywhere, the same import again goes on: ids are the file's own, or are made from
the row and its line, so that what is kept stays as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.events.files.reading import Numbered, Source, UnreadableFileError
from apps.events.models import Tracking
from apps.events.models.stream import SLACK
from apps.events.services import partitions
from apps.events.services.engines import chosen
from apps.events.services.ids import AtMissingError
from apps.events.services.rows import OutOfTimeError, Row, Sending, encode, row_of
from apps.events.services.schema import AnyEvent, Event

PART = 10_000
NO_TEXT = b"\\u0000"
# Of whole numbers, in one cell of a CSV: "12 15 18".
LISTS = frozenset({"products"})
JSON_CELLS = frozenset({"items", "context", "properties"})
one = msgspec.json.Decoder(AnyEvent)
many = msgspec.json.Decoder(list[AnyEvent])


class BadRowError(ValueError):
    """One row; the message is for whoever made the file."""


@dataclass(frozen=True)
class Bad:
    line: int
    message: str
    said: bytes | dict[str, Any] | None


@dataclass
class Imported:
    read: int = 0
    kept: int = 0
    bad: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def note(self, rows: list[Row]) -> None:
        self.kept += len(rows)
        first, last = (
            datetime.fromtimestamp(each / 1000, UTC)
            for each in (min(r.at_ms for r in rows), max(r.at_ms for r in rows))
        )
        self.first_at = min(first, self.first_at or first)
        self.last_at = max(last, self.last_at or last)


@dataclass(frozen=True)
class Wanted:
    path: Path
    # {name in the file: name of the protocol}
    columns: Mapping[str, str] = field(default_factory=dict)
    # What every row says that has no such cell itself.
    fixed: Mapping[str, str] = field(default_factory=dict)


Tell = Callable[[float, Imported], None]
Report = Callable[[Bad], None]


def import_events(
    store: Store, wanted: Wanted, *, at: datetime, report: Report, tell: Tell
) -> Imported:
    """`kept` counts what is there now, also what an earlier import had kept."""
    mask = Tracking.objects.for_store(store).id_mask
    sending = Sending(mask, store.currency, at, is_trusted=True)
    done = Imported()
    try:
        source = Source(wanted.path, wanted.columns)
        numbered = source.rows()
        while part := list(islice(numbered, PART)):
            keep(store, understood(part, wanted, sending, report, done), at, done)
            done.read += len(part)
            tell(source.share, done)
    except UnreadableFileError as error:
        raise InvalidInputError(str(error)) from error
    return done


def keep(store: Store, rows: list[Row], at: datetime, done: Imported) -> None:
    if not rows:
        return
    partitions.make_days({day for row in rows if (day := day_of(row))})
    engine = chosen.engine()
    engine.append([engine.prepare(store.pk, rows)], len(rows), at)
    done.note(rows)


def day_of(row: Row) -> date | None:
    """Partitions are cut by id. An id that lies far from its event, as one that is no
    version 7 at all may, gets no day of its own."""
    said_ms = int.from_bytes(row.id[:6])
    if abs(said_ms - row.at_ms) > SLACK / timedelta(milliseconds=1):
        return None
    return datetime.fromtimestamp(said_ms / 1000, UTC).date()


def understood(
    part: list[Numbered],
    wanted: Wanted,
    sending: Sending,
    report: Report,
    done: Imported,
) -> list[Row]:
    found: list[Row] = []
    for numbered, event in zip(part, events_of(part, wanted), strict=True):
        try:
            found.append(kept_row(numbered, event, sending))
        except BadRowError as error:
            done.bad += 1
            report(Bad(numbered.line, str(error), numbered.said))
    return found


def kept_row(numbered: Numbered, event: Event | BadRowError, sending: Sending) -> Row:
    if isinstance(event, BadRowError):
        raise event
    if event.at is None:
        raise BadRowError("A past event needs its `at`.")
    if event.id is None:
        event.id = id_of(numbered)
    try:
        return row_of(event, sending)
    except OutOfTimeError as error:
        raise BadRowError("`at` is not in this century.") from error
    except AtMissingError as error:
        raise BadRowError("An `id` that is no version 7 UUID needs an `at`.") from error


def id_of(numbered: Numbered) -> str:
    """The same row on the same line is the same event."""
    said = numbered.said
    text = said if isinstance(said, bytes) else json.dumps(said, default=str).encode()
    return hashlib.blake2b(b"%d:%b" % (numbered.line, text), digest_size=16).hexdigest()


def events_of(part: list[Numbered], wanted: Wanted) -> Iterator[Event | BadRowError]:
    """A good part of JSON lines at once; else row by row."""
    texts = [each.said for each in part if isinstance(each.said, bytes)]
    if len(texts) == len(part) and not wanted.fixed:
        whole = b"[" + b",".join(texts) + b"]"
        try:
            # A line that holds more than one event would move all others.
            events = many.decode(whole) if NO_TEXT not in whole else []
            if len(events) == len(part):
                yield from events
                return
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
    for each in part:
        yield read_one(each.said, wanted)


def read_one(
    said: bytes | dict[str, Any] | None, wanted: Wanted
) -> Event | BadRowError:
    try:
        if said is None:
            return BadRowError("The line is too long.")
        if isinstance(said, bytes):
            return from_line(said, wanted)
        return from_cells(said, wanted)
    except (msgspec.DecodeError, RecursionError) as error:
        return BadRowError(str(error)[:300])
    except UnicodeError:
        return BadRowError("The text is not UTF-8.")
    except BadRowError as error:
        return error


def from_line(line: bytes, wanted: Wanted) -> Event:
    if NO_TEXT in line:
        raise BadRowError("A text holds a character that is no text.")
    if wanted.fixed:
        said = msgspec.json.decode(line, type=dict[str, Any])
        line = encode({**wanted.fixed, **said})
    event: Event = one.decode(line)
    return event


def from_cells(cells: Mapping[str, Any], wanted: Wanted) -> Event:
    """Texts stand for numbers here; empty cells say nothing; `context.url` is a part."""
    said: dict[str, Any] = dict(wanted.fixed)
    for name, value in cells.items():
        if value is None or value == "" or not name:
            continue
        head, _, tail = name.partition(".")
        if tail and head in JSON_CELLS:
            put(said.setdefault(head, {}), tail, value)
        else:
            said[name] = cell(name, value)
    if isinstance(said.get("at"), datetime) and said["at"].tzinfo is None:
        said["at"] = said["at"].replace(tzinfo=UTC)
    try:
        event: Event = msgspec.convert(said, AnyEvent, strict=False)
    except (TypeError, OverflowError) as error:
        raise BadRowError(str(error)[:300]) from error
    if NO_TEXT in encode(event):
        raise BadRowError("A text holds a character that is no text.")
    return event


def put(inside: Any, path: str, value: Any) -> None:
    """`utm.source` of a context."""
    if not isinstance(inside, dict):
        raise BadRowError("A column and its parts cannot both be filled.")
    head, _, tail = path.partition(".")
    if tail:
        put(inside.setdefault(head, {}), tail, value)
    else:
        inside[head] = value


def cell(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name == "at" and value.isdecimal():
        return int(value)
    if name in LISTS and not value.lstrip().startswith("["):
        return value.replace(",", " ").replace(";", " ").split()
    if name in JSON_CELLS or name in LISTS:
        return msgspec.json.decode(value)
    return value
