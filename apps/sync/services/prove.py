"""Compare shop and copy, thing by thing; repair what differs; write down the proof.

With our plugin, sums are compared first, and only days that differ are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import structlog

from apps.sync.models import Certificate, Difference, Run, Step
from apps.sync.services import digest_days
from apps.sync.services.compare_page import Finding, compare
from apps.sync.services.kinds import ALL, Kind
from apps.sync.services.pages import Leaf
from apps.sync.services.tally_days import add
from apps.sync.services.way import Result, Way, kind_of, placed_only
from apps.sync.woo import digests
from apps.sync.woo.errors import ShopError

log = structlog.get_logger(__name__)
DAY = timedelta(days=1)
# Lists that can be asked for what was made on some days.
DATED = frozenset(("orders", "refunds", "products", "variations", "coupons"))
WEEKLY = 6  # Sunday
What = Difference.What


class Proof(Way):
    kind = Run.Kind.PROOF

    def steps(self) -> Sequence[str]:
        return [kind.name for kind in ALL]

    def params(self, step: Step) -> dict[str, Any] | None:
        asked = dict(placed_only(self.shop)) if step.kind == "orders" else {}
        if step.total is None and self.may_ask_plugin(step):
            days = self.days_to_read(step)
            if days is not None and not days:
                return None
            if days and step.kind in DATED:
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
            and self.shop.client.signer is not None
            and not is_weekly
        )

    def days_to_read(self, step: Step) -> set[date] | None:
        """Where the plugin's digests and ours differ; the other days are written down.
        None where it does not answer: then all are read."""
        try:
            said = digests.ask(self.shop.client, step.kind)
        except ShopError as error:
            log.warning("sync.digest_failed", kind=step.kind, reason=error.code)
            return None
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
        began = self.run.shop_started_at or self.run.asked_at
        found = compare(self.shop, kind_of(step), leaf, began, span_of(step))
        return Result(len(leaf.items), len(found.differences), found)

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
