"""Write choices down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

import msgspec
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.core.ids import uuid7
from apps.core.services.plain_sql import execute
from apps.decisions.models import Decision
from apps.decisions.services.together import Together
from apps.registry.models import ModelVersion

MAX_CANDIDATES = 200
MAX_BYTES = 64 * 1024


class Particulars(TypedDict, total=False):
    """What not every choice has."""

    # Best first: the first MAX_CANDIDATES are kept, all are counted.
    candidates: Sequence[Any]
    # 0 < p <= 1; None where chance had no part in it.
    propensity: float | None
    # What was known at the moment; only its digest is kept.
    context: Mapping[str, Any] | None
    policy: str
    model_version: ModelVersion | str | None
    arm: str
    # What is told is JSON already, and short: whoever answers pages saves the check.
    is_plain: bool


def log(
    store: Store,
    kind: str,
    subject: str,
    *,
    chosen: Any,
    reason: Mapping[str, Any],
    at: datetime,
    **more: Unpack[Particulars],
) -> Decision:
    """Write one choice down."""
    decision = build(store, kind, subject, chosen=chosen, reason=reason, at=at, **more)
    keep(decision)
    return decision


def keep(decision: Decision) -> None:
    """Write one down that `build` made: a single statement, a transaction of its own."""
    decision.save(force_insert=True)


INSERT = """
    INSERT INTO decisions_decision (
        id, store_id, kind, subject, context_digest, candidates, candidate_count, chosen,
        propensity, policy, model_version, arm, reason, created_at
    ) VALUES {rows}
"""
ROW = f"({', '.join(['%s'] * 14)})"
# Who waited too long for another one's writing writes, too: the id is the same.
ONCE = " ON CONFLICT DO NOTHING"
# Of this one transaction nobody waits for the disk: docs/decisions/0022.
UNFLUSHED = " RETURNING set_config('synchronous_commit', 'off', true)"


def keep_all(decisions: Sequence[Decision]) -> None:
    """The few of one answer, in a single statement: the mapper's way takes three times as
    long, and somebody waits. Outside of a transaction with those of other answers of this
    moment."""
    rows = [columns(decision) for decision in decisions]
    if not rows:
        return
    if connection.in_atomic_block:
        insert(rows)
    else:
        # Nobody leads, or waits for a leader, without a connection of the pool.
        connection.ensure_connection()
        TOGETHER.keep(rows)


def insert(rows: Sequence[Sequence[Any]], then: str = "") -> None:
    values = [value for row in rows for value in row]
    statement = INSERT.format(rows=", ".join([ROW] * len(rows)))
    execute(statement + ONCE + then, values)


def insert_unflushed(rows: Sequence[Sequence[Any]]) -> None:
    insert(rows, UNFLUSHED if connection.vendor == "postgresql" else "")


TOGETHER = Together(insert_unflushed)


def columns(decision: Decision) -> list[Any]:
    """In the order of INSERT."""
    return [
        decision.pk, decision.store_id, decision.kind, decision.subject,
        decision.context_digest, as_text(decision.candidates),
        decision.candidate_count, as_text(decision.chosen), decision.propensity,
        decision.policy, decision.model_version, decision.arm,
        as_text(decision.reason), decision.created_at,
    ]  # fmt: skip


def as_text(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def log_all(decisions: Sequence[Decision]) -> None:
    """Write many choices down, each made by `build`, in one go."""
    Decision.objects.bulk_create(decisions, batch_size=1_000)


def build(
    store: Store,
    kind: str,
    subject: str,
    *,
    chosen: Any,
    reason: Mapping[str, Any],
    at: datetime,
    **more: Unpack[Particulars],
) -> Decision:
    """A checked choice with its id, not yet written."""
    propensity = more.get("propensity")
    if propensity is not None and not 0 < propensity <= 1:
        raise InvalidInputError("A propensity lies above 0 and up to 1.")
    if not isinstance(reason.get("code"), str):
        raise InvalidInputError("A reason has a code and facts.")
    candidates = list(more.get("candidates", ()))
    keep: Callable[[Any], Any] = plainly if more.get("is_plain") else as_json
    return Decision(
        id=uuid7(at),
        store=store,
        kind=kind,
        subject=subject,
        context_digest=digest(more.get("context")),
        candidates=keep(candidates[:MAX_CANDIDATES]),
        candidate_count=len(candidates),
        chosen=keep(chosen),
        propensity=propensity,
        policy=more.get("policy", ""),
        model_version=str(more.get("model_version") or ""),
        arm=more.get("arm", ""),
        reason=keep(reason),
        created_at=at,
    )


def plainly(value: Any) -> Any:
    return value


def digest(context: Mapping[str, Any] | None) -> str:
    """The same for the same facts in any order; empty where nothing was known."""
    if not context:
        return ""
    text = json.dumps(context, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def as_json(value: Any) -> Any:
    """The value as the database will give it back: Decimals and dates are text."""
    try:
        text = json.dumps(value, cls=DjangoJSONEncoder, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"This cannot be kept as JSON: {error}") from error
    if len(text) > MAX_BYTES:
        raise InvalidInputError(f"This is longer than {MAX_BYTES} letters of JSON.")
    return json.loads(text)
