"""What happens to an approved suggestion: claimed, applied, watched, kept or reverted.

The brain above claims on its tick, changes the shop, and reports. A claim gone stale
is taken over, so applying and reverting must bear a repeat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from apps.core.errors import ConflictError
from apps.decisions.models import Suggestion
from apps.decisions.models.suggestion import Status
from apps.decisions.services.log import as_json
from apps.decisions.services.step import SYSTEM, Actor, move


def claim_due(kind: str, now: datetime, limit: int = 10) -> list[Suggestion]:
    """Take what is due to be applied; of two claimers each row has one winner."""
    due = Suggestion.objects.across_stores().due(kind, now)
    return claim(due.select_related("store").order_by("pk")[:limit], now)


def claim_reverts(kind: str, now: datetime, limit: int = 10) -> list[Suggestion]:
    """Take what is asked to be reverted."""
    asked = Suggestion.objects.across_stores().to_revert(kind, now)
    return claim(asked.select_related("store").order_by("pk")[:limit], now)


def claim(suggestions: Iterable[Suggestion], now: datetime) -> list[Suggestion]:
    won = []
    for suggestion in suggestions:
        is_revert = suggestion.status == Status.REVERTING
        to = Status.REVERTING if is_revert else Status.APPLYING
        try:
            won.append(
                move(suggestion, to, SYSTEM, now, verb="claimed", claimed_at=now)
            )
        except ConflictError:
            continue
    return won


def mark_applied(
    suggestion: Suggestion,
    at: datetime,
    *,
    result: Mapping[str, Any],
    watch_until: datetime | None = None,
) -> Suggestion:
    """The shop has the change. ConflictError when the claim was lost meanwhile."""
    return move(
        suggestion,
        Status.APPLIED,
        SYSTEM,
        at,
        result=as_json(result),
        applied_at=at,
        watch_until=watch_until,
        claimed_at=None,
    )


def mark_failed(suggestion: Suggestion, at: datetime, error: str) -> Suggestion:
    """Applying or reverting did not work, and trying again would not help."""
    return move(
        suggestion, Status.FAILED, SYSTEM, at, note=error, error=error, claimed_at=None
    )


def mark_reverted(
    suggestion: Suggestion, at: datetime, *, result: Mapping[str, Any]
) -> Suggestion:
    return move(
        suggestion,
        Status.REVERTED,
        SYSTEM,
        at,
        result=as_json(result),
        claimed_at=None,
    )


def watch_revert(suggestion: Suggestion, at: datetime, note: str) -> Suggestion:
    """The watch saw harm: take it back without waiting for a person."""
    return move(
        suggestion, Status.REVERTING, Actor("the watch"), at, note=note, claimed_at=None
    )


def keep(suggestion: Suggestion, at: datetime, actor: Actor = SYSTEM) -> Suggestion:
    """The watch ended well."""
    return move(suggestion, Status.KEPT, actor, at)


def expire_old(now: datetime) -> int:
    """Close what nobody decided on in time."""
    late = Suggestion.objects.across_stores().waiting().filter(expires_at__lte=now)
    count = 0
    for suggestion in late.select_related("store").iterator():
        try:
            move(suggestion, Status.EXPIRED, SYSTEM, now)
        except ConflictError:
            continue
        count += 1
    return count
