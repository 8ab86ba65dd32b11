"""What becomes of an experiment: each step is taken once and written down.

Nothing of statistics is loaded here: people start and stop tests on pages.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.core.errors import ConflictError, InvalidInputError
from apps.decisions.services.log import log
from apps.decisions.services.sentence import because
from apps.experiments.models import Experiment, Layer, Unit, Variant
from apps.experiments.models.experiment import (
    NEXT,
    OCCUPYING,
    SLOTS,
    Kind,
    Policy,
    Status,
)
from apps.experiments.services import units
from apps.experiments.services.running import forget
from apps.registry.services.keep import hold

SYSTEM = "the system"
NEW_PHASE: dict[str, Any] = {
    "ended_at": None, "paused_seconds": 0, "paused_at": None, "resumed_at": None,
}  # fmt: skip
# A test may be paused, and applied late.
SPARE, FOR_GOOD = timedelta(days=90), timedelta(days=3650)
# What may still be changed once people take part.
OPEN_FIELDS = frozenset(
    {"name", "hypothesis", "applies_winner", "max_days", "watch_days"}
)
OPEN_VARIANT_FIELDS = frozenset({"name"})


def start(experiment: Experiment, at: datetime, *, by: str = SYSTEM) -> Experiment:
    """Give it its people; from now on nothing that decides who sees what may change."""
    # A paused one goes on with the people it has: another salt would mix them up.
    if experiment.status != Status.DRAFT:
        raise ConflictError("It has started before.")
    refuse_odd(experiment)
    length = timedelta(days=experiment.max_days + experiment.watch_days)
    with transaction.atomic():
        hold_models(experiment, at + length + SPARE)
        first, last = find_slots(experiment)
        move(
            *(experiment, Status.RUNNING, at),
            verb="started",
            by=by,
            salt=secrets.token_hex(8),
            slot_from=first,
            slot_to=last,
            started_at=at,
            phase_at=at,
            **NEW_PHASE,
            verdict="",
            same_looks=0,
            flags=[],
        )
        units.add_due(experiment, at)
    return experiment


def pause(experiment: Experiment, at: datetime, *, by: str = SYSTEM) -> Experiment:
    """Everybody sees what they saw before the test; nobody new takes part."""
    with transaction.atomic():
        move(experiment, Status.PAUSED, at, verb="paused", by=by, paused_at=at)
        units.drop_cut(experiment, at)
    return experiment


def resume(experiment: Experiment, at: datetime, *, by: str = SYSTEM) -> Experiment:
    """The same people see the same variants as before the pause."""
    if experiment.status != Status.PAUSED:
        raise ConflictError("Only a paused test can go on.")
    still = at - experiment.paused_at if experiment.paused_at else timedelta(0)
    return move(
        *(experiment, Status.RUNNING, at),
        verb="resumed",
        by=by,
        paused_at=None,
        resumed_at=at,
        paused_seconds=experiment.paused_seconds + int(still.total_seconds()),
    )


def stop(
    experiment: Experiment,
    at: datetime,
    *,
    by: str = SYSTEM,
    why: str = "It was stopped by hand.",
) -> Experiment:
    """The end of it: everybody sees what they saw before the test."""
    return move(
        experiment, Status.STOPPED, at, verb="stopped", by=by, why=why, ended_at=at
    )


def apply_winner(
    experiment: Experiment,
    at: datetime,
    *,
    winner: Variant | None = None,
    by: str = SYSTEM,
) -> Experiment:
    """Show the winner to nearly everybody, and watch it: a new phase begins."""
    if experiment.is_holdout:
        raise InvalidInputError("People left alone are no test: there is no winner.")
    chosen = winner or only_treatment(experiment)
    if chosen.experiment_id != experiment.pk or chosen.is_control:
        raise InvalidInputError(
            "The winner is a variant of this test, not its control."
        )
    with transaction.atomic():
        move(
            *(experiment, Status.WATCHING, at),
            verb="applied",
            by=by,
            why=chosen.name,
            winner=chosen,
            phase=experiment.phase + 1,
            phase_at=at,
            ended_at=None,
            # The watch is another comparison, planned anew by its first look.
            target_people=None,
            verdict="",
            same_looks=0,
            flags=[],
        )
        units.add_due(experiment, at)
    return experiment


def keep(experiment: Experiment, at: datetime, *, by: str = SYSTEM) -> Experiment:
    """The winner proved itself: everybody sees it from now on."""
    with transaction.atomic():
        hold_models(experiment, at + FOR_GOOD)
        return move(experiment, Status.APPLIED, at, verb="kept", by=by, ended_at=at)


def take_back(
    experiment: Experiment,
    at: datetime,
    *,
    by: str = SYSTEM,
    why: str = "It was taken back by hand.",
) -> Experiment:
    """The winner turned out worse, or is no longer wanted: all is as before the test."""
    # Kept winners were counted to the day they were kept.
    ended_at = experiment.ended_at or at
    return move(
        *(experiment, Status.ROLLED_BACK, at),
        verb="taken_back",
        by=by,
        why=why,
        ended_at=ended_at,
    )


def hold_models(experiment: Experiment, until: datetime) -> None:
    """Whatever is trained meanwhile, the versions that are compared stay readable."""
    configs = experiment.variants.values_list("config", flat=True)
    for config in configs:
        if "version" in config and experiment.kind == Kind.SHELF:
            hold(experiment.store, config["version"], until)


def move(
    experiment: Experiment,
    to: Status,
    at: datetime,
    *,
    verb: str,
    by: str,
    why: str = "",
    **changes: Any,
) -> Experiment:
    """Go on from the status that the caller has seen; of two callers one does."""
    seen = Status(experiment.status)
    if to not in NEXT.get(seen, ()):
        raise ConflictError(f"It is “{seen.label}”; it cannot become “{to.label}”.")
    with transaction.atomic():
        moved = (
            Experiment.objects.of(experiment.store)
            .filter(pk=experiment.pk, status=seen, phase=experiment.phase)
            .update(status=to, **changes)
        )
        if moved != 1:
            raise ConflictError("Someone else was faster; look at it again.")
        experiment.refresh_from_db()
        log(
            experiment.store,
            f"experiments.{verb}",
            f"experiment:{experiment.pk}",
            chosen={"status": to.value, "winner": experiment.winner_id},
            reason=because(
                f"experiment_{verb}", by=by, why=why, experiment=experiment.name
            ),
            at=at,
        )
    forget(experiment.store)
    return experiment


def refuse_odd(experiment: Experiment) -> None:
    """What could never give an answer is not started."""
    variants = list(experiment.variants.all())
    if len(variants) < 2:
        raise InvalidInputError("A test compares two variants or more.")
    if sum(variant.is_control for variant in variants) != 1:
        raise InvalidInputError("One of the variants is the control.")
    if experiment.min_days > experiment.max_days:
        raise InvalidInputError("It would end before it may be decided.")
    if experiment.is_holdout:
        refuse_odd_holdout(experiment)
    elif experiment.policy != Policy.FIXED and experiment.unit != Unit.PERSON:
        raise InvalidInputError("Only people are shared out by what works better.")
    is_personal = experiment.kind == Kind.PRICE and experiment.unit == Unit.PERSON
    if is_personal and not experiment.coupon:
        raise InvalidInputError(
            "Two people may see two prices at one moment only through a published coupon."
        )


def refuse_odd_holdout(experiment: Experiment) -> None:
    if experiment.policy != Policy.FIXED or experiment.unit != Unit.PERSON:
        raise InvalidInputError("People are left alone by a fixed share, one by one.")


def find_slots(experiment: Experiment) -> tuple[int, int]:
    """The first free run of slots that is wide enough; alone, it begins at 0."""
    width = max(1, round(experiment.traffic * SLOTS))
    if experiment.layer_id is None:
        return 0, width
    # Two tests that start at once: the write holds the layer's row until both are told
    # apart, on SQLite too, where a read before it would not.
    layers = Layer.objects.of(experiment.store).filter(pk=experiment.layer_id)
    layers.update(name=experiment.layer.name)  # type: ignore[union-attr]
    taken = (
        Experiment.objects.of(experiment.store)
        .filter(layer_id=experiment.layer_id, status__in=OCCUPYING)
        .order_by("slot_from")
        .values_list("slot_from", "slot_to")
    )
    begin, widest = 0, 0
    for first, last in [*taken, (SLOTS, SLOTS)]:
        if first - begin >= width:
            return begin, begin + width
        widest = max(widest, first - begin)
        begin = max(begin, last)
    raise ConflictError(
        f"Other tests of this layer hold its people: {100 * widest / SLOTS:g} % are "
        f"free side by side, and this test asks for {100 * width / SLOTS:g} %."
    )


def only_treatment(experiment: Experiment) -> Variant:
    found = list(experiment.variants.filter(is_control=False)[:2])
    if len(found) != 1:
        raise InvalidInputError("Say which variant has won.")
    return found[0]


def refuse_changes(experiment: Experiment, fields: set[str]) -> None:
    """Who sees what, and what decides, is settled by the start; `fields` are changed."""
    refuse(experiment, fields - OPEN_FIELDS)


def refuse_variant_changes(experiment: Experiment, fields: set[str]) -> None:
    """The same of a variant: added and taken out is a change of its key."""
    refuse(experiment, fields - OPEN_VARIANT_FIELDS)


def refuse(experiment: Experiment, settled: set[str]) -> None:
    if experiment.status != Status.DRAFT and settled:
        named = ", ".join(sorted(field.replace("_", " ") for field in settled))
        raise ConflictError(
            f"It has started, so this stays as it is: {named}. Start another test."
        )
