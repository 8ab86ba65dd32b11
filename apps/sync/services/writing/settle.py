"""What became of a write: one status, one audit entry, by the worker that claimed it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import Store
from apps.accounts.services import audit
from apps.sync.models import Write
from apps.sync.services.writing.ask import without_people

# Longer than a shop that pauses us at every step can keep a worker busy.
LEASE = timedelta(minutes=15)
MOST_ATTEMPTS = 8
# A shop that did not answer may still be at work: by then its PHP has given up.
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=2)
Status = Write.Status


@dataclass
class Claim:
    """Writes of one store that this worker alone may send, until `until`.

    The moment is each row's `due_at`: whoever finds another one there has lost it.
    """

    store: Store
    at: datetime
    until: datetime
    open: dict[int, Write] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.began)

    def row(self, write: Write) -> Any:
        rows = Write.objects.of(self.store).filter(pk=write.pk)
        return rows.filter(status=Status.WAITING, due_at=self.until)


def settle(
    claim: Claim,
    write: Write,
    status: Write.Status,
    error: str = "",
    woo_id: int | None = None,
) -> None:
    claim.open.pop(write.pk, None)
    values = without_people(write.values)
    changes = {
        "status": status,
        "settled_at": claim.now(),
        "error": error[:300],
        "woo_id": woo_id or write.woo_id,
        "values": values,
    }
    with transaction.atomic():
        if not claim.row(write).update(**changes):
            return
        audit.record(
            f"shop.{write.kind}_{status}",
            store=claim.store,
            actor_label=write.asked_by[:100],
            subject=subject_of(write),
            detail={
                "key": write.key,
                "asked": values,
                "before": write.before,
                "reason": error,
            },
        )


def subject_of(write: Write) -> str:
    """By the shop's own number, not ours."""
    if write.kind == Write.Kind.COUPON:
        return f"coupon:{write.values['code']}"
    return f"woo_product:{write.woo_id}"


def settle_all(claim: Claim, status: Write.Status, error: str) -> None:
    for write in list(claim.open.values()):
        settle(claim, write, status, error)


def postpone(claim: Claim, error: str) -> None:
    """Whatever is not settled is tried again, later each time, and not for ever."""
    for write in list(claim.open.values()):
        if write.attempts >= MOST_ATTEMPTS:
            settle(claim, write, Status.FAILED, given_up(write, error))
            continue
        pause = min(FIRST_PAUSE * 2 ** (write.attempts - 1), LONGEST_PAUSE)
        claim.row(write).update(due_at=claim.now() + pause, error=error[:300])
        claim.open.pop(write.pk)


def given_up(write: Write, error: str) -> str:
    if write.sent_at is None:
        return f"Given up, nothing was sent: {error}"
    return f"Given up, and it is not known whether the shop did it: {error}"
