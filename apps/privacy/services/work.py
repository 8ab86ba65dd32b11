"""Carry an erasing on, step by step, wherever it was left."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction

from apps.core.errors import ConflictError
from apps.privacy.models import PrivacyRequest
from apps.privacy.services.look import search_part
from apps.privacy.services.steps import STEPS
from apps.privacy.services.whom import Whom, unseal

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
Status = PrivacyRequest.Status
LEASE = timedelta(minutes=10)
STUMBLED = "A step failed and is tried again."


class LostClaimError(ConflictError):
    """Somebody else took the request over: nothing of ours may be written any more."""


def work(row: PrivacyRequest, clock: Clock, until: datetime | None = None) -> bool:
    """True when it is over. Killed anywhere, the next to come goes on behind the last
    step, or part of the search, that was noted; of two at once, one goes on. Whose time
    is up between them lets go, for the next run."""
    if not claim(row, clock()):
        return row.status not in PrivacyRequest.OPEN
    whom = unseal(row.sealed_whom)
    while until is None or clock() < until:
        name = next((name for name in STEPS if name not in row.steps_done), None)
        if name is not None:
            take(row, name, whom, clock)
        elif not row.search.get("is_over"):
            look(row, whom, clock)
        else:
            finish(row, clock())
            return True
    keep(row, claimed_until=None)
    return False


def claim(row: PrivacyRequest, at: datetime) -> bool:
    """Whose step is under way holds the row: skipped, not waited for."""
    can_skip = connection.features.has_select_for_update_skip_locked
    rows = PrivacyRequest.objects.of(row.store)
    with transaction.atomic():
        free = rows.free(at).filter(pk=row.pk)
        is_free = free.select_for_update(skip_locked=can_skip).first() is not None
        won = is_free and free.update(
            status=Status.RUNNING, claim=secrets.token_hex(8), claimed_until=at + LEASE
        )
        row.refresh_from_db()
    return bool(won)


def keep(row: PrivacyRequest, **values: Any) -> None:
    """Only while it is ours."""
    mine = PrivacyRequest.objects.of(row.store).filter(
        pk=row.pk, claim=row.claim, status=Status.RUNNING
    )
    if not mine.update(**values):
        raise LostClaimError("Somebody else goes on with this request.")
    for name, value in values.items():
        setattr(row, name, value)


def take(row: PrivacyRequest, name: str, whom: Whom, clock: Clock) -> None:
    with transaction.atomic():
        keep(row, claimed_until=clock() + LEASE)
        counts = STEPS[name](row.store, whom, clock())
        keep(
            row,
            steps_done=[*row.steps_done, name],
            counts={
                key: row.counts.get(key, 0) + counts.get(key, 0)
                if name != "shop again"
                else row.counts.get(key, 0)
                for key in {**row.counts, **counts}
            },
            claimed_until=clock() + LEASE,
        )


def look(row: PrivacyRequest, whom: Whom, clock: Clock) -> None:
    found = search_part(row.store, whom, row.search)
    keep(row, search=found, claimed_until=clock() + LEASE)


def finish(row: PrivacyRequest, at: datetime) -> None:
    """From here on nobody knows whom it was about."""
    found = {name: row.search[name] for name in ("tables", "columns", "left")}
    keep(
        row,
        certificate={**found, "searched_at": at.isoformat()},
        status=Status.REMAINS if found["left"] else Status.DONE,
        finished_at=at,
        sealed_whom=b"",
        search={},
        claimed_until=None,
        error="",
    )
    log.info("privacy.erased", request=row.pk, left=len(found["left"]))


def work_all(clock: Clock, until: datetime) -> int:
    """Requests that wait, the longest waiting first; how many are over."""
    free = PrivacyRequest.objects.across_stores().free(clock())
    over = 0
    for row in free.select_related("store").order_by("asked_at", "pk"):
        if clock() >= until:
            break
        try:
            over += work(row, clock, until)
        except LostClaimError:
            continue
        except Exception as error:  # noqa: BLE001 - told, and tried again
            log.error(
                "privacy.step_failed", request=row.pk, reason=type(error).__name__
            )
            let_go(row, clock())
    return over


def let_go(row: PrivacyRequest, at: datetime) -> None:
    """Tried again a minute later: other people wait, too."""
    mine = PrivacyRequest.objects.of(row.store).filter(
        pk=row.pk, claim=row.claim, status=Status.RUNNING
    )
    mine.update(claimed_until=at + timedelta(minutes=1), error=STUMBLED)
