"""Look for what changed since the last look. Webhooks may all be lost: one poll later
the copy is right again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from apps.sync.models import Run, Step
from apps.sync.services import ask_shop, extent, watermarks
from apps.sync.services.copy import copy_payloads
from apps.sync.services.kinds import ALL, KINDS, Kind
from apps.sync.services.pages import Leaf
from apps.sync.services.way import Result, Way, kind_of, placed_only
from apps.sync.woo.fields import changed, id_of, number

# Rows are written before they can be read, and clocks of several servers differ.
OVERLAP = timedelta(minutes=2)
# Lists without moments are read whole: at each look while they are short.
SHORT = 5_000
SELDOM = timedelta(hours=1)
LIGHT = "id,parent_id,date_modified_gmt,date_created_gmt"
BIN, SWEEP = "bin", "sweep"


class Poll(Way):
    kind = Run.Kind.POLL

    def steps(self) -> Sequence[str]:
        """What changed, what went into the bin, and what else went or has no moment."""
        telling = [kind for kind in ALL if kind.tells_changes and self.shop.has(kind)]
        return [
            *(kind.name for kind in telling),
            f"products:{BIN}",
            f"orders:{BIN}",
            *(f"{kind.name}:{SWEEP}" for kind in ALL if self.shop.has(kind)),
        ]

    def params(self, step: Step) -> dict[str, Any] | None:
        kind = kind_of(step)
        if step.kind.endswith(SWEEP):
            return self.sweep_params(kind)
        since = watermarks.reached(self.store, kind.name)
        if since is None:
            return None
        # A clock that ran ahead has been put right: changes lie before the last look.
        since = min(since, self.run.shop_started_at or since)
        moment = (since - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
        changes = {"modified_after": moment, "dates_are_gmt": "true"}
        return {**changes, "status": "trash"} if step.kind.endswith(BIN) else changes

    def sweep_params(self, kind: Kind) -> dict[str, Any] | None:
        """Only where something is amiss, or nothing else tells; then ids and moments."""
        asked = {"_fields": LIGHT} if kind.has_moments else {}
        if kind.name == "orders":
            asked |= placed_only(self.shop)
        if kind.tells_changes:
            return None if self.counts_agree(kind, asked) else asked
        return asked if self.is_time(kind) else None

    def counts_agree(self, kind: Kind, params: dict[str, Any]) -> bool:
        """Deletions are silent, but whatever is new or changed was copied before this:
        then equal counts mean that nothing went."""
        asked = {**kind.params, **params, "per_page": 1, "_fields": "id"}
        total = self.shop.client.get(kind.path, **asked).total
        ours = kind.copier.live(self.store).count()
        most = kind.copier.mine(self.store).live().count()
        return total is not None and ours <= total <= most

    def is_time(self, kind: Kind) -> bool:
        last = watermarks.reached(self.store, f"{kind.name}:{SWEEP}")
        now = self.run.shop_started_at
        is_short = kind.copier.live(self.store).count() <= SHORT
        return is_short or last is None or now is None or now - last >= SELDOM

    def page(self, step: Step, leaf: Leaf) -> Result:
        kind = kind_of(step)
        if step.kind.endswith(SWEEP):
            return self.sweep(kind, leaf)
        tally = ask_shop.copy_all(self.shop, kind, leaf.items, seen_at=leaf.shop_at)
        wanting = tally.wanting
        if kind.name == "products" and not self.shop.has(KINDS["variations"]):
            # Nothing else tells of changes to variations.
            wanting = {
                id_of(item)
                for item in leaf.items
                if id_of(item) and item.get("variations")
            }
        if wanting:
            ask_shop.follow(self.shop, kind, wanting)
        return Result(len(leaf.items), tally.changed)

    def sweep(self, kind: Kind, leaf: Leaf) -> Result:
        changed = 0
        if kind.has_moments:
            changed += ask_shop.copy_several(self.shop, kind, self.stale(kind, leaf))
        else:
            tally = copy_payloads(self.store, kind, leaf.items, seen_at=leaf.shop_at)
            changed += tally.changed
        for woo_id, owner in extent.surplus(self.store, kind, leaf).items():
            changed += ask_shop.ask_again(self.shop, kind, woo_id, owner)
        return Result(len(leaf.items), changed)

    def stale(self, kind: Kind, leaf: Leaf) -> dict[int, int]:
        """What our copy lacks, or has from another moment; with the owners' ids."""
        rows = kind.copier.live(self.store)
        known = dict(
            rows.filter(woo_id__in=[id_of(item) for item in leaf.items]).values_list(
                "woo_id", "source_modified_at"
            )
        )
        return {
            woo_id: number(item, "parent_id")
            for item in leaf.items
            if (woo_id := id_of(item)) and known.get(woo_id) != changed(item)
        }

    def end(self, at: datetime) -> None:
        moment = self.run.shop_started_at
        if moment is None:
            return
        for kind in ALL:
            watermarks.raise_to(self.store, kind.name, moment)
        skipped = {
            step.kind
            for step in Step.objects.of(self.store).filter(run=self.run, total=None)
        }
        for kind in ALL:
            if f"{kind.name}:{SWEEP}" not in skipped:
                watermarks.raise_to(self.store, f"{kind.name}:{SWEEP}", moment)
