"""The inbox: what brains propose and what people make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import Role, Store
from apps.core.errors import ConflictError, InvalidInputError, NotAllowedError
from apps.decisions.models import Suggestion, SuggestionStep
from apps.decisions.models.suggestion import Status
from apps.decisions.services.labels import opinion_on
from apps.decisions.services.log import as_json, log
from apps.decisions.services.step import SYSTEM, Actor, demand_role, move, record
from apps.registry.models import ModelVersion

# Two brains may propose the same at once; each loser looks again so often.
TRIES = 3


@dataclass(frozen=True)
class Ruling:
    """What one guard rail says."""

    rail: str
    passed: bool
    text: str


@dataclass(frozen=True)
class Proposal:
    """`subject` like product:7; `change` like {"before": ..., "after": ...}.

    Without any ruling it cannot be approved: who has no rails says so in one.
    """

    kind: str
    subject: str
    change: Mapping[str, Any]
    reason: Mapping[str, Any]
    verdict: Sequence[Ruling] = ()
    impact: Mapping[str, Any] = field(default_factory=dict)
    # 0 harmless to 1 dangerous.
    risk: float = 1.0
    needs_role: Role = Role.MANAGER
    expires_at: datetime | None = None
    policy: str = ""
    model_version: ModelVersion | str = ""


def propose(store: Store, proposal: Proposal, at: datetime) -> Suggestion:
    """Put a suggestion into the inbox; it takes the place of an older one there.

    The same proposal again, and one for what a person has already approved, returns
    the open suggestion as it is.
    """
    if not 0 <= proposal.risk <= 1:
        raise InvalidInputError("A risk lies between 0 and 1.")
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return replace(store, proposal, at)
        except (IntegrityError, ConflictError):
            continue
    raise ConflictError("Others keep proposing the same.")


def replace(store: Store, proposal: Proposal, at: datetime) -> Suggestion:
    older = (
        Suggestion.objects.of(store)
        .open()
        .filter(kind=proposal.kind, subject=proposal.subject)
        .first()
    )
    if older:
        if older.status != Status.PROPOSED or is_same(older, proposal):
            return older
        move(older, Status.SUPERSEDED, SYSTEM, at)
    return insert(store, proposal, at)


def is_same(older: Suggestion, proposal: Proposal) -> bool:
    """Nothing new for a person to decide on; an edit is not undone by a repeat."""
    if older.original_change is not None:
        return bool(older.original_change == as_json(proposal.change))
    was = (older.change, older.verdict, older.risk, older.needs_role)
    return was == (
        as_json(proposal.change),
        rows(proposal.verdict),
        proposal.risk,
        proposal.needs_role,
    )


def insert(store: Store, proposal: Proposal, at: datetime) -> Suggestion:
    decision = log(
        store,
        f"{proposal.kind}.proposed",
        proposal.subject,
        chosen=proposal.change,
        reason=proposal.reason,
        policy=proposal.policy,
        model_version=proposal.model_version,
        at=at,
    )
    suggestion = Suggestion.objects.create(
        store=store,
        kind=proposal.kind,
        subject=proposal.subject,
        change=as_json(proposal.change),
        impact=as_json(proposal.impact),
        reason=as_json(proposal.reason),
        risk=proposal.risk,
        needs_role=proposal.needs_role,
        policy=proposal.policy,
        model_version=str(proposal.model_version),
        decision_id=decision.pk,
        created_at=at,
        status_at=at,
        expires_at=proposal.expires_at,
        **judgment(proposal.verdict, at),
    )
    SuggestionStep.objects.create(
        store=store,
        suggestion=suggestion,
        verb=Status.PROPOSED,
        to_status=Status.PROPOSED,
        actor_label=proposal.policy or SYSTEM.label,
        created_at=at,
    )
    return suggestion


def judge(
    suggestion: Suggestion, verdict: Sequence[Ruling], at: datetime
) -> Suggestion:
    """Write down the guard rails' verdict on a suggestion that was edited."""
    return move(
        suggestion, Status.PROPOSED, SYSTEM, at, verb="judged", **judgment(verdict, at)
    )


def edit(
    suggestion: Suggestion,
    change: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    *,
    verdict: Sequence[Ruling] = (),
) -> Suggestion:
    """Change what will be done; the original stays beside it.

    Without a verdict on the new change it waits, not approvable, for `judge`.
    """
    demand_role(actor, suggestion.needs_role)
    original = suggestion.original_change
    return move(
        suggestion,
        Status.PROPOSED,
        actor,
        at,
        verb="edited",
        change=as_json(change),
        original_change=suggestion.change if original is None else original,
        revision=suggestion.revision + 1,
        **judgment(verdict, at),
    )


def approve(
    suggestion: Suggestion, actor: Actor, at: datetime, *, note: str = ""
) -> Suggestion:
    """It will be applied at the next tick."""
    demand_role(actor, suggestion.needs_role)
    return move(suggestion, Status.APPROVED, actor, at, note=note)


def approve_by_policy(
    suggestion: Suggestion, policy: str, risk_line: float, at: datetime
) -> Suggestion:
    """Approve without a person what is not riskier than the store's line, unless people
    called most of its like not useful."""
    if suggestion.risk > risk_line:
        raise NotAllowedError("It is too risky to be approved without a person.")
    opinion = opinion_on(suggestion, at)
    if opinion.is_distrusted:
        raise NotAllowedError(opinion.sentence)
    note = f"Risk {suggestion.risk:g} is not above the line {risk_line:g}."
    return move(suggestion, Status.APPROVED, Actor(policy), at, note=note)


def schedule(
    suggestion: Suggestion, scheduled_for: datetime, actor: Actor, at: datetime
) -> Suggestion:
    """Approve it, if that is not done yet, to be applied at a later moment."""
    demand_role(actor, suggestion.needs_role)
    if scheduled_for <= at:
        raise InvalidInputError("The moment lies in the past.")
    with transaction.atomic():
        if suggestion.status == Status.PROPOSED:
            approve(suggestion, actor, at)
        return move(
            suggestion, Status.SCHEDULED, actor, at, scheduled_for=scheduled_for
        )


def reject(
    suggestion: Suggestion, actor: Actor, at: datetime, *, note: str = ""
) -> Suggestion:
    """Say no, also to what was approved but is not applied yet."""
    demand_role(actor, suggestion.needs_role)
    return move(suggestion, Status.REJECTED, actor, at, note=note)


def request_revert(
    suggestion: Suggestion, actor: Actor, at: datetime, *, note: str = ""
) -> Suggestion:
    """Ask that what was applied be taken back."""
    demand_role(actor, suggestion.needs_role)
    if suggestion.applied_at is None:
        raise ConflictError("It was never applied.")
    return move(
        suggestion, Status.REVERTING, actor, at, note=note, claimed_at=None, error=""
    )


def give_feedback(
    suggestion: Suggestion,
    feedback: Suggestion.Feedback,
    why: str,
    actor: Actor,
    at: datetime,
) -> Suggestion:
    """A word on whether it helped, at any time: a person's is a label for learning, a
    key's is only kept, and takes no person's place."""
    rows = Suggestion.objects.of(suggestion.store).filter(pk=suggestion.pk)
    if actor.user is None:
        rows = rows.filter(feedback_by=None)
    with transaction.atomic():
        told = rows.update(
            feedback=feedback,
            feedback_why=why,
            feedback_at=at,
            feedback_by=actor.user,
        )
        if not told:
            raise ConflictError("A person has said already whether it was useful.")
        suggestion.refresh_from_db()
        record(suggestion, "feedback", actor, at, seen=suggestion.status, note=why)
    return suggestion


def judgment(verdict: Sequence[Ruling], at: datetime) -> dict[str, Any]:
    return {
        "verdict": rows(verdict),
        "is_allowed": bool(verdict) and all(ruling.passed for ruling in verdict),
        "judged_at": at if verdict else None,
    }


def rows(verdict: Sequence[Ruling]) -> list[dict[str, Any]]:
    return [asdict(ruling) for ruling in verdict]
