"""Compare shop and copy, thing by thing; repair what differs; write down the proof.

1. Read a page, and our rows in the part of the ids that it speaks for.
2. Name what is missing, surplus or not the same, and make it the same.
3. What still differs is asked for singly: the page may be older than our row.
4. Add both sides to the day's count, sum and digest, our side from rows read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from apps.shop.services.upsert import forget_moment
from apps.sync.models import Certificate, Difference, Run, Step
from apps.sync.services import ask_shop, digest_days, extent
from apps.sync.services.copiers.base import Copy, differing
from apps.sync.services.copy import copy_things
from apps.sync.services.kinds import ALL, Kind
from apps.sync.services.pages import PARENT_FIELD, Leaf
from apps.sync.services.tally_days import Days, add
from apps.sync.services.way import Result, Way, kind_of, placed_only
from apps.sync.woo import digests
from apps.sync.woo.errors import ThingMissingError
from apps.sync.woo.fields import UnreadableError, id_of
from apps.sync.woo.things import Parsed

# What changed so lately may be on its way by webhook: copied, but no fault.
IN_MOTION = timedelta(minutes=5)
DAY = timedelta(days=1)
# Lists that can be asked for what was made on some days.
DATED = frozenset(("orders", "refunds", "products", "variations", "coupons"))
WEEKLY = 6  # Sunday
What = Difference.What


@dataclass
class Finding:
    """What one page said: names of what differed, and both sides by day."""

    differences: dict[int, Difference] = field(default_factory=dict)
    shop: Days = field(default_factory=Days)
    ours: Days = field(default_factory=Days)


class Proof(Way):
    kind = Run.Kind.PROOF

    def steps(self) -> Sequence[str]:
        return [kind.name for kind in ALL]

    def params(self, step: Step) -> dict[str, Any] | None:
        asked = dict(placed_only(self.shop)) if step.kind == "orders" else {}
        if step.total is None and self.may_ask_plugin(step):
            days = self.days_to_read(step)
            if not days:
                return None
            if step.kind in DATED:
                step.since_on, step.until_on = min(days), max(days) + DAY
                step.save(update_fields=["since_on", "until_on"])
        span = span_of(step)
        if span is None:
            return asked
        # The list is asked for what is later than this second.
        since = (span[0] - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
        until = span[1].strftime("%Y-%m-%dT%H:%M:%S")
        return {**asked, "after": since, "before": until, "dates_are_gmt": "true"}

    def may_ask_plugin(self, step: Step) -> bool:
        """On most days. Once a week every field of every thing is read all the same:
        the digests speak of the fields that matter most."""
        began = self.run.shop_started_at or self.run.asked_at
        is_weekly = began.weekday() == WEEKLY
        return (
            step.kind in digest_days.FIELDS
            and bool(self.shop.facts.get("has_plugin"))
            and not is_weekly
        )

    def days_to_read(self, step: Step) -> set[date]:
        """Where the plugin's digests and ours differ; the other days are written down."""
        said = digests.ask(self.shop.client, step.kind)
        mine = digest_days.ours(self.store, step.kind)
        days = digest_days.unlike(said, mine)
        leave = set(said) | set(mine) if step.kind not in DATED and days else days
        if days and step.kind in DATED:
            leave = {d for d in set(said) | set(mine) if min(days) <= d <= max(days)}
        certificate = self.certificate()
        Certificate.objects.of(self.store).filter(pk=certificate.pk).update(
            method="plugin"
        )
        digest_days.write_down(certificate, step.kind, said, mine, leave)
        return days

    def page(self, step: Step, leaf: Leaf) -> Result:
        kind, span = kind_of(step), span_of(step)
        found = Finding()
        things = {thing.woo_id: thing for thing in self.readable(kind, leaf, found)}
        wrong = self.differing(kind, things.values())
        for woo_id, names in wrong.items():
            self.name(kind, found, woo_id, names, things[woo_id])
        surplus = extent.surplus(self.store, kind, leaf, span)
        for woo_id in surplus:
            self.name(kind, found, woo_id, [], None)
        if wrong:
            copy = [things[woo_id] for woo_id in wrong]
            tally = copy_things(self.store, kind, copy, seen_at=leaf.shop_at)
            ask_shop.follow(self.shop, kind, tally.wanting)
        for woo_id, owner in surplus.items():
            ask_shop.ask_again(self.shop, kind, woo_id, owner, leaf.shop_at)
        for woo_id in self.differing(kind, [things[each] for each in wrong]):
            self.insist(kind, things, woo_id, leaf)
        self.sum_up(step, leaf, things, found)
        return Result(len(leaf.items), len(found.differences), found)

    def readable(self, kind: Kind, leaf: Leaf, found: Finding) -> Iterable[Parsed]:
        """What nobody can read is named: a copy without it is not proven equal."""
        for item in leaf.items:
            woo_id = id_of(item)
            try:
                thing = kind.read(item)
            except UnreadableError:
                found.differences[woo_id] = Difference(
                    store=self.store,
                    kind=kind.name,
                    woo_id=woo_id,
                    what=What.UNREADABLE,
                    fields=["status" if woo_id else "id"],
                )
                continue
            if thing.is_live:
                yield thing

    def differing(self, kind: Kind, things: Iterable[Parsed]) -> dict[int, list[str]]:
        things = list(things)
        copies = {copy.woo_id: copy for copy in kind.copier.prepare(self.store, things)}
        rows = kind.copier.rows(self.store, copies)
        return {
            woo_id: names
            for woo_id, copy in copies.items()
            if (names := differing(kind.copier, copy, rows.get(woo_id)))
        }

    def name(
        self,
        kind: Kind,
        found: Finding,
        woo_id: int,
        names: list[str],
        thing: Parsed | None,
    ) -> None:
        began = self.run.shop_started_at
        if thing is None:
            what = What.EXTRA
        elif thing.modified_at and began and thing.modified_at > began - IN_MOTION:
            return
        else:
            is_here = kind.copier.live(self.store).filter(woo_id=woo_id).exists()
            what = What.DIFFERS if is_here else What.MISSING
        found.differences[woo_id] = Difference(
            store=self.store,
            kind=kind.name,
            woo_id=woo_id,
            what=what,
            fields=names if what == What.DIFFERS else [],
        )

    def insist(
        self, kind: Kind, things: dict[int, Parsed], woo_id: int, leaf: Leaf
    ) -> None:
        """The page may be older than our row; or our row, though wrong, says that it is
        newer: then the shop was set back, and is right."""
        thing = things[woo_id]
        address = ask_shop.address_of(kind, woo_id, thing.parent_id)
        try:
            answer = self.shop.client.get(address)
        except ThingMissingError:
            del things[woo_id]
            ask_shop.ask_again(self.shop, kind, woo_id, thing.parent_id, leaf.shop_at)
            return
        if kind.parent:
            answer.thing.setdefault(PARENT_FIELD[kind.name], thing.parent_id)
        try:
            fresh = kind.read(answer.thing)
        except UnreadableError:  # what the page said stands, and stays open
            return
        if not fresh.is_live:
            del things[woo_id]
        else:
            things[woo_id] = fresh
        copy_things(self.store, kind, [fresh], seen_at=answer.shop_at)
        if fresh.is_live and self.differing(kind, [fresh]):
            forget_moment(kind.model, self.store, woo_id)
            copy_things(self.store, kind, [fresh], seen_at=answer.shop_at)

    def sum_up(
        self, step: Step, leaf: Leaf, things: dict[int, Parsed], found: Finding
    ) -> None:
        kind = kind_of(step)
        copies = kind.copier.prepare(self.store, list(things.values()))
        said: dict[int, Copy[Any]] = {copy.woo_id: copy for copy in copies}
        # Without those whose owner is not in the shop: refunds of an order in the bin.
        for woo_id, copy in said.items():
            found.shop.add(woo_id, things[woo_id].values, copy.essence)
        rows = kind.copier.with_parts(
            extent.ours(self.store, kind, leaf, span_of(step))
        )
        for row in rows:
            known = said.get(row.woo_id)
            names = known.values if known else ()
            essence = kind.copier.essence(row, names)
            found.ours.add(row.woo_id, vars(row), essence)

    def note(self, step: Step, leaf: Leaf, result: Result) -> None:
        found: Finding = result.found
        certificate = self.certificate()
        kind = kind_of(step)
        add(certificate, kind.name, found.shop, found.ours)
        still = set(self.unrepaired(kind, found))
        for woo_id, difference in found.differences.items():
            difference.certificate = certificate
            if woo_id not in still and difference.what != What.UNREADABLE:
                difference.repaired_at = self.run.shop_started_at
        Difference.objects.bulk_create(
            found.differences.values(), ignore_conflicts=True
        )

    def unrepaired(self, kind: Kind, found: Finding) -> Iterable[int]:
        """Whatever both sides still say differently."""
        return found.shop.unlike(found.ours)

    def certificate(self) -> Certificate:
        moment = self.run.shop_started_at or self.run.asked_at
        return Certificate.objects.get_or_create(
            store=self.store, run=self.run, defaults={"started_at": moment}
        )[0]

    def end(self, at: datetime) -> None:
        certificate = self.certificate()
        lines = certificate.lines.all()
        named = Difference.objects.of(self.store).filter(certificate=certificate)
        unread = named.filter(what=What.UNREADABLE)
        if unread.exists() or not all(line.is_equal for line in lines):
            certificate.verdict = Certificate.Verdict.DIFFERENT
        elif named.exists():
            certificate.verdict = Certificate.Verdict.REPAIRED
        else:
            certificate.verdict = Certificate.Verdict.EQUAL
        named.exclude(repaired_at=None).update(repaired_at=at)
        certificate.finished_at = at
        certificate.save(update_fields=["verdict", "finished_at"])


def span_of(step: Step) -> tuple[datetime, datetime] | None:
    if step.since_on is None or step.until_on is None:
        return None
    midnight = time(tzinfo=UTC)
    return (
        datetime.combine(step.since_on, midnight),
        datetime.combine(step.until_on, midnight),
    )
