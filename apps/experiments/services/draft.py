"""Write down what will be asked: until it starts, everything of it may change."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.accounts.models import Store
from apps.core.errors import ConflictError, InvalidInputError
from apps.experiments.models import (
    Experiment,
    Kind,
    Layer,
    Metric,
    Policy,
    Status,
    Unit,
    Variant,
)
from apps.experiments.services import config as configs
from apps.shop.models import Coupon

MOST_VARIANTS = 8
# Settled by a step of its life, never by a form.
FIELDS = frozenset(
    {
        "applies_winner", "coupon", "guards", "hypothesis", "kind", "matters",
        "max_days", "metric", "min_days", "name", "period_hours", "place", "policy",
        "traffic", "unit", "watch_days",
    }
)  # fmt: skip
NUMBERS = ("traffic", "matters")
HOLDOUT_NAMES = ("Left alone", "Everybody else")


@dataclass(frozen=True)
class Branch:
    """A variant to be. `share` is a weight beside the others'."""

    name: str
    share: float = 0.5
    is_control: bool = False
    key: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)


def create(
    store: Store,
    fields: Mapping[str, Any],
    branches: Sequence[Branch],
    at: datetime,
    *,
    layer: str = "",
    key: str = "",
) -> Experiment:
    """`layer` names the tests from which its people are kept apart; without one, those
    of the same kind."""
    experiment = Experiment(store=store, created_at=at, **known(fields))
    variants = variants_of(experiment, branches)
    experiment.key = key or free_key(store, experiment.name)
    try:
        with transaction.atomic():
            if not experiment.is_holdout:
                experiment.layer = layer_of(store, layer or experiment.kind)
            refuse_odd(experiment)
            experiment.save()
            write(experiment, variants)
    except IntegrityError as error:
        raise ConflictError("There is one of that name or place already.") from error
    return experiment


def change(
    experiment: Experiment,
    fields: Mapping[str, Any],
    branches: Sequence[Branch] | None,
    *,
    layer: str = "",
) -> Experiment:
    """Of a draft only: whoever takes part must not find another test the next day."""
    was_holdout = experiment.is_holdout
    for name, value in known(fields).items():
        setattr(experiment, name, value)
    if experiment.is_holdout != was_holdout:
        raise InvalidInputError("A test does not become a holdout, nor back.")
    is_ours = Experiment.objects.of(experiment.store).filter(
        pk=experiment.pk, status=Status.DRAFT
    )
    told = as_told(experiment.variants.all())
    variants = variants_of(experiment, told if branches is None else branches)
    with transaction.atomic():
        if layer and not experiment.is_holdout:
            experiment.layer = layer_of(experiment.store, layer)
        refuse_odd(experiment)
        values = {name: getattr(experiment, name) for name in (*FIELDS, "layer")}
        if is_ours.update(**values) != 1:
            raise ConflictError("It has started, so it stays as it is.")
        if branches is not None and as_told(variants) != told:
            experiment.variants.all().delete()
            write(experiment, variants)
    return experiment


def as_told(variants: Iterable[Variant]) -> list[Branch]:
    return [
        Branch(row.name, row.share, row.is_control, row.key, row.config)
        for row in variants
    ]


def leave_alone(store: Store, place: str, share: float, at: datetime) -> Experiment:
    """A holdout to be: `share` of the people are shown nothing of that place."""
    if not math.isfinite(share) or not 0.01 <= share <= 0.5:
        raise InvalidInputError("Between 1 and 50 percent of people can be left alone.")
    name = f"Left alone: {place}" if place else "Left alone by everything"
    alone, others = HOLDOUT_NAMES
    branches = [
        Branch(alone, share, is_control=True, key="left-alone"),
        Branch(others, 1 - share, key="everybody-else"),
    ]
    fields = {"kind": Kind.HOLDOUT, "place": place, "name": name}
    return create(store, fields, branches, at)


def throw_away(experiment: Experiment) -> None:
    """What never started leaves no trace but in the audit trail."""
    drafts = Experiment.objects.of(experiment.store).filter(
        pk=experiment.pk, status=Status.DRAFT
    )
    if not drafts.exists():
        raise ConflictError("It has started: stop it instead, its figures are kept.")
    drafts.delete()


def known(fields: Mapping[str, Any]) -> dict[str, Any]:
    if odd := sorted(set(fields) - FIELDS):
        raise InvalidInputError(f"This cannot be set: {', '.join(odd)}.")
    return dict(fields)


def free_key(store: Store, name: str) -> str:
    """From the name where that has Latin letters; else by chance."""
    base = slugify(name)[:48] or "test"
    if not Experiment.objects.of(store).filter(key=base).exists():
        return base
    return f"{base}-{secrets.token_hex(4)}"


def layer_of(store: Store, name: str) -> Layer:
    found, _ = Layer.objects.of(store).get_or_create(
        store=store, name=name[:80], defaults={"salt": secrets.token_hex(8)}
    )
    return found


def variants_of(experiment: Experiment, branches: Sequence[Branch]) -> list[Variant]:
    """Rows not yet written, each checked."""
    if not 2 <= len(branches) <= MOST_VARIANTS:
        raise InvalidInputError(f"A test has 2 to {MOST_VARIANTS} variants.")
    if sum(one.is_control for one in branches) != 1:
        raise InvalidInputError("One of the variants is how it is today: the control.")
    if experiment.is_holdout:
        refuse_many_alone(branches)
    taken: set[str] = set()
    return [variant_of(experiment, one, taken) for one in branches]


def refuse_many_alone(branches: Sequence[Branch]) -> None:
    alone = sum(one.share for one in branches if one.is_control)
    share = alone / (sum(one.share for one in branches) or 1)
    if len(branches) != 2 or not 0.0099 <= share <= 0.5001:
        raise InvalidInputError(
            "Between 1 and 50 percent of people are left alone, and the rest are not."
        )


def variant_of(experiment: Experiment, one: Branch, taken: set[str]) -> Variant:
    if not math.isfinite(one.share) or not 0.0001 <= one.share <= 1_000_000:
        raise InvalidInputError("The share of a variant is above 0.")
    config = configs.checked(experiment.store, experiment.kind, one.config)
    if one.is_control and config and experiment.kind in (Kind.SHELF, Kind.PRICE):
        raise InvalidInputError("The control is how it is today: it sets nothing.")
    base = one.key or ("control" if one.is_control else slugify(one.name)[:36])
    base = base or f"variant-{len(taken)}"
    key = base if base not in taken else f"{base[:36]}-{len(taken)}"
    taken.add(key)
    return Variant(
        store=experiment.store,
        key=key,
        name=one.name,
        share=one.share,
        is_control=one.is_control,
        config=config,
    )


def write(experiment: Experiment, variants: Sequence[Variant]) -> None:
    for variant in variants:
        variant.experiment = experiment
        variant.full_clean(exclude=["store", "experiment"], validate_constraints=False)
    Variant.objects.bulk_create(variants)


def refuse_odd(experiment: Experiment) -> None:
    for name in NUMBERS:
        if not math.isfinite(getattr(experiment, name)):
            raise InvalidInputError(f"“{name}” is a number with an end.")
    experiment.full_clean(
        exclude=["store", "layer", "winner", "salt"], validate_constraints=False
    )
    if experiment.min_days > experiment.max_days:
        raise InvalidInputError("It would end before it may be decided.")
    refuse_odd_guards(experiment)
    refuse_odd_place(experiment)
    if experiment.policy != Policy.FIXED:
        refuse_odd_bandit(experiment)
    if experiment.kind == Kind.PRICE:
        refuse_odd_price(experiment)
    elif experiment.coupon:
        raise InvalidInputError("Only a test of prices has a coupon.")


def refuse_odd_bandit(experiment: Experiment) -> None:
    if experiment.unit != Unit.PERSON:
        raise InvalidInputError("Only people are shared out by what works better.")
    if experiment.metric == Metric.REFUND_SHARE:
        raise InvalidInputError(
            "Shares follow what people buy, not what they send back: make that a guard."
        )


def refuse_odd_guards(experiment: Experiment) -> None:
    guards = experiment.guards
    if not isinstance(guards, list) or not set(map(str, guards)) <= set(Metric.values):
        raise InvalidInputError(f"Guards are of: {', '.join(Metric.values)}.")
    if experiment.metric in guards:
        raise InvalidInputError("What decides needs no guard of its own.")
    experiment.guards = list(dict.fromkeys(guards))


def refuse_odd_place(experiment: Experiment) -> None:
    kind, place = experiment.kind, experiment.place
    if experiment.is_holdout:
        same = Experiment.objects.of(experiment.store).holdouts().filter(place=place)
        same = same.exclude(status=Status.STOPPED)
        if same.exclude(pk=experiment.pk).exists():
            raise ConflictError("People are left alone there already.")
    elif place != kind and not place.startswith(f"{kind}:"):
        raise InvalidInputError(
            f"The place of such a test is “{kind}”, or begins with “{kind}:”."
        )


def refuse_odd_price(experiment: Experiment) -> None:
    if experiment.unit != Unit.PERSON:
        return
    code = experiment.coupon
    if not code or not Coupon.objects.of(experiment.store).coded(code).exists():
        raise InvalidInputError(
            "Two people may see two prices at one moment only through a coupon that "
            "you published. Name its code, or test by product or by stretch of time."
        )
