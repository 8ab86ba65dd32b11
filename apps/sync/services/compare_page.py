"""Compare one page of the shop with our rows, repair what differs, sum up both sides.

1. Name what is missing, surplus or not the same, and make it the same from the page.
2. What still differs is asked for singly: the page may be older than our row by now.
3. Sum both sides up, ours from rows read anew; what moved meanwhile is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apps.shop.services.upsert import forget_moment
from apps.sync.models import Difference
from apps.sync.services import ask_shop, extent
from apps.sync.services.copiers.base import differing
from apps.sync.services.copy import copy_things, drop
from apps.sync.services.kinds import Kind
from apps.sync.services.pages import Leaf, Shop
from apps.sync.services.tally_days import Days
from apps.sync.woo.errors import ThingMissingError
from apps.sync.woo.fields import UnreadableError, id_of
from apps.sync.woo.things import Parsed

# What changed so lately may be on its way by webhook: copied, but no fault.
IN_MOTION = timedelta(minutes=5)
# A shop that sells every second is not still while it is compared.
ROUNDS = 3
What = Difference.What


@dataclass
class Finding:
    """What one page said: names of what differed, and both sides by day."""

    differences: dict[int, Difference] = field(default_factory=dict)
    shop: Days = field(default_factory=Days)
    ours: Days = field(default_factory=Days)


def compare(
    shop: Shop,
    kind: Kind,
    leaf: Leaf,
    began: datetime,
    span: tuple[datetime, datetime] | None,
) -> Finding:
    return Comparison(shop, kind, leaf, began, span).run()


class Comparison:
    def __init__(
        self,
        shop: Shop,
        kind: Kind,
        leaf: Leaf,
        began: datetime,
        span: tuple[datetime, datetime] | None,
    ) -> None:
        self.shop, self.kind, self.leaf = shop, kind, leaf
        self.store, self.began, self.span = shop.store, began, span
        self.found = Finding()
        # What the shop said last about each thing of this page.
        self.things: dict[int, Parsed] = {}

    def run(self) -> Finding:
        self.things = {thing.woo_id: thing for thing in self.readable()}
        wrong = self.differing(self.things.values())
        surplus = self.surplus()
        moments = self.moments({*wrong, *surplus})
        for woo_id, names in wrong.items():
            what = What.DIFFERS if woo_id in moments else What.MISSING
            self.name(woo_id, what, names, moments)
        for woo_id in surplus:
            self.name(woo_id, What.EXTRA, [], moments)
        if wrong:
            copy = [self.things[woo_id] for woo_id in wrong]
            tally = copy_things(self.store, self.kind, copy, seen_at=self.leaf.shop_at)
            ask_shop.follow(self.shop, self.kind, tally.wanting)
        still = self.differing([self.things[woo_id] for woo_id in wrong])
        for woo_id in {*surplus, *still}:
            self.ask(woo_id, surplus.get(woo_id))
        for _ in range(ROUNDS):
            restless = self.sum_up()
            if not restless:
                break
            owners = self.surplus()
            for woo_id in restless:
                if woo_id in self.things or woo_id in owners:
                    self.ask(woo_id, owners.get(woo_id))
        return self.found

    def readable(self) -> Iterable[Parsed]:
        """What nobody can read is named: a copy without it is not proven equal."""
        for item in self.leaf.items:
            try:
                thing = self.kind.read(item)
            except UnreadableError:
                woo_id = id_of(item)
                fields = ["status" if woo_id else "id"]
                self.add(woo_id, What.UNREADABLE, fields)
                continue
            if thing.is_live:
                yield thing

    def differing(self, things: Iterable[Parsed]) -> dict[int, list[str]]:
        copier = self.kind.copier
        copies = {c.woo_id: c for c in copier.prepare(self.store, list(things))}
        rows = copier.rows(self.store, copies)
        return {
            woo_id: names
            for woo_id, copy in copies.items()
            if (names := differing(copier, copy, rows.get(woo_id)))
        }

    def surplus(self) -> dict[int, int]:
        """Ours that the shop did not name, with their owners."""
        rows = extent.surplus(self.store, self.kind, self.leaf, self.span)
        return {pk: owner for pk, owner in rows.items() if pk not in self.things}

    def moments(self, ids: Iterable[int]) -> dict[int, datetime | None]:
        """When our live rows say that they changed."""
        rows = self.kind.copier.live(self.store).filter(woo_id__in=list(ids))
        return dict(rows.values_list("woo_id", "source_modified_at"))

    def name(
        self,
        woo_id: int,
        what: Difference.What,
        names: list[str],
        moments: dict[int, datetime | None],
    ) -> None:
        thing = self.things.get(woo_id)
        if not self.moves(thing.modified_at if thing else None, moments.get(woo_id)):
            self.add(woo_id, what, names if what == What.DIFFERS else [])

    def moves(self, *moments: datetime | None) -> bool:
        """Changed about now, by either side. Later than now is no motion: then the shop
        was set back, and our copy is of days that never were."""
        until = (self.leaf.shop_at or self.began) + IN_MOTION
        return any(
            self.began - IN_MOTION < moment <= until for moment in moments if moment
        )

    def add(self, woo_id: int, what: Difference.What, fields: list[str]) -> None:
        self.found.differences[woo_id] = Difference(
            store=self.store,
            kind=self.kind.name,
            woo_id=woo_id,
            what=what,
            fields=fields,
        )

    def ask(self, woo_id: int, owner: int | None) -> None:
        """What the shop says about one thing now is so.

        Even where our row claims to be newer: a shop that was restored from a backup
        says older things than our copy, and is right.
        """
        known = self.things.pop(woo_id, None)
        parent_id = known.parent_id if known else owner or 0
        try:
            address = ask_shop.address_of(self.kind, woo_id, parent_id)
            answer = self.shop.client.get(address)
        except ThingMissingError as gone:
            if gone.shop_at is not None:
                drop(self.store, self.kind, woo_id, gone.shop_at)
            return
        if self.kind.parent:
            answer.thing.setdefault(self.kind.owner_field, parent_id)
        try:
            fresh = self.kind.read(answer.thing)
        except UnreadableError:
            self.add(woo_id, What.UNREADABLE, ["status"])
            return
        if fresh.is_live:
            self.things[woo_id] = fresh
        copy_things(self.store, self.kind, [fresh], seen_at=answer.shop_at)
        if fresh.is_live and self.differing([fresh]):
            forget_moment(self.kind.model, self.store, woo_id)
            copy_things(self.store, self.kind, [fresh], seen_at=answer.shop_at)

    def sum_up(self) -> set[int]:
        """Both sides anew; returns what they do not say alike."""
        shop, ours = Days(self.store.currency), Days(self.store.currency)
        copier = self.kind.copier
        # Without those whose owner is not in the shop: refunds of an order in the bin.
        copies = copier.prepare(self.store, list(self.things.values()))
        said = {copy.woo_id: copy for copy in copies}
        for woo_id, copy in said.items():
            shop.add(woo_id, copy.thing.values, copy.essence, copy.currency)
        rows = extent.ours(self.store, self.kind, self.leaf, self.span)
        for row in copier.with_parts(rows):
            known = said.get(row.woo_id)
            essence = copier.essence(row, known.values if known else ())
            ours.add(row.woo_id, vars(row), essence, copier.currency(row))
        self.found.shop, self.found.ours = shop, ours
        return shop.unlike(ours)
