"""The client: takes events at once, sends them in batches from a thread of its own."""

from __future__ import annotations

import atexit
import json
import os
import ssl
import time
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from .buffer import Buffer, Counts
from .errors import InvalidEventError
from .ids import uuid7
from .sending import OnFailed, OnRejected, Sender
from .signing import Signer
from .tracking import Tracks
from .wire import Wire

MOST_BYTES = 256 << 10


@dataclass(frozen=True)
class Settings:
    """Durations in seconds."""

    # A batch goes when it is full, or when its oldest event has waited so long.
    batch_size: int = 500
    flush_every: float = 1.0
    # Waiting and being sent. When full, track() waits up to `block`, then raises.
    max_queue: int = 10_000
    block: float = 5.0
    # Of one request, and of one batch with all its retries.
    timeout: float = 10.0
    give_up_after: float = 300.0
    # How long close() and the end of the process may take to send what is left.
    close_within: float = 10.0
    # None: the machine's own certificates.
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.batch_size <= 1000:
            raise ValueError("batch_size is 1 to 1000.")
        if self.max_queue < 1:
            raise ValueError("max_queue is 1 or more.")


class LuxeBrain(Tracks):
    """One shop, by its secret key. Any thread may use it; forked children, too.

    Callbacks run in the sending thread. Without them, what was rejected or given up is
    logged to "luxebrain" (counts and reasons, nothing about visitors).
    """

    def __init__(
        self,
        url: str,
        key: str,
        settings: Settings | None = None,
        *,
        on_rejected: OnRejected | None = None,
        on_failed: OnFailed | None = None,
    ) -> None:
        self.settings = given = settings or Settings()
        self.signer = Signer(key)
        self._wire = Wire(url, self.signer, given.timeout, given.tls)
        self._buffer = Buffer(given.max_queue, given.batch_size, given.flush_every)
        self._callbacks = (on_rejected, on_failed)
        self._begin()
        ALL.add(self)

    def _begin(self) -> None:
        """Without a thread: one that was started before a fork would not follow."""
        patience = self.settings.give_up_after
        self._sender = Sender(self._buffer, self._wire, patience, *self._callbacks)
        self._thread: Thread | None = None
        self._starting = Lock()

    def _queue(self, kind: str, fields: dict[str, Any]) -> str:
        event = {"type": kind, **fields}
        event.setdefault("id", uuid7())
        event.setdefault("at", time.time_ns() // 1_000_000)
        line = encode(event)
        # Before the event is in, so that close() always finds the thread that sends it.
        self._start()
        self._buffer.put(line, self.settings.block)
        return str(event["id"])

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = Thread(
                        target=self._sender.run, name="luxebrain", daemon=True
                    )
                    self._thread.start()

    @property
    def counts(self) -> Counts:
        """Since this process began, or was forked."""
        with self._buffer.changed:
            return replace(self._buffer.counts)

    def flush(self, timeout: float | None = None) -> bool:
        """Send what was tracked until now. True: all of it is accepted, rejected or
        given up; `counts` says which. False: time is over and some still waits. Not for
        callbacks: they run in the thread that would be waited for."""
        return self._buffer.drain(timeout)

    def close(self, within: float | None = None) -> None:
        """Send what is left; give up what cannot be sent in time. Then track() raises.

        Takes `within` and one request's `timeout` at most. Twice is harmless.
        """
        ALL.discard(self)
        self._buffer.close()
        if self._thread is None:
            return
        limit = self.settings.close_within if within is None else within
        if not self._buffer.drain(limit):
            self._sender.is_over.set()
        self._thread.join(self.settings.timeout + 1)

    def customer_token(self, customer: int, expires: datetime) -> str:
        """For a page to say which customer is signed in: docs/events.md, Identity."""
        return self.signer.token("customer", checked(customer), seconds(expires))

    def email_token(self, customer: int, expires: datetime) -> str:
        """For the links of a mail (`?luxe=…`): says who opened it, signs nobody in."""
        return self.signer.token("email", checked(customer), seconds(expires))

    def _forget(self) -> None:
        """In a forked child: what waits is the parent's, who sends it."""
        self._wire.leave()
        self._buffer.reset()
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def checked(customer: int) -> int:
    if not 0 < customer < 1 << 53:
        raise ValueError("A customer's id is a whole number from 1 to 2^53 - 1.")
    return customer


def seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("`expires` needs a time zone.")
    return int(moment.timestamp())


def encode(event: dict[str, Any]) -> bytes:
    """Now and not later: what the caller changes afterwards changes nothing here."""
    try:
        line = json.dumps(
            event, ensure_ascii=False, allow_nan=False, separators=(",", ":"),
            default=plain,
        ).encode()  # fmt: skip
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidEventError(f"The event is no JSON: {error}") from error
    if len(line) > MOST_BYTES:
        raise InvalidEventError(f"The event is larger than {MOST_BYTES} bytes.")
    return line


def plain(value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidEventError("A moment needs a time zone.")
        return round(value.timestamp() * 1000)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be sent")


# Strong: a client that was dropped unclosed may still hold events.
ALL: set[LuxeBrain] = set()


def close_all() -> None:
    """At the end of the process. A child that ends by os._exit does not come here."""
    for client in list(ALL):
        client.close()


def forget_all() -> None:
    for client in list(ALL):
        client._forget()


atexit.register(close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_all)
