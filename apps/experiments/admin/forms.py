"""The form of a test: what is asked depends on what is tested."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import QueryDict
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from apps.accounts.models import Store
from apps.experiments.models import Experiment, Kind, Metric, Policy, Unit, Variant
from apps.experiments.services import config as configs
from apps.experiments.services.draft import MOST_VARIANTS, Branch

AS_TODAY = ("", "As it is today")
WHERE = {
    Kind.SHELF: "Empty: every shelf. Or the name that your pages give to one, like home, "
    "product or cart.",
    Kind.MESSAGE: "Empty: every message. Or the name of one, like welcome.",
    Kind.PRICE: "Empty: every product's price. Or the name that your shop gives to a part.",
    Kind.PAGE: "The name that your pages ask for, like cart or home:banner.",
}


def text(label: str, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=UnfoldAdminTextInputWidget(), **more
    )


def whole(label: str, low: int, high: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        widget=UnfoldAdminIntegerFieldWidget(),
        **more,
    )


def number(label: str, low: float, high: float, **more: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        min_value=low,
        max_value=high,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        **more,
    )


def choice(label: str, choices: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=UnfoldAdminSelectWidget(), **more
    )


class QuestionForm(forms.Form):
    """All of a test but its variants; shares are read and written as percent."""

    name = text("Name", 150, help_text="What your team will call it.")
    hypothesis = forms.CharField(
        label="What do you expect, and why?",
        required=False,
        max_length=5_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="For those who read it later: a guess written down before is worth ten after.",
    )
    where = forms.RegexField(
        r"^[a-z0-9_.-]+(:[a-z0-9_.-]+)*$",
        label="Where",
        max_length=60,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        error_messages={"invalid": "Small letters, digits and dashes, like home."},
    )
    unit = choice(
        "Who or what gets a variant",
        [
            (Unit.PRODUCT, "Each product: everybody sees the same price for it"),
            (Unit.PERIOD, "Each stretch of time: everybody sees the same prices in it"),
            (Unit.PERSON, "Each person: only through a coupon that you published"),
        ],
    )
    period_hours = whole("Hours of a stretch of time", 1, 24 * 28, initial=24)
    coupon = text(
        "Code of the published coupon",
        100,
        required=False,
        help_text="Only for prices by person: two people may see two prices at one moment only so.",
    )
    metric = choice("Decided by", Metric.choices, initial=Metric.REVENUE)
    guards = forms.MultipleChoiceField(
        label="And must not get worse",
        choices=Metric.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    matters = number(
        "Smallest change that matters, in percent",
        0.01,
        100,
        initial=2,
        help_text="What moves less is no reason to decide either way. Half as much takes four times the people.",
    )
    traffic = number(
        "People who take part, in percent",
        0.01,
        100,
        initial=100,
        help_text="The others see what they see today and are counted in no group.",
    )
    layer = text(
        "Keep apart from other tests called",
        80,
        required=False,
        help_text="Tests that carry the same word here never meet in one person. Empty: apart from all tests of this kind.",
    )
    policy = choice(
        "How people are shared out",
        Policy.choices,
        help_text="Fixed shares give the clearest answer. The other two lose less while they learn.",
    )
    min_days = whole(
        "Days at least",
        1,
        365,
        initial=14,
        help_text="Whole weeks: people shop otherwise on Sundays.",
    )
    max_days = whole("Days at most", 1, 730, initial=56)
    applies_winner = forms.BooleanField(
        label="Apply a clear winner by itself",
        required=False,
        widget=UnfoldBooleanWidget(),
        help_text="It is watched for some days and taken back if it turns out worse.",
    )
    watch_days = whole("Days of watching", 1, 365, initial=14)

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["where"].help_text = WHERE[Kind(kind)]
        if kind != Kind.PRICE:
            for name in ("unit", "period_hours", "coupon"):
                del self.fields[name]

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """In the order in which one thinks."""
        parts = {
            "What do you want to find out?": ("name", "hypothesis"),
            "Where and on whom?": ("where", "unit", "period_hours", "coupon", "traffic"),
            "What decides?": ("metric", "guards", "matters"),
            "How long, and what then?": (
                "min_days", "max_days", "policy", "applies_winner", "watch_days", "layer",
            ),
        }  # fmt: skip
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in parts.items()
        ]

    def told(self) -> dict[str, Any]:
        """As draft.create takes it."""
        said = self.cleaned_data
        where = said["where"]
        same = (
            "name", "hypothesis", "unit", "period_hours", "coupon", "metric", "guards",
            "policy", "min_days", "max_days", "applies_winner", "watch_days",
        )  # fmt: skip
        return {
            **{name: said[name] for name in same if name in said},
            "kind": self.kind,
            "place": f"{self.kind}:{where}" if where else self.kind,
            "matters": said["matters"] / 100,
            "traffic": said["traffic"] / 100,
        }


def initial_of(row: Experiment) -> dict[str, Any]:
    names = (
        "name", "hypothesis", "unit", "period_hours", "coupon", "metric", "guards",
        "policy", "min_days", "max_days", "applies_winner", "watch_days",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "where": row.place.partition(":")[2],
        "matters": f"{100 * row.matters:.6g}",
        "traffic": f"{100 * row.traffic:.6g}",
        "layer": str(row.layer or ""),
    }


class BranchForm(forms.Form):
    """One variant. The control has a name and a share only: it is as it is today."""

    name = text("Name", 100, required=False)
    share = number("Share, in percent", 0.01, 100)

    def branch(self) -> Branch:
        said = self.cleaned_data
        is_control = self.prefix == "control"
        config = {} if is_control else self.config()
        return Branch(said["name"], said["share"] / 100, is_control, config=config)

    def config(self) -> dict[str, Any]:
        return {}


class ShelfForm(BranchForm):
    hidden = forms.BooleanField(
        label="Show no shelf", required=False, widget=UnfoldBooleanWidget()
    )
    shelf = choice(
        "Another kind of shelf",
        [AS_TODAY, *configs.SHELF_KINDS.items()],
        required=False,
    )
    explored = number(
        "Places for trying something out, in percent",
        0,
        50,
        required=False,
        help_text="Empty: as in Shelf settings.",
    )
    variety = number(
        "Variety, in percent",
        0,
        100,
        required=False,
        help_text="Empty: as in Shelf settings.",
    )
    version = choice("Another model", [AS_TODAY], required=False)

    def config(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said["hidden"]:
            return {"show": False}
        told: dict[str, Any] = {}
        if said["shelf"]:
            told["kind"] = said["shelf"]
        for name, key in (("explored", "exploration_share"), ("variety", "variety")):
            if said[name] is not None:
                told[key] = said[name] / 100
        if said["version"]:
            told["version"] = int(said["version"])
        return told

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        others = ("shelf", "explored", "variety", "version")
        if said.get("hidden") and any(
            said.get(name) not in ("", None) for name in others
        ):
            raise forms.ValidationError(
                "Without a shelf there is nothing else to set on it."
            )
        return said


class PriceForm(BranchForm):
    percent = number(
        "Prices change by, in percent",
        -configs.MOST_PERCENT,
        configs.MOST_PERCENT,
        help_text="From -30 to 30. -10: a tenth cheaper.",
    )

    def config(self) -> dict[str, Any]:
        return {"percent": self.cleaned_data["percent"]}


class FreeForm(BranchForm):
    free = forms.CharField(
        label="What your pages or messages are told",
        required=False,
        max_length=configs.MAX_BYTES,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "ltr"}),
        help_text='A JSON object, like {"headline": "New in"}. They get it together with the variant\'s name.',
    )

    def clean_free(self) -> dict[str, Any]:
        told = self.cleaned_data["free"]
        try:
            found = json.loads(told) if told.strip() else {}
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("This is not valid JSON.") from error
        if not isinstance(found, dict):
            raise forms.ValidationError("An object of names and values, please.")
        return found

    def config(self) -> dict[str, Any]:
        return dict(self.cleaned_data["free"])


FORMS: dict[str, type[BranchForm]] = {
    Kind.SHELF: ShelfForm,
    Kind.PRICE: PriceForm,
    Kind.MESSAGE: FreeForm,
    Kind.PAGE: FreeForm,
}


def branch_forms(
    store: Store, kind: str, data: QueryDict | None, row: Experiment | None = None
) -> list[BranchForm]:
    """As many as were sent, or as the draft has, or two; the first is the control."""
    known = (
        sorted(row.variants.all(), key=lambda one: not one.is_control) if row else []
    )
    count = count_of(data) if data is not None else max(len(known), 2)
    initial = [initial_of_branch(one, known) for one in known] or [
        {"name": "As it is today", "share": 50},
        {"share": 50},
    ]
    initial += [{"share": 50}] * (count - len(initial))
    control = BranchForm(data, prefix="control", initial=initial[0])
    others = [
        FORMS[kind](data, prefix=f"variant{n}", initial=initial[n])
        for n in range(1, count)
    ]
    models = model_choices(store) if kind == Kind.SHELF else []
    for form in others:
        if "version" in form.fields:
            form.fields["version"].choices = [AS_TODAY, *models]  # type: ignore[attr-defined]
        # The one that makes it a test; further ones may stay empty.
        form.fields["name"].required = form is others[0]
    control.fields["name"].required = True
    return [control, *others]


def count_of(data: QueryDict) -> int:
    said = data.get("count", "")
    count = int(said) if said.isascii() and said.isdecimal() and len(said) < 3 else 2
    return min(max(count + ("more" in data), 2), MOST_VARIANTS)


def initial_of_branch(one: Variant, known: list[Variant]) -> dict[str, Any]:
    config = one.config
    whole_share = sum(other.share for other in known) or 1
    told = {
        "name": one.name,
        "share": f"{100 * one.share / whole_share:.6g}",
        "hidden": config.get("show") is False,
        "shelf": config.get("kind", ""),
        "version": config.get("version", ""),
        "percent": config.get("percent"),
        "free": json.dumps(config, ensure_ascii=False) if config else "",
    }
    for name, key in (("explored", "exploration_share"), ("variety", "variety")):
        told[name] = f"{100 * config[key]:.6g}" if key in config else None
    return told


def model_choices(store: Store) -> list[tuple[str, str]]:
    rows = configs.versions(store).order_by("kind", "-number")
    named = rows.values_list("pk", "kind", "number", "name")[:100]
    return [
        (str(pk), f"{kind.removeprefix(configs.FAMILY)}, number {number} ({name})")
        for pk, kind, number, name in named
    ]
