"""Sends batches one after another until each event is accepted, rejected or given up."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

from .buffer import Buffer
from .errors import DeliveryError
from .wire import NETWORK_ERRORS, Answer, Wire

log = logging.getLogger("luxebrain")

# Answers that may be another one in a moment.
MAY_HEAL = frozenset({408, 425, 429, 500, 502, 503, 504})
TOO_LARGE = 413
CLOCKS_DIFFER = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


@dataclass(frozen=True)
class Rejection:
    """An event that the server read and does not want; sending it again is useless."""

    index: int
    code: str
    message: str
    event: dict[str, Any]


OnRejected = Callable[[list[Rejection]], None]
OnFailed = Callable[[list[dict[str, Any]], DeliveryError], None]


class Sender:
    """The work of the background thread."""

    def __init__(
        self,
        buffer: Buffer,
        wire: Wire,
        patience: float,
        on_rejected: OnRejected | None,
        on_failed: OnFailed | None,
    ) -> None:
        self.buffer, self.wire, self.patience = buffer, wire, patience
        self.on_rejected, self.on_failed = on_rejected, on_failed
        # Set when waiting any longer is over: what is left is given up.
        self.is_over = Event()
        # The server asked to be left alone until then, by the monotonic clock.
        self.quiet_until = 0.0

    def run(self) -> None:
        while lines := self.buffer.take():
            self.deliver(lines)
        self.wire.close()

    def deliver(self, lines: Sequence[bytes]) -> None:
        deadline = time.monotonic() + self.patience
        error = DeliveryError("There was no time left to send.")
        attempt = 0
        while self._wait(deadline):
            if attempt:
                self.buffer.note_retry()
            attempt += 1
            try:
                answer = self.wire.send(body_of(lines))
            except NETWORK_ERRORS as trouble:
                error = DeliveryError(f"LuxeBrain does not answer: {trouble}")
                self._pause(attempt)
                continue
            if not (may_heal(answer) or self._set_clock(answer)):
                return self._settle(lines, answer)
            error = DeliveryError(f"LuxeBrain answered {answer.status}.", answer.status)
            self._pause(attempt, answer.retry_after)
        return self._give_up(lines, error)

    def _wait(self, deadline: float) -> bool:
        """Until the server may be asked; False where that is later than we wait."""
        pause = min(self.quiet_until, deadline) - time.monotonic()
        if self.is_over.wait(pause) if pause > 0 else self.is_over.is_set():
            return False
        return time.monotonic() < deadline

    def _pause(self, attempt: int, asked: float = 0.0) -> None:
        """Twice as long each time; the chance in it keeps many servers from one beat."""
        own = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt - 1, 10))
        chance = random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
        self.quiet_until = time.monotonic() + asked + own * chance

    def _set_clock(self, answer: Answer) -> bool:
        """True where a 401 may come from our clock alone, which is put right for it."""
        if answer.status != 401 or answer.at is None:
            return False
        off = answer.at - time.time()
        differs = abs(off - self.wire.clock_off) > CLOCKS_DIFFER
        self.wire.clock_off = off if differs else self.wire.clock_off
        return differs

    def _settle(self, lines: Sequence[bytes], answer: Answer) -> None:
        if answer.status == TOO_LARGE and len(lines) > 1:
            half = len(lines) // 2
            self.deliver(lines[:half])
            self.deliver(lines[half:])
            return
        rejections = read_rejections(lines, answer)
        if answer.status == 200 or rejections:
            self._report(rejections)
            self.buffer.settle(
                accepted=len(lines) - len(rejections), rejected=len(rejections)
            )
            return
        title = answer.data.get("title") if isinstance(answer.data, dict) else None
        text = f"LuxeBrain answered {answer.status}: {title or 'no reason given'}"
        self._give_up(lines, DeliveryError(text, answer.status))

    def _report(self, rejections: list[Rejection]) -> None:
        if not rejections:
            return
        if self.on_rejected is None:
            first = rejections[0]
            log.warning("%d events rejected: %s", len(rejections), first.message)
            return
        try:
            self.on_rejected(rejections)
        except Exception:
            log.exception("on_rejected failed")

    def _give_up(self, lines: Sequence[bytes], error: DeliveryError) -> None:
        try:
            if self.on_failed is None:
                log.error("%d events given up: %s", len(lines), error)
            else:
                self.on_failed([json.loads(line) for line in lines], error)
        except Exception:
            log.exception("on_failed failed")
        finally:
            self.buffer.settle(failed=len(lines))


def may_heal(answer: Answer) -> bool:
    """A 200 that does not speak like LuxeBrain comes from something before it: to take
    it for an answer would lose the events."""
    if answer.status == 200:
        return not (isinstance(answer.data, dict) and "accepted" in answer.data)
    return answer.status in MAY_HEAL


def body_of(lines: Sequence[bytes]) -> bytes:
    """`sent_at` is of each attempt: the server measures our clock by it."""
    sent_at = time.time_ns() // 1_000_000
    return b'{"sent_at":%d,"events":[%b]}' % (sent_at, b",".join(lines))


def read_rejections(lines: Sequence[bytes], answer: Answer) -> list[Rejection]:
    found = answer.data.get("rejected") if isinstance(answer.data, dict) else None
    if answer.status not in {200, 400} or not isinstance(found, list):
        return []
    by_index = {
        each["index"]: each
        for each in found
        if isinstance(each, dict) and isinstance(each.get("index"), int)
        if 0 <= each["index"] < len(lines)
    }
    return [
        Rejection(
            index, str(each.get("code", "")), str(each.get("message", "")),
            json.loads(lines[index]),
        )
        for index, each in sorted(by_index.items())
    ]  # fmt: skip
