"""Events that wait for their batch: bounded, in order, counted, never dropped."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from threading import Condition

from .errors import ClosedError, QueueFullError

# Half of what the server takes, so that what surrounds the events fits as well.
BATCH_BYTES = 1 << 20


@dataclass
class Counts:
    """Of this process. tracked = waiting + accepted + rejected + failed, always."""

    tracked: int = 0
    waiting: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    retries: int = 0


class Buffer:
    """Filled by any thread, emptied by one. Waiting are also those being sent."""

    def __init__(self, room: int, batch: int, linger: float) -> None:
        self.room, self.linger = room, linger
        # A batch that never fits would wait, and all who track with it.
        self.batch = min(batch, room)
        self.reset()

    def reset(self) -> None:
        """Empty, and with a lock that nobody holds: what a forked child starts with."""
        self.changed = Condition()
        self.counts = Counts()
        self.is_open = True
        self._lines: deque[tuple[float, bytes]] = deque()
        # Everything tracked before this count is to go without lingering.
        self._rush = 0

    def put(self, line: bytes, patience: float) -> None:
        deadline = time.monotonic() + patience
        with self.changed:
            while self.is_open and self.counts.waiting >= self.room:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise QueueFullError(f"{self.room} events are waiting already.")
                self.changed.wait(left)
            if not self.is_open:
                raise ClosedError("This client was closed.")
            self._lines.append((time.monotonic(), line))
            self.counts.tracked += 1
            self.counts.waiting += 1
            if len(self._lines) in {1, self.batch}:
                self.changed.notify_all()

    def take(self) -> list[bytes]:
        """The next batch, once it is due; empty once closed and drained."""
        with self.changed:
            while not self._is_due():
                self.changed.wait(self._pause())
            return self._cut()

    def settle(self, *, accepted: int = 0, rejected: int = 0, failed: int = 0) -> None:
        with self.changed:
            self.counts.accepted += accepted
            self.counts.rejected += rejected
            self.counts.failed += failed
            self.counts.waiting -= accepted + rejected + failed
            self.changed.notify_all()

    def note_retry(self) -> None:
        with self.changed:
            self.counts.retries += 1

    def drain(self, timeout: float | None) -> bool:
        """Hurry what was tracked until now; True once all of it is settled."""
        with self.changed:
            target = self._rush = self.counts.tracked
            self.changed.notify_all()
            return self.changed.wait_for(lambda: self._settled() >= target, timeout)

    def close(self) -> None:
        with self.changed:
            self.is_open = False
            self.changed.notify_all()

    def _settled(self) -> int:
        return self.counts.tracked - self.counts.waiting

    def _is_due(self) -> bool:
        if not self._lines:
            return not self.is_open
        is_hurried = (
            not self.is_open or self.counts.tracked - len(self._lines) < self._rush
        )
        return is_hurried or len(self._lines) >= self.batch or self._left() <= 0

    def _left(self) -> float:
        return self._lines[0][0] + self.linger - time.monotonic()

    def _pause(self) -> float | None:
        return max(self._left(), 0) if self._lines else None

    def _cut(self) -> list[bytes]:
        lines: list[bytes] = []
        size = 0
        while self._lines and len(lines) < self.batch:
            size += len(self._lines[0][1])
            if lines and size > BATCH_BYTES:
                break
            lines.append(self._lines.popleft()[1])
        return lines
