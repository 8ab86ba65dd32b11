"""Holdouts: who is left alone, where, and what all others bought beyond them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Max, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.core.merchant_admin import MANAGER, Cell, Panel, label_cell, reaches
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import NOTHING, day, short_money
from apps.experiments import words
from apps.experiments.models import Experiment, Reading
from apps.experiments.models.experiment import IN_FORCE
from apps.experiments.services import act, draft

MONTH = timedelta(days=30)
USUAL_PERCENT = 5


class HoldoutForm(forms.Form):
    place = forms.RegexField(
        r"^[a-z0-9_.-]+(:[a-z0-9_.-]+)*$",
        label="Where",
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget(),
        error_messages={
            "invalid": "Small letters, digits and dashes, like shelf:home."
        },
        help_text="Empty: everything that LuxeBrain does. Or a place: shelf, shelf:home, message:welcome.",
    )
    share = forms.FloatField(
        label="People left alone, in percent",
        min_value=1,
        max_value=50,
        initial=USUAL_PERCENT,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        help_text="From 1 to 50. Of everything 5 is usual; of one place more tells sooner.",
    )


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    may_add = reaches(request, MANAGER)
    form = HoldoutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_add:
            raise PermissionDenied
        if form.is_valid() and (made := save(request, store, form)):
            name = "admin:experiments_experiment_change"
            return HttpResponseRedirect(reverse(name, args=[made.pk]))
    rows = list(holdouts(store))
    found = newest(store)
    return show(
        request,
        "experiments/left_alone",
        "People left alone",
        panel=panel(store, rows, found),
        costs=[
            line for row in rows if (line := cost(store, row, found.get(row.pk)))
        ],
        form=form,
        may_add=may_add,
    )  # fmt: skip


def save(request: HttpRequest, store: Store, form: HoldoutForm) -> Experiment | None:
    said = form.cleaned_data
    try:
        row = draft.leave_alone(
            store, said["place"], said["share"] / 100, timezone.now()
        )
    except LuxeBrainError as error:
        form.add_error(None, error.message)
        return None
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    actor = act.Actor(str(request.user), request.user)  # type: ignore[arg-type]
    act.note("experiment.created", row, actor)
    return row


def holdouts(store: Store) -> Any:
    """The one of everything first, then place by place."""
    rows = Experiment.objects.of(store).holdouts()
    return rows.prefetch_related("variants").order_by("place", "pk")


def newest(store: Store) -> dict[int, Reading]:
    """What the last look said of each holdout, by what it is decided by."""
    rows = Reading.objects.of(store).filter(
        experiment__kind="holdout",
        metric=F("experiment__metric"),
        phase=F("experiment__phase"),
    )
    last = (
        Reading.objects.of(store)
        .filter(
            experiment=OuterRef("experiment"),
            metric=OuterRef("metric"),
            phase=OuterRef("phase"),
        )
        .order_by()
        .values("experiment")
        .annotate(last=Max("on"))
        .values("last")
    )
    return {row.experiment_id: row for row in rows.filter(on=Subquery(last))}


def panel(store: Store, rows: list[Experiment], found: dict[int, Reading]) -> Panel:
    return Panel(
        "Places",
        (
            "Place", "State", "Left alone", "People left alone", "Lift", "Surely between",
            "Per 1,000 people", "With all places known", "Verdict",
        ),
        [line_of(store, row, found.get(row.pk)) for row in rows],
        note="Lift: how much more others bring than those who are left alone, net of refunds. "
        "“With all places known”: small places borrow from what the others have shown.",
        empty="Nobody is left alone yet, so nobody can say what LuxeBrain brings.",
    )  # fmt: skip


def line_of(store: Store, row: Experiment, found: Reading | None) -> list[Cell]:
    url = reverse("admin:experiments_experiment_change", args=[row.pk])
    since = f", since {day(row.started_at)}" if row.started_at else ""
    head = [
        Cell(words.place_name(row).capitalize(), url=url),
        Cell(f"{words.state_name(row)}{since}"),
        Cell(alone(row), is_number=True),
    ]
    if found is None:
        empty = [Cell(NOTHING, is_number=True)] * 5
        return [*head, *empty, label_cell("Not known yet")]
    return [
        *head,
        Cell(f"{found.control_people:,}", is_number=True),
        Cell(words.change(found, store.currency), is_number=True),
        Cell(words.between(found, store.currency), is_number=True),
        Cell(per_thousand(store, found), is_number=True),
        Cell(pooled(found), is_number=True),
        label_cell(
            words.answer_name(found.answer), words.TONES.get(found.answer, "quiet")
        ),
    ]


def alone(row: Experiment) -> str:
    variants = list(row.variants.all())
    shares = zip(variants, words.shares_of(variants), strict=True)
    return next((share for one, share in shares if one.is_control), NOTHING)


def per_thousand(store: Store, found: Reading) -> str:
    """What a thousand people bring more; where it lies too."""
    values = (found.absolute, found.low, found.high)
    mean, low, high = (None if one is None else 1_000 * one for one in values)
    if mean is None or low is None or high is None:
        return NOTHING
    is_money = found.metric in words.AMOUNTS
    told = [
        signed_money(one, store.currency) if is_money else f"{one:+,.1f}"
        for one in (mean, low, high)
    ]
    return f"{told[0]} ({told[1]} to {told[2]})"


def signed_money(value: float, currency: str) -> str:
    sign = words.MINUS if value < 0 else "+"
    return f"{sign}{short_money(Decimal(str(abs(value))), currency)}"


def pooled(found: Reading) -> str:
    """Beside those of other places, where the look worked that out."""
    if found.pooled_low is None or found.pooled_high is None:
        return NOTHING
    low, high = words.signed(found.pooled_low), words.signed(found.pooled_high)
    return f"{words.signed(found.pooled_lift)} ({low} to {high})"


def cost(store: Store, row: Experiment, found: Reading | None) -> str:
    """Only what was measured: a lift that may be nothing costs nothing one knows of."""
    if found is None or row.phase_at is None or found.metric not in words.AMOUNTS:
        return ""
    is_known = found.answer == "better" and found.is_judged
    if not is_known or row.status not in IN_FORCE:
        return ""
    span = found.computed_at - row.phase_at
    if not found.absolute or not found.low or found.low <= 0 or span <= timedelta():
        return ""
    month = found.absolute * found.control_people * (MONTH / span)
    told = short_money(Decimal(str(month)), store.currency)
    place = words.place_name(row)
    return f"What it costs, {place}: about {told} a month at today's figures."
