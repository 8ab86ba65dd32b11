"""Write choices down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.core.serializers.json import DjangoJSONEncoder

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.core.ids import uuid7
from apps.decisions.models import Decision
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
    return Decision(
        id=uuid7(at),
        store=store,
        kind=kind,
        subject=subject,
        context_digest=digest(more.get("context")),
        candidates=as_json(candidates[:MAX_CANDIDATES]),
        candidate_count=len(candidates),
        chosen=as_json(chosen),
        propensity=propensity,
        policy=more.get("policy", ""),
        model_version=str(more.get("model_version") or ""),
        arm=more.get("arm", ""),
        reason=as_json(reason),
        created_at=at,
    )


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
