"""Questions that wait: claimed one at a time, answered, written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.recommendations.models import WhatIf
from apps.recommendations.services.what_if.work_out import work_out

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
Status = WhatIf.Status
BROKE = "Something went wrong on our side. Ask again; if it happens again, tell us."


def answer_waiting(clock: Clock) -> int:
    """All that wait, of open stores; how many were worked on."""
    count = 0
    while question := claim_next(clock()):
        carry_out(question, clock)
        count += 1
    return count


def claim_next(now: datetime) -> WhatIf | None:
    """The longest waiting; of two workers each question has one."""
    rows = WhatIf.objects.across_stores().waiting(now)
    rows = rows.filter(store__status=Store.Status.ACTIVE)
    for question in rows.select_related("store").order_by("pk"):
        if claim(question, now):
            return question
    return None


def claim(question: WhatIf, now: datetime) -> bool:
    won = (
        WhatIf.objects.of(question.store)
        .filter(pk=question.pk, status=question.status, started_at=question.started_at)
        .update(status=Status.RUNNING, started_at=now)
    )
    question.status, question.started_at = Status.RUNNING, now
    return bool(won)


def carry_out(question: WhatIf, clock: Clock) -> None:
    """A question that breaks is told so and keeps no other one waiting."""
    try:
        found = work_out(question, clock())
    except LuxeBrainError as error:
        finish(question, clock(), status=Status.FAILED, error=error.message)
    except Exception:
        log.exception("what_if.broke", question=question.pk)
        finish(question, clock(), status=Status.FAILED, error=BROKE)
    else:
        finish(
            question,
            clock(),
            status=Status.DONE,
            result=found.result,
            sentence=found.sentence,
        )


def finish(question: WhatIf, at: datetime, **changes: Any) -> None:
    """Only by whose claim still stands: a worker that was taken for dead writes nothing."""
    mine = WhatIf.objects.of(question.store).filter(
        pk=question.pk, status=Status.RUNNING, started_at=question.started_at
    )
    mine.update(finished_at=at, **changes)
