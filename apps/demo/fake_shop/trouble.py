"""Bad weather by shares: what a real host does to one request in so many."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from apps.demo.fake_shop.rows import Quirks

ERRORS = {
    500: "<html><body><h1>500 Internal Server Error</h1></body></html>",
    502: "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
    503: "<html><body>Briefly unavailable for scheduled maintenance.</body></html>",
}
NOTICE = b"<br />\n<b>Notice</b>:  Undefined variable $x in /wp-content/plugins/x.php on line 3<br />\n"  # fmt: skip
CACHED = (
    b"<!DOCTYPE html><html><body>Checking your browser before accessing.</body></html>"
)


class Weather:
    """Seeded; asked once for each request, in the order in which they come."""

    def __init__(self, quirks: Quirks, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 repeatable on purpose
        self.lock = threading.Lock()
        self.lanes = threading.Condition()
        self.busy = 0

    def draw(self, quirks: Quirks) -> str:
        """One of limited, error, cut, garbage, slow, or nothing."""
        shares = (
            ("limited", quirks.rate_limited_share), ("error", quirks.error_share),
            ("cut", quirks.cut_share), ("garbage", quirks.garbage_share),
            ("slow", quirks.slow_share),
        )  # fmt: skip
        if not any(share for _, share in shares):
            return ""
        with self.lock:
            point = self.random.random()
        for name, share in shares:
            if point < share:
                return name
            point -= share
        return ""

    def pick(self) -> float:
        with self.lock:
            return self.random.random()

    @contextmanager
    def lane(self, quirks: Quirks) -> Iterator[None]:
        """At most `parallel_lanes` pages are worked on at once; the others wait."""
        with self.lanes:
            while self.busy >= max(quirks.parallel_lanes, 1):
                self.lanes.wait()
            self.busy += 1
        try:
            yield
        finally:
            with self.lanes:
                self.busy -= 1
                self.lanes.notify()

    def work(self, quirks: Quirks, objects: int) -> None:
        if quirks.seconds_per_object and objects:
            with self.lane(quirks):
                time.sleep(quirks.seconds_per_object * objects)
