"""A person's or a key's step in the life of a test, with its row in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.experiments.models import Experiment
from apps.experiments.services import life

STEPS = {
    "start": life.start,
    "pause": life.pause,
    "resume": life.resume,
    "stop": life.stop,
    "apply": life.apply_winner,
    "take_back": life.take_back,
}


@dataclass(frozen=True)
class Actor:
    """`label` where no person acts but a key."""

    label: str
    user: User | None = None


def take(
    step: str, experiment: Experiment, actor: Actor, at: datetime, **more: Any
) -> Experiment:
    taken = STEPS[step](experiment, at, by=actor.label, **more)
    note(f"experiment.{step}", taken, actor)
    return taken


def note(action: str, experiment: Experiment, actor: Actor) -> None:
    audit.record(
        action,
        store=experiment.store,
        actor=actor.user,
        actor_label="" if actor.user else actor.label,
        subject=f"experiment:{experiment.pk}",
        detail={"name": experiment.name},
    )
