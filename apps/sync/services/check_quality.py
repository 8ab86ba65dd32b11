"""Look through a store's data for what cannot be, and keep a list of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from apps.accounts.models import AuditEntry, Store, User
from apps.accounts.services import audit
from apps.sync.models import Finding
from apps.sync.services.quality import (
    coupons,
    customers,
    order_dates,
    order_sums,
    products,
    stock,
)
from apps.sync.services.quality.check import Check, Oddity

CHECKS = (
    *order_dates.CHECKS,
    *order_sums.CHECKS,
    *stock.CHECKS,
    *products.CHECKS,
    *coupons.CHECKS,
    *customers.CHECKS,
)
BY_CODE = {check.code: check for check in CHECKS}
# Of one check; what is more is told in one line: nobody mends a thousand by hand.
MOST = 1_000
REST = "all"
LOOKED = "quality.looked"


def look(store: Store, at: datetime, person: User | None = None) -> int:
    """Run all checks; the number of open findings that the merchant has not accepted."""
    for check in CHECKS:
        note(store, check, at)
    open_ones = Finding.objects.of(store).filter(gone_at=None, accepted_at=None)
    number = open_ones.count()
    audit.record(LOOKED, store=store, actor=person, detail={"found": number})
    return number


def has_looked(store: Store) -> bool:
    """A look that found nothing leaves no finding, so the audit log is asked as well."""
    if Finding.objects.of(store).exists():
        return True
    return AuditEntry.objects.of(store).filter(action=LOOKED).exists()


def note(store: Store, check: Check, at: datetime) -> None:
    """Write what the check finds now; what it no longer finds is gone."""
    known = Finding.objects.of(store).filter(code=check.code)
    accepted = set(known.exclude(accepted_at=None).values_list("subject", flat=True))
    found = pick(check.find(store, at), accepted)
    Finding.objects.bulk_create(
        [
            Finding(
                store=store,
                code=check.code,
                subject=oddity.subject[:80],
                text=oddity.text[:400],
                fix=check.fix,
                found_at=at,
                seen_at=at,
            )
            for oddity in found
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["store", "code", "subject"],
        update_fields=["text", "fix", "seen_at", "gone_at"],
    )
    known.filter(gone_at=None, seen_at__lt=at).update(gone_at=at)


def pick(oddities: Iterable[Oddity], accepted: set[str]) -> list[Oddity]:
    """The first ones by name, and how many more there are.

    Accepted ones take no place: else they would hide the others for ever.
    """
    quiet: dict[str, Oddity] = {}
    open_ones: dict[str, Oddity] = {}
    more = 0
    for oddity in oddities:
        if oddity.subject in accepted:
            quiet[oddity.subject] = oddity
        elif len(open_ones) < MOST - 1 or oddity.subject in open_ones:
            open_ones[oddity.subject] = oddity
        else:
            more += 1
    found = [*quiet.values(), *open_ones.values()]
    if more:
        found.append(Oddity(REST, f"And {more:,} more of the same kind."))
    return found


def accept(finding: Finding, at: datetime) -> None:
    """The merchant says that it is as it should be."""
    row = Finding.objects.of(finding.store).filter(pk=finding.pk)
    row.filter(accepted_at=None).update(accepted_at=at)


def take_up(finding: Finding) -> None:
    """It is to be listed again after all."""
    Finding.objects.of(finding.store).filter(pk=finding.pk).update(accepted_at=None)
