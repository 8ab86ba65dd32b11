"""Whether what serves still fits what happens now; asks for a retraining where not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from apps.accounts.models import Store
from apps.registry.models import ModelVersion, TrainingRun
from apps.registry.services import drift, training, versions
from apps.registry.services.brain import Brain, LiveMetric, Watched, brain_of

# A week, and the four weeks that it is compared with.
SEEN = timedelta(days=35)
# A kind that was trained so lately has seen what there is to see.
REST = timedelta(days=1)
# What was successful is judged by a week: before that the old days still weigh.
AGAIN = timedelta(days=7)
# By the source that kinds name, of one store at one moment.
Samples = dict[str, Mapping[str, Sequence[float]]]


def look(store: Store, kind: str, at: datetime, samples: Samples | None = None) -> str:
    """The reason for a retraining that was asked for; empty where all is well, or
    asking again would lead to the same.

    `samples` are shared by the kinds of one watch: what several learn from is read once.
    """
    champion = versions.champion(store, kind)
    if champion is None or is_resting(store, kind, at):
        return ""
    brain = brain_of(kind)
    known = champion.card.get("inputs", {})
    drawn = samples if samples is not None else {}
    reasons = [
        shift(known, sample_of(brain, store, at, drawn) if known else {}),
        fall(brain, store, at),
    ]
    reason = " ".join(filter(None, reasons))
    if not reason or is_answered(champion, reason, at):
        return ""
    training.queue(store, kind, at, trigger=TrainingRun.Trigger.WATCH, reason=reason)
    return reason


def is_resting(store: Store, kind: str, at: datetime) -> bool:
    """Trained lately, by whoever's wish, or about to be."""
    runs = TrainingRun.objects.of(store).filter(kind=kind)
    return runs.open().exists() or runs.filter(created_at__gt=at - REST).exists()


def is_answered(champion: ModelVersion, reason: str, at: datetime) -> bool:
    """The last training for this very reason led to nothing, or to what serves now."""
    runs = TrainingRun.objects.of(champion.store).filter(kind=champion.kind)
    asked = runs.filter(trigger=TrainingRun.Trigger.WATCH).order_by("-pk").first()
    if asked is None or without_figures(asked.reason) != without_figures(reason):
        return False
    if asked.status == TrainingRun.Status.REFUSED:
        since = champion.promoted_at
        return since is None or since <= asked.created_at
    is_done = asked.status == TrainingRun.Status.SUCCEEDED
    return is_done and at - asked.created_at < AGAIN


def without_figures(reason: str) -> str:
    """Without its figures, which are never twice the same."""
    return re.sub(r"\d[\d.,]*", "", reason)


def sample_of(
    brain: Brain, store: Store, at: datetime, drawn: Samples
) -> Mapping[str, Sequence[float]]:
    if not isinstance(brain, Watched):
        return {}
    source = getattr(brain, "source", brain.kind)
    if source not in drawn:
        drawn[source] = brain.sample(store, at)
    return drawn[source]


def shift(
    known: Mapping[str, Mapping[str, object]], sample: Mapping[str, Sequence[float]]
) -> str:
    moved = drift.shifted(known, sample)
    names = ", ".join(
        f"{name.replace('_', ' ')} ({index:.2f})" for name, index in moved.items()
    )
    return f"What it learns from has changed: {names}." if names else ""


def fall(brain: Brain, store: Store, at: datetime) -> str:
    if not isinstance(brain, LiveMetric):
        return ""
    return drift.degraded(brain.live(store, at - SEEN, at))
