"""What if shelves had been filled in another way: asked, and answered from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from apps.accounts.models import Store, User
from apps.accounts.services import audit
from apps.core.errors import LuxeBrainError
from apps.core.merchant_admin import MANAGER, Cell, Panel, label_cell, reaches
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import NOTHING, moment
from apps.recommendations import nudges
from apps.recommendations.models import Kind, WhatIf
from apps.recommendations.services.what_if.ask import Asker, Question, ask
from apps.recommendations.services.what_if.change import (
    IN_NUMBERS,
    KINDS,
    SOURCES,
    changed,
    words,
)

# On the page; older ones are in the API.
MOST = 30
PERIODS = {7: "The last week", 30: "The last 30 days", 90: "The last 90 days"}
PREFER = {
    "": "Nothing in particular",
    "cheaper": "Products that cost this much or less",
    "dearer": "Products that cost this much or more",
    "newer": "Products that are at most so many days old",
    "margin": "Products with at least this margin, in percent",
    "brand": "Products of this brand",
    "sale": "Reduced products",
}
NAMES = {
    "dr": "Our estimate",
    "snips": "By weights, evened out",
    "ips": "By weights alone",
    "clipped": "With large weights cut",
    "switch": "With a model for large weights",
}
TONES = {"done": "good", "failed": "bad"}
OUTCOMES = {"clicks": "Clicks", "orders": "Orders of what was clicked"}


def number_field(
    most: float, label: str, about: str, least: int = 0
) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        help_text=about,
        required=False,
        min_value=least,
        max_value=most,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
    )


def choice_field(label: str, choices: Mapping[Any, str]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=list(choices.items()),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )


class WhatIfForm(forms.Form):
    kind = choice_field(
        "Which shelves", {"": "All"} | {kind.value: kind.label for kind in KINDS}
    )
    days = choice_field("When", PERIODS)
    exploration = number_field(
        50,
        "Places for trying something out, in percent",
        "Empty: as it was. From 0 to 50.",
    )
    variety = number_field(
        100, "Variety, in percent", "Empty: as it was. From 0 to 100."
    )
    without = choice_field(
        "Only where nothing else is left", {"": "Leave all as they are", **SOURCES}
    )
    prefer = choice_field("Prefer", PREFER)
    prefer_value = forms.CharField(
        label="How much, or which brand",
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
    )
    boost = number_field(
        1000,
        "How much more these count, in percent",
        "50: half as much again. Below 0: less. From -90 to 1000.",
        least=-90,
    )
    is_popular_first = forms.BooleanField(
        label="Popular products first",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="By what was sold in the four weeks before.",
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors:
            try:
                found["change"] = changed(said(found))
            except LuxeBrainError as error:
                self.add_error(None, error.message)
        return found

    def clean_days(self) -> int:
        return int(self.cleaned_data["days"] or 30)


def said(found: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it: shares of one, and only what was filled in."""
    told = {
        name: found[name] / 100
        for name in ("exploration", "variety", "boost")
        if found[name] is not None
    }
    told |= {name: found[name] for name in ("without", "prefer") if found[name]}
    value = found["prefer_value"].strip()
    if found["prefer"] in IN_NUMBERS and value:
        told["prefer_value"] = plain_number(value)
    elif found["prefer"]:
        told["prefer_value"] = value
    if not found["prefer"]:
        told.pop("boost", None)
    if found["is_popular_first"]:
        told["is_popular_first"] = True
    return told


def plain_number(text: str) -> float | None:
    """None for what is none: then it is asked for."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    may_ask = reaches(request, MANAGER)
    if request.method == "POST" and not may_ask:
        raise PermissionDenied
    form = WhatIfForm(request.POST or None, initial={"days": 30})
    if form.is_valid() and (row := asked(request, store, form)):
        return redirect("what_if_answer", row.pk)
    return show(
        request,
        "recommendations/what_if",
        "What if…",
        form=form if may_ask else None,
        earlier=earlier(store),
    )


def asked(request: HttpRequest, store: Store, form: WhatIfForm) -> WhatIf | None:
    values = form.cleaned_data
    question = Question(values["change"], values["kind"], values["days"])
    person = cast(User, request.user)
    try:
        row = ask(store, question, Asker(str(person), person), timezone.now())
    except LuxeBrainError as error:
        form.add_error(None, error.message)
        return None
    nudges.answer_what_if()
    audit.record(
        "what_if.asked", store=store, actor=person, subject=words(question.change)
    )
    return row


def earlier(store: Store) -> Panel:
    rows = WhatIf.objects.of(store).order_by("-pk")[:MOST]
    return Panel(
        "Asked before",
        ("What if", "Shelves", "Asked", "State", "Answer"),
        [
            (
                Cell(worded(row), url=reverse("what_if_answer", args=[row.pk])),
                Cell(kind_name(row)),
                Cell(moment(row.created_at)),
                label_cell(row.get_status_display(), TONES.get(row.status, "quiet")),
                Cell(row.sentence or row.error or NOTHING),
            )
            for row in rows
        ],
        empty="Nobody has asked yet.",
    )


def worded(row: WhatIf) -> str:
    try:
        return words(changed(row.policy))
    except LuxeBrainError:
        return "Something that is no longer known"


def kind_name(row: WhatIf) -> str:
    return Kind(row.kind).label if row.kind in Kind.values else "All"


@for_analysts
def answer(request: HttpRequest, store: Store, pk: int) -> HttpResponse:
    row = get_object_or_404(WhatIf.objects.of(store), pk=pk)
    kinds = [name for name in OUTCOMES if name in row.result]
    return show(
        request,
        "recommendations/what_if_answer",
        f"What if: {worded(row)}",
        row=row,
        is_open=row.status in WhatIf.OPEN,
        kind=kind_name(row),
        charts=[chart(name, row.result[name]) for name in kinds],
        panels=[figures(name, row.result[name]) for name in kinds],
        notes=list(notes(row)),
    )


def chart(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """The log's own policy beside the other one, as shares of the largest figure."""
    shown = {
        "As it was": found["observed"],
        "With this change": found["estimates"]["dr"],
    }
    top = max((one["high"] or one["value"] for one in shown.values()), default=0) or 1
    return {
        "title": OUTCOMES[name],
        "is_known": not found["doubts"],
        "rows": [
            {
                "name": label,
                "say": span(one),
                "low": part(one["low"] or 0, top),
                "width": part((one["high"] or 0) - max(0, one["low"] or 0), top),
                "value": part(one["value"], top),
            }
            for label, one in shown.items()
        ],
    }


def part(value: float, top: float) -> float:
    return round(100 * min(1.0, max(0.0, value / top)), 2)


def span(one: Mapping[str, Any]) -> str:
    if one["low"] is None:
        return f"{100 * one['value']:.2f}"
    low, high = max(0.0, one["low"]), max(0.0, one["high"])
    return f"{100 * one['value']:.2f} ({100 * low:.2f} to {100 * high:.2f})"


def figures(name: str, found: Mapping[str, Any]) -> Panel:
    rows = [("As it was", found["observed"])]
    rows += [(NAMES[one], found["estimates"][one]) for one in NAMES]
    return Panel(
        f"{OUTCOMES[name]}, in 100 shelves",
        ("Worked out", "95 % range", "Worth shelves"),
        [
            (
                Cell(label),
                Cell(span(one), is_number=True),
                Cell(f"{one['effective_size']:,.0f}", is_number=True),
            )
            for label, one in rows
        ],
        note="Five ways to work out the same; where they are far apart, believe none. "
        "The last column: so many shelves of equal weight would tell as much.",
    )


def notes(row: WhatIf) -> Iterator[str]:
    """What the answer rests on, and what it does not tell."""
    result, change = row.result, row.policy
    if "shelves" not in result:
        return
    yield (
        f"{result['shelves']:,} shelves of {result['people']:,} visitors and customers "
        f"were read. Shelves in the order of time, and those of people who are kept "
        f"without picks for comparison, are left out."
    )
    if result["is_cut"]:
        yield "There were more: these are the newest."
    if result["unknown"]:
        yield (
            f"{result['unknown']:,} older shelves are left out: the log does not tell "
            f"which list named each of their products."
        )
    if set(change) - {"exploration"}:
        yield "Prices, brands, categories and colors count as they are now."
    yield (
        "A click, or an order after it, is not a purchase that would not have happened "
        "otherwise. Only a test tells that."
    )
