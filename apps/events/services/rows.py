"""From an event as it was said to the row that is kept. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from apps.events.services.ids import kept_id
from apps.events.services.schema import (
    FIRST_MS,
    LAST_MS,
    Context,
    Event,
    Moment,
    milliseconds,
)

NOTHING = b"{}"
encode = msgspec.json.Encoder().encode
# Sending takes a moment: clocks that differ by less are right.
TRUSTED_MS = 2_000
MOST_TEXT = 500


class Row(NamedTuple):
    """`value` in ten-thousandths, `properties` and `context` as JSON."""

    id: bytes
    at_ms: int
    type: str
    visitor: str
    session: str
    customer: int | None
    product: int | None
    variant: int | None
    quantity: int | None
    value: int | None
    currency: str
    properties: bytes
    context: bytes


@dataclass
class Sending:
    """What is the same for all events of one request."""

    mask: int
    currency: str
    received_at: datetime
    # What happened before is not believed.
    earliest_ms: int = FIRST_MS
    # Our clock less the sender's.
    skew_ms: int = 0
    visitor: str = ""
    session: str = ""
    # A proven customer; of a trusted sender each event may name its own.
    customer: int | None = None
    is_trusted: bool = False
    # Whether the visitor agreed to be known; an order tells who it was, too.
    may_know: bool = True
    # From the request: the browser's name and the address, as far as it is kept.
    browser: str = ""
    ip: str = ""
    context: bytes = NOTHING
    # Whom links in mails name, by their tokens.
    readers: dict[str, int | None] = field(default_factory=dict)
    now_ms: int = field(init=False)

    def __post_init__(self) -> None:
        self.now_ms = round(self.received_at.timestamp() * 1000)


class OutOfTimeError(ValueError):
    """A moment that no visitor of a shop can have meant."""


def row_of(event: Event, sending: Sending) -> Row:
    said_ms = None if event.at is None else checked_ms(event.at)
    at_ms = sending.now_ms
    if said_ms is not None:
        # Nothing happens in the future.
        at_ms = min(said_ms + sending.skew_ms, at_ms)
        if at_ms < sending.earliest_ms:
            raise OutOfTimeError
    context = sending.context
    if event.context is not None:
        context = context_of(event.context, sending)
    said: Any = event
    columns = COLUMNS_OF[type(event)]
    value = said.value if columns.value else said.price if columns.price else None
    return Row(
        kept_id(event.id, said_ms, sending.mask, sending.received_at),
        at_ms,
        columns.tag,
        sending.visitor if event.visitor is None else event.visitor,
        sending.session if event.session is None else event.session,
        (event.customer if sending.is_trusted else None) or sending.customer,
        said.product if columns.product else None,
        said.variant if columns.variant else None,
        said.quantity if columns.quantity else None,
        None if value is None else round(value * 10_000),
        (said.currency or sending.currency) if value is not None else "",
        properties_of(event) if event.extras else NOTHING,
        context,
    )


def checked_ms(moment: Moment) -> int:
    found = milliseconds(moment)
    if not FIRST_MS <= found <= LAST_MS:
        raise OutOfTimeError
    return found


def skew_of(sent_at: Moment | None, received_at: datetime) -> int:
    """By how much the sender's clock is to be put right."""
    if sent_at is None:
        return 0
    found = round(received_at.timestamp() * 1000) - checked_ms(sent_at)
    return found if abs(found) > TRUSTED_MS else 0


def properties_of(event: Event) -> bytes:
    said = {}
    for name in event.extras:
        value = getattr(event, name)
        if value is not None and value != "" and value != {}:
            said[name] = value
    return encode(said) if said else NOTHING


def context_of(context: Context | None, sending: Sending) -> bytes:
    """What the page says of itself, and what its request says of the browser."""
    said = msgspec.to_builtins(context) if context is not None else {}
    if sending.browser:
        said["browser"] = sending.browser[:MOST_TEXT]
    if sending.ip:
        said["ip"] = sending.ip
    if not sending.may_know:
        said["personal"] = False
    return encode(said) if said else NOTHING


@lru_cache(maxsize=4096)
def cut_ip(address: str) -> str:
    """No finer than a neighborhood of lines: the last 8 bits of an old address and the
    last 80 of a new one are gone."""
    found = ipaddress.ip_address(address)
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network((found, bits), strict=False).network_address)


class Columns(NamedTuple):
    """Which columns a type of event fills."""

    tag: str
    product: bool
    variant: bool
    quantity: bool
    price: bool
    value: bool


class ColumnsOf(dict[type[Event], Columns]):
    def __missing__(self, kind: type[Event]) -> Columns:
        names = set(kind.__struct_fields__)
        has = [n in names for n in ("product", "variant", "quantity", "price", "value")]
        self[kind] = Columns(str(kind.__struct_config__.tag), *has)
        return self[kind]


COLUMNS_OF = ColumnsOf()
