"""Take in what a page or a server sent: all that is good of it, durably, or say why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from msgspec import UNSET, UnsetType

from apps.accounts.models import Store
from apps.accounts.services import customer_token
from apps.accounts.services.customer_token import Purpose
from apps.core.errors import InvalidInputError
from apps.events.services import rows
from apps.events.services.engines import chosen
from apps.events.services.ids import AtMissingError
from apps.events.services.rows import OutOfTimeError, Row, Sending
from apps.events.services.schema import (
    FIRST_MS,
    AnyEvent,
    Batch,
    Consent,
    Context,
    Event,
    Message,
    Moment,
    Name,
    RawBatch,
    TypedBatch,
)

# Of the body, before and after unpacking.
MOST_BYTES = 2 * 1024 * 1024
# Of one batch: each made-up token may cost a look into the database.
MOST_READERS = 5
MOST_TOKEN = 200
# Products and items of all events of one page's batch: each becomes rows of its own.
MOST_LINES = 5_000
# Of what a page tells; servers and files may tell older things.
PAGES_TELL = timedelta(days=31)
# Escapes of a body that is looked through for halves of characters.
MOST_ESCAPES = 50_000
NO_TEXT = b"\\u0000"
# Every escape, so that pairs and backslashes are passed over; a lone half is group 1.
HALVES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, as far as the edge found out."""

    store: Store
    mask: int
    is_trusted: bool
    keeps_whole_ip: bool = False
    browser: str = ""
    ip: str = ""


@dataclass(slots=True)
class Taken:
    accepted: int = 0
    rejected: list[dict[str, object]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def reject(self, index: int, code: str, message: str) -> None:
        self.rejected.append({"index": index, "code": code, "message": message})


class Head(msgspec.Struct):
    """What a single event may say beside itself."""

    sent_at: Moment | None = None
    visitor: Name | None = None
    session: Name | None = None
    customer_token: str | None = None
    consent: Consent | None = None
    context: Context | None = None
    # As it came; a single event has none.
    events: msgspec.Raw | UnsetType = UNSET


typed = msgspec.json.Decoder(TypedBatch)
raw = msgspec.json.Decoder(RawBatch)
heads = msgspec.json.Decoder(Head)
one = msgspec.json.Decoder(AnyEvent)


class UnreadableError(Exception):
    """Of one event of a batch."""


def track(sender: Sender, body: bytes, at: datetime) -> Taken:
    """Durable on return. Raises InvalidInputError where nothing of it can be read."""
    head, events = understood(body)
    taken = Taken()
    if head.consent is not None and not head.consent.statistics:
        raise InvalidInputError("The visitor did not agree to statistics.")
    if not sender.is_trusted and lines_of(events) > MOST_LINES:
        raise InvalidInputError("Too many products in one batch.")
    sending = sending_of(sender, head, at, taken)
    kept: list[Row] = []
    for index, event in enumerate(events):
        if isinstance(event, UnreadableError):
            taken.reject(index, "invalid", str(event))
            continue
        try:
            kept.append(row_of(event, sending, sender, at))
        except OutOfTimeError:
            taken.reject(index, "invalid", "`at` is too long ago, or no time at all.")
        except AtMissingError:
            taken.reject(
                index, "invalid", "An `id` that is no version 7 UUID needs an `at`."
            )
    if kept:
        prepared = chosen.engine().prepare(sender.store.pk, kept)
        chosen.writer().keep(prepared, len(kept))
    taken.accepted = len(kept)
    return taken


def lines_of(events: Sequence[Event | UnreadableError]) -> int:
    found = 0
    for event in events:
        found += len(getattr(event, "products", None) or ())
        found += len(getattr(event, "items", None) or ())
    return found


def understood(body: bytes) -> tuple[Batch | Head, list[Event | UnreadableError]]:
    """A whole good batch at once; where something is wrong, event by event."""
    try:
        if NO_TEXT not in body:
            batch = typed.decode(body)
            return batch, list(batch.events)
    except msgspec.ValidationError:
        pass
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = whole_characters(body)
    except RecursionError as error:
        raise InvalidInputError("The body is not valid JSON.") from error
    try:
        return one_by_one(body)
    except msgspec.ValidationError as error:
        raise InvalidInputError(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInputError("The body is not valid JSON.") from error


def whole_characters(body: bytes) -> bytes:
    """A page that cuts a text to its length may cut an emoji in two, and browsers write
    such a half as an escape that no text may hold: it must not cost the whole batch."""
    if body.count(b"\\") > MOST_ESCAPES:
        return body
    return HALVES.sub(lambda found: b"\\ufffd" if found[1] else found[0], body)


def one_by_one(body: bytes) -> tuple[Batch | Head, list[Event | UnreadableError]]:
    head = heads.decode(body)
    is_single = head.events is UNSET
    head.events = UNSET
    if NO_TEXT in rows.encode(head):
        raise InvalidInputError("The body holds a character that is no text.")
    if is_single:
        return head, list(read_each([body]))
    batch = raw.decode(body)
    return batch, list(read_each(batch.events))


def read_each(raws: Sequence[bytes | msgspec.Raw]) -> Iterator[Event | UnreadableError]:
    for text in raws:
        if NO_TEXT in bytes(text):
            yield UnreadableError("A text holds a character that is no text.")
            continue
        try:
            yield one.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield UnreadableError(str(error)[:300])


def sending_of(
    sender: Sender, head: Batch | Head, at: datetime, taken: Taken
) -> Sending:
    try:
        skew = rows.skew_of(head.sent_at, at)
    except OutOfTimeError as error:
        raise InvalidInputError("`sent_at` is not in this century.") from error
    may_know = head.consent is None or head.consent.personalization is not False
    sending = Sending(
        mask=sender.mask,
        currency=sender.store.currency,
        received_at=at,
        skew_ms=skew,
        visitor=head.visitor or "",
        session=head.session or "",
        is_trusted=sender.is_trusted and may_know,
        may_know=may_know,
        earliest_ms=earliest_of(sender, at),
        browser="" if sender.is_trusted else sender.browser,
        ip=ip_kept(sender, head),
    )
    if head.customer_token and may_know:
        sending.customer = customer_of(sender, head.customer_token, at, taken)
    sending.context = rows.context_of(head.context, sending)
    return sending


def earliest_of(sender: Sender, at: datetime) -> int:
    if sender.is_trusted:
        return FIRST_MS
    return round((at - PAGES_TELL).timestamp() * 1000)


def ip_kept(sender: Sender, head: Batch | Head) -> str:
    """A server's own address says nothing about the visitor. The whole one is kept only
    where the merchant wants it and the visitor said yes in so many words."""
    if sender.is_trusted or not sender.ip:
        return ""
    said_yes = head.consent is not None and head.consent.personalization is True
    if sender.keeps_whole_ip and said_yes:
        return sender.ip
    return rows.cut_ip(sender.ip)


def customer_of(sender: Sender, token: str, at: datetime, taken: Taken) -> int | None:
    found = None
    if len(token) <= MOST_TOKEN:
        found = customer_token.verify(sender.store, token, at)
    if found is None:
        taken.warnings.append("The customer token is not valid, or no longer.")
    return found


def row_of(event: Event, sending: Sending, sender: Sender, at: datetime) -> Row:
    row = rows.row_of(event, sending)
    if not isinstance(event, Message) or not event.token or not sending.may_know:
        return row
    if row.customer is not None:
        return row
    readers = sending.readers
    if event.token not in readers and len(readers) < MOST_READERS:
        readers[event.token] = reader_of(sender, event.token, at)
    return row._replace(customer=readers.get(event.token))


def reader_of(sender: Sender, token: str, at: datetime) -> int | None:
    """By a link that names its reader, or a page's token where the shop wrote that."""
    link = customer_token.verify(sender.store, token, at, Purpose.EMAIL)
    return link or customer_token.verify(sender.store, token, at)
