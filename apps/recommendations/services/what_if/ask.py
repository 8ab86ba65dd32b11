"""Ask what would have happened; a worker answers. Light: the web asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.models import Store, User
from apps.core.errors import ConflictError, InvalidInputError
from apps.recommendations.models import WhatIf
from apps.recommendations.services.what_if.change import KINDS, Change

MOST_DAYS = 365
# Each costs a worker minutes; more wait in the merchant's head.
MOST_OPEN = 5


@dataclass(frozen=True)
class Question:
    """kind: which shelves, empty for all; days: so many before the moment of asking."""

    change: Change
    kind: str = ""
    days: int = 30


@dataclass(frozen=True)
class Asker:
    label: str
    user: User | None = None


def ask(store: Store, question: Question, asker: Asker, at: datetime) -> WhatIf:
    if question.kind and question.kind not in KINDS:
        raise InvalidInputError("There are no such shelves to ask about.")
    if not 1 <= question.days <= MOST_DAYS:
        raise InvalidInputError(f"From 1 to {MOST_DAYS} days.")
    if WhatIf.objects.of(store).open().count() >= MOST_OPEN:
        raise ConflictError(
            f"{MOST_OPEN} questions wait for their answer. Ask again after that."
        )
    return WhatIf.objects.create(
        store=store,
        asked_by=asker.user,
        asked_by_label=asker.label[:100],
        policy=question.change.as_json(),
        kind=question.kind,
        start_at=at - timedelta(days=question.days),
        end_at=at,
        created_at=at,
    )
