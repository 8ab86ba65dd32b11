"""How many pages to ask for at once: as many as make the shop faster, no more."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from apps.sync.woo.errors import ShopError

MOST_LANES = 4
# Pages between two looks at the speed; a look that did not pay is tried again later.
LOOK_EVERY = 6
TRY_AGAIN_AFTER = 60
# One lane more must bring at least this much.
GAIN = 1.15


class Pace:
    """Climbs by one lane while that helps; halves at the first sign of distress.

    WooCommerce reads orders no faster with four readers than with one: then they
    would only take the shop's workers from its shoppers.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.lanes = 1
        self.clock = clock
        self.lock = Lock()
        self.since = clock()
        self.pages = 0
        self.rows = 0
        # Rows a second, by lanes, when last looked.
        self.speeds: dict[int, float] = {}
        self.rest = 0

    def heard(self, error: ShopError | None) -> None:
        """A request ended: a client's listener."""
        if error is not None and error.can_heal:
            with self.lock:
                self.lanes = max(1, self.lanes // 2)
                self.rest = TRY_AGAIN_AFTER
                self.begin()

    def took(self, rows: int) -> None:
        """A page was read."""
        with self.lock:
            self.pages += 1
            self.rows += rows
            self.rest = max(0, self.rest - 1)
            if self.pages >= LOOK_EVERY * self.lanes:
                self.look()

    def look(self) -> None:
        speed = self.rows / max(self.clock() - self.since, 1e-6)
        self.speeds[self.lanes] = speed
        # By what one lane fewer did: by its own best, no number of lanes would pay.
        if self.lanes > 1 and speed < self.speeds.get(self.lanes - 1, 0.0) * GAIN:
            self.lanes -= 1
            self.rest = TRY_AGAIN_AFTER
        elif self.rest == 0 and self.lanes < MOST_LANES:
            self.lanes += 1
        self.begin()

    def begin(self) -> None:
        self.pages = self.rows = 0
        self.since = self.clock()
