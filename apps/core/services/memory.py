"""What a process need not ask the database for each time: believed for seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from apps.core.errors import LuxeBrainError

# How long a look into the database may take.
GRACE_SECONDS = 2.0
MOST_REMEMBERED = 10_000
K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Only what was found is remembered, so that strangers cannot fill it."""

    def __init__(self, seconds: float = 5.0) -> None:
        ALL.add(self)
        self.seconds = seconds
        self.found: dict[K, tuple[float, V]] = {}
        self.lock = Lock()

    def ask(self, key: K, look_up: Callable[[], V]) -> V:
        """What is remembered, else what is found; what is not found any more is
        forgotten."""
        known = self.get(key)
        return self.learn(key, look_up) if known is None else known

    def learn(self, key: K, look_up: Callable[[], V]) -> V:
        """Of what `get` did not know."""
        try:
            known = look_up()
        except LuxeBrainError:
            self.drop(key)
            raise
        self.put(key, known)
        return known

    def get(self, key: K) -> V | None:
        entry = self.found.get(key)
        if entry is None:
            return None
        if entry[0] > time.monotonic():
            return entry[1]
        with self.lock:
            # Whoever comes first looks it up anew; the others go on with the old one
            # instead of asking the database all at once.
            entry = self.found.get(key)
            if entry is None or entry[0] <= time.monotonic():
                if entry is not None:
                    self.found[key] = (time.monotonic() + GRACE_SECONDS, entry[1])
                return None
            return entry[1]

    def put(self, key: K, known: V) -> None:
        with self.lock:
            if len(self.found) >= MOST_REMEMBERED:
                self.found.clear()
            self.found[key] = (time.monotonic() + self.seconds, known)

    def drop(self, key: K) -> None:
        self.found.pop(key, None)


ALL: WeakSet[Memory[Any, Any]] = WeakSet()


def forget_all() -> None:
    """For tests: what one remembers is no business of the next."""
    for memory in ALL:
        memory.found.clear()
