"""Carry an erasing on, step by step, wherever it was left."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from apps.privacy.models import PrivacyRequest
from apps.privacy.services.look import search
from apps.privacy.services.steps import STEPS
from apps.privacy.services.whom import Whom, unseal

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
Status = PrivacyRequest.Status
LEASE = timedelta(minutes=10)
STUMBLED = "A step failed and is tried again."


def work(row: PrivacyRequest, clock: Clock) -> bool:
    """True when it is over. Killed anywhere, the next to come goes on behind the last
    step that was noted; of two at once, one goes on."""
    if not claim(row, clock()):
        return row.status not in PrivacyRequest.OPEN
    whom = unseal(row.sealed_whom)
    for name in STEPS:
        if name not in row.steps_done:
            take(row, name, whom, clock)
    finish(row, whom, clock())
    return True


def claim(row: PrivacyRequest, at: datetime) -> bool:
    mine = secrets.token_hex(8)
    free = PrivacyRequest.objects.of(row.store).free(at).filter(pk=row.pk)
    won = free.update(status=Status.RUNNING, claim=mine, claimed_until=at + LEASE)
    row.refresh_from_db()
    return bool(won)


def take(row: PrivacyRequest, name: str, whom: Whom, clock: Clock) -> None:
    with transaction.atomic():
        counts = STEPS[name](row.store, whom, clock())
        row.steps_done = [*row.steps_done, name]
        row.counts = {
            key: row.counts.get(key, 0) + counts.get(key, 0)
            if name != "shop again"
            else row.counts.get(key, 0)
            for key in {**row.counts, **counts}
        }
        row.claimed_until = clock() + LEASE
        row.save(update_fields=["steps_done", "counts", "claimed_until"])


def finish(row: PrivacyRequest, whom: Whom, at: datetime) -> None:
    """From here on nobody knows whom it was about."""
    found = search(row.store, whom)
    row.certificate = {**found, "searched_at": at.isoformat()}
    row.status = Status.REMAINS if found["left"] else Status.DONE
    row.finished_at, row.sealed_whom, row.claimed_until, row.error = at, b"", None, ""
    row.save(
        update_fields=[
            "certificate", "status", "finished_at", "sealed_whom", "claimed_until",
            "error",
        ]
    )  # fmt: skip
    log.info("privacy.erased", request=row.pk, left=len(found["left"]))


def work_all(clock: Clock, until: datetime) -> int:
    """Requests that wait, the longest waiting first; how many are over."""
    free = PrivacyRequest.objects.across_stores().free(clock())
    over = 0
    for row in free.select_related("store").order_by("asked_at", "pk"):
        if clock() >= until:
            break
        try:
            over += work(row, clock)
        except Exception as error:  # noqa: BLE001 - told, and tried again
            log.error(
                "privacy.step_failed", request=row.pk, reason=type(error).__name__
            )
            let_go(row, clock())
    return over


def let_go(row: PrivacyRequest, at: datetime) -> None:
    """Tried again a minute later: other people wait, too."""
    mine = Q(claim=row.claim, status=Status.RUNNING)
    PrivacyRequest.objects.of(row.store).filter(mine, pk=row.pk).update(
        claimed_until=at + timedelta(minutes=1), error=STUMBLED
    )
