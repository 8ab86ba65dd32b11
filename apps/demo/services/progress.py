"""How far the build is: told to the terminal and to the row that the pages read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from apps.demo.models import DemoShop

Watch: TypeAlias = Callable[[int, str], None]
EVERY = 0.4  # seconds between two writes of the row


class Progress:
    """Percent as a sum of steps. `weights` are seconds measured on two cores."""

    def __init__(self, shop: DemoShop, watch: Watch, weights: dict[str, float]) -> None:
        self.shop, self.watch, self.weights = shop, watch, weights
        self.total = sum(weights.values())
        self.before = 0.0
        self.step = ""
        self.seconds: dict[str, float] = {}
        self._began = self._wrote = 0.0

    def start(self, step: str) -> None:
        self.finish()
        self.step, self._began = step, time.monotonic()
        self.show(0.0)

    def finish(self) -> None:
        if self.step:
            self.seconds[self.step] = time.monotonic() - self._began
            self.before += self.weights[self.step]
        self.step = ""

    def show(self, share: float) -> None:
        """The share of the current step that is done, 0 to 1."""
        done = self.before + self.weights[self.step] * min(share, 1.0)
        percent = min(99, int(100 * done / self.total))
        now = time.monotonic()
        if share and now - self._wrote < EVERY:
            return
        self._wrote = now
        DemoShop.objects.of(self.shop.store).update(progress=percent, step=self.step)
        self.watch(percent, self.step)
