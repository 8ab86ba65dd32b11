"""What merchants thought of suggestions: labels for learning, and who is not trusted.

A word said on purpose (useful, not useful) is a label of full weight. What people did
is a weaker one, since it had other reasons too:

    took it back     not useful   0.8   they saw what it did in the shop
    rejected         not useful   0.6   perhaps only not now
    approved         useful       0.5   a click, before anything happened
    edited           useful       0.3   the idea was right, its size was not

Only people count: what a policy, a server's key, the watch or time decided is nobody's
opinion. Each suggestion gives one label, a word first, else the last step of theirs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from apps.accounts.models import Store
from apps.decisions.models import Suggestion, SuggestionStep
from apps.decisions.models.suggestion import SuggestionQuerySet

USEFUL = Suggestion.Feedback.USEFUL
WORD = "said"
BY_WORD = 1.0
# By the verb of a step: whether it says useful, and how much that weighs.
DEEDS: dict[str, tuple[bool, float]] = {
    "reverting": (False, 0.8),
    "rejected": (False, 0.6),
    "approved": (True, 0.5),
    "edited": (True, 0.3),
}
# An edit that was approved later stays an edit.
EDITED, APPROVED = "edited", "approved"
# So far back words count for trust, and so many there must be.
RECENT = timedelta(days=90)
LEAST = 5
# Of a 90 % interval.
Z = 1.644854
HALF = 0.5


@dataclass(frozen=True)
class Label:
    """One suggestion as it was proposed, and what a person made of it.

    `why` is their own text, empty where they gave none; `sign` what it was told by:
    said, reverting, rejected, approved or edited.
    """

    suggestion: int
    kind: str
    policy: str
    model_version: str
    subject: str
    change: Any
    impact: Any
    risk: float
    proposed_at: datetime
    is_useful: bool
    weight: float
    sign: str
    why: str
    told_at: datetime


def labels(store: Store, kind: str, since: datetime) -> Iterator[Label]:
    """Of one kind, told since then; the oldest suggestion first."""
    for row in told_of(store, kind, since).iterator(chunk_size=500):
        if label := label_of(row):
            yield label


def told_of(store: Store, kind: str, since: datetime) -> SuggestionQuerySet:
    steps = SuggestionStep.objects.of(store).filter(verb__in=DEEDS)
    steps = steps.exclude(actor=None)
    lately = steps.filter(suggestion=OuterRef("pk"), created_at__gte=since)
    rows = Suggestion.objects.of(store).filter(
        Q(feedback_at__gte=since, feedback_by__isnull=False)
        | Q(Exists(lately), feedback_by=None),
        kind=kind,
    )
    ordered = steps.order_by("created_at", "pk")
    return rows.order_by("pk").prefetch_related(
        Prefetch("steps", ordered, to_attr="deeds")
    )


def label_of(row: Any) -> Label | None:
    if row.feedback_by_id and row.feedback_at:
        return label(
            row,
            row.feedback == USEFUL,
            BY_WORD,
            sign=WORD,
            why=row.feedback_why,
            told_at=row.feedback_at,
        )
    if not row.deeds:
        return None
    last = row.deeds[-1]
    verbs = {step.verb for step in row.deeds}
    sign = EDITED if last.verb == APPROVED and EDITED in verbs else last.verb
    is_useful, weight = DEEDS[sign]
    return label(
        row, is_useful, weight, sign=sign, why=last.note, told_at=last.created_at
    )


def label(
    row: Suggestion,
    is_useful: bool,
    weight: float,
    *,
    sign: str,
    why: str,
    told_at: datetime,
) -> Label:
    first = row.original_change
    return Label(
        suggestion=row.pk,
        kind=row.kind,
        policy=row.policy,
        model_version=row.model_version,
        subject=row.subject,
        change=row.change if first is None else first,
        impact=row.impact,
        risk=row.risk,
        proposed_at=row.created_at,
        is_useful=is_useful,
        weight=weight,
        sign=sign,
        why=why,
        told_at=told_at,
    )


@dataclass(frozen=True)
class Opinion:
    """Words of the last 90 days on what one policy proposes of one kind."""

    kind: str
    policy: str
    useful: int = 0
    answers: int = 0

    @property
    def highest(self) -> float:
        """The upper end of Wilson's 90 % interval of the share that is useful (1927):
        it neither believes three words nor waits for fifty."""
        if not self.answers:
            return 1.0
        share, count, square = self.useful / self.answers, self.answers, Z * Z
        middle = share + square / (2 * count)
        reach = Z * math.sqrt(
            share * (1 - share) / count + square / (4 * count * count)
        )
        return (middle + reach) / (1 + square / count)

    @property
    def is_distrusted(self) -> bool:
        """Clearly more often not useful than useful."""
        return self.answers >= LEAST and self.highest < HALF

    @property
    def sentence(self) -> str:
        return (
            f"Only {self.useful} of {self.answers} answers in 90 days called such "
            f"suggestions useful: none is approved without a person."
        )


def opinions(store: Store, now: datetime) -> list[Opinion]:
    """All on which a person said a word lately."""
    rows = (
        Suggestion.objects.of(store)
        .filter(feedback_at__gt=now - RECENT, feedback_at__lte=now)
        .exclude(feedback_by=None)
        .order_by("kind", "policy")
        .values("kind", "policy")
        .annotate(answers=Count("pk"), useful=Count("pk", filter=Q(feedback=USEFUL)))
    )
    return [Opinion(**row) for row in rows]


def opinion_on(suggestion: Suggestion, now: datetime) -> Opinion:
    """On the kind and policy of this one."""
    found = opinions(suggestion.store, now)
    kind, policy = suggestion.kind, suggestion.policy
    mine = (one for one in found if (one.kind, one.policy) == (kind, policy))
    return next(mine, Opinion(kind, policy))
