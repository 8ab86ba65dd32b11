"""The first sync: everything, page by page, by rising id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.sync.models import Run, Step
from apps.sync.services import ask_shop, watermarks
from apps.sync.services.kinds import ALL, KINDS
from apps.sync.services.pages import Leaf
from apps.sync.services.way import Result, Way, kind_of


class First(Way):
    kind = Run.Kind.FIRST
    may_export = True

    def steps(self) -> Sequence[str]:
        """An older WooCommerce has no list of refunds: each order names its own."""
        refunds = KINDS["refunds"]
        return [
            kind.name for kind in ALL if kind is not refunds or self.shop.has(refunds)
        ]

    def params(self, step: Step) -> dict[str, Any]:
        return {}

    def page(self, step: Step, leaf: Leaf) -> Result:
        tally = ask_shop.copy_all(
            self.shop,
            kind_of(step),
            leaf.items,
            seen_at=leaf.shop_at,
            since=self.run.shop_started_at,
        )
        if step.kind == "orders" and not self.shop.has(KINDS["refunds"]):
            ask_shop.follow(self.shop, KINDS["orders"], tally.wanting)
        return Result(len(leaf.items), tally.changed)

    def end(self, at: datetime) -> None:
        """From where this pass began, polls look for changes."""
        if self.run.shop_started_at is not None:
            for kind in ALL:
                watermarks.raise_to(self.store, kind.name, self.run.shop_started_at)
