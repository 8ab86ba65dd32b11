"""What a process need not ask the database for each time: believed for seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
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

    def __init__(self, seconds: float = 5.0, most: int = MOST_REMEMBERED) -> None:
        ALL.add(self)
        self.seconds = seconds
        self.most = most
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

    def get_all(self, keys: Iterable[K]) -> dict[K, V]:
        """What is remembered of many; of what is too old nobody is asked to wait for
        another one's look: with hundreds of keys that would be most of the work."""
        now, found = time.monotonic(), self.found
        return {
            key: entry[1]
            for key in keys
            if (entry := found.get(key)) is not None and entry[0] > now
        }

    def put(self, key: K, known: V) -> None:
        self.put_all({key: known})

    def put_all(self, known: Mapping[K, V]) -> None:
        with self.lock:
            if len(self.found) + len(known) > self.most:
                self.found.clear()
            until = time.monotonic() + self.seconds
            self.found.update({key: (until, one) for key, one in known.items()})

    def drop(self, key: K) -> None:
        self.found.pop(key, None)

    def drop_all(self, keys: Iterable[K]) -> None:
        for key in keys:
            self.drop(key)


ALL: WeakSet[Memory[Any, Any]] = WeakSet()


def forget_all() -> None:
    """For tests: what one remembers is no business of the next."""
    for memory in ALL:
        memory.found.clear()
