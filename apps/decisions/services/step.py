"""One step of a suggestion: taken once, written down twice (history and log)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import Role, User
from apps.core.errors import ConflictError, NotAllowedError
from apps.decisions.models import Suggestion, SuggestionStep
from apps.decisions.models.suggestion import HARMLESS, NEXT, Status
from apps.decisions.services.log import log
from apps.decisions.services.sentence import because


@dataclass(frozen=True)
class Actor:
    """Who takes a step: a person, a key, a policy or the system.

    Without a role it may only do what nobody has to approve.
    """

    label: str
    role: Role | None = None
    user: User | None = None


SYSTEM = Actor("the system")


def demand_role(actor: Actor, needed: str) -> None:
    if actor.role is None or not actor.role.reaches(Role(needed)):
        raise NotAllowedError(f"This takes the role {Role(needed).value}.")


def move(
    suggestion: Suggestion,
    to: Status,
    actor: Actor,
    at: datetime,
    *,
    verb: str = "",
    note: str = "",
    **changes: Any,
) -> Suggestion:
    """Move on from the state that the caller has seen, or ConflictError.

    The condition covers status, revision and claim: of two callers one goes on.
    """
    seen = Status(suggestion.status)
    if to not in NEXT.get(seen, ()):
        raise ConflictError(f"It is {seen.value}; it cannot become {to.value}.")
    if to not in HARMLESS and not suggestion.is_allowed:
        raise NotAllowedError(refusal(suggestion))
    with transaction.atomic():
        moved = (
            Suggestion.objects.of(suggestion.store)
            .filter(
                pk=suggestion.pk,
                status=seen,
                revision=suggestion.revision,
                claimed_at=suggestion.claimed_at,
                is_allowed=suggestion.is_allowed,
            )
            .update(status=to, status_at=at, **changes)
        )
        if moved != 1:
            raise ConflictError("Someone else was faster; look at it again.")
        suggestion.refresh_from_db()
        record(suggestion, verb or to.value, actor, at, seen=seen, note=note)
    return suggestion


def record(
    suggestion: Suggestion,
    verb: str,
    actor: Actor,
    at: datetime,
    *,
    seen: str = "",
    note: str = "",
) -> None:
    """A line of history, and a decision of kind `<kind>.<verb>`."""
    SuggestionStep.objects.create(
        store=suggestion.store,
        suggestion=suggestion,
        verb=verb,
        from_status=seen,
        to_status=suggestion.status,
        actor=actor.user,
        actor_label=actor.label[:100],
        note=note,
        created_at=at,
    )
    log(
        suggestion.store,
        f"{suggestion.kind}.{verb}",
        suggestion.subject,
        chosen={"suggestion": suggestion.pk, "change": suggestion.change},
        reason=because(f"suggestion_{verb}", **facts(suggestion, actor, note)),
        policy=suggestion.policy,
        model_version=suggestion.model_version,
        at=at,
    )


def facts(suggestion: Suggestion, actor: Actor, note: str) -> dict[str, Any]:
    told: dict[str, Any] = {"actor": actor.label, "note": note}
    if suggestion.scheduled_for:
        told["scheduled_for"] = f"{suggestion.scheduled_for:%Y-%m-%d %H:%M} UTC"
    if suggestion.feedback:
        told["feedback"] = suggestion.get_feedback_display().lower()
    return told


def refusal(suggestion: Suggestion) -> str:
    if suggestion.judged_at is None:
        return "The guard rails have not looked at it yet."
    texts = [row["text"] for row in suggestion.verdict if not row["passed"]]
    return " ".join(["A guard rail did not let it pass.", *texts])
