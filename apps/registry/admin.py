from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminSelectWidget

from apps.accounts.services import audit
from apps.core.merchant_admin import MANAGER, Cell, Choice, Panel, StoreAdmin, Verb
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, day, moment
from apps.registry import nudges
from apps.registry.models import ModelVersion, TrainingRun
from apps.registry.services import training, versions

STATES: dict[str, str | None] = {
    "Champion: it serves": "success",
    "Candidate": "info",
    "Refused by the gate": "danger",
}
RUNS: dict[str, str | None] = {
    "Running": "info",
    "Succeeded": "success",
    "Failed": "danger",
}
Status = ModelVersion.Status


def plain(kind: str) -> str:
    return kind.replace(".", ": ").replace("_", " ").capitalize()


def kinds() -> list[tuple[str, str]]:
    return [(kind, plain(kind)) for kind in settings.BRAINS]


class TrainForm(forms.Form):
    kind = forms.ChoiceField(
        choices=kinds, label="Which model", widget=UnfoldAdminSelectWidget
    )


@admin.register(ModelVersion)
class ModelVersionAdmin(StoreAdmin):
    page_name = "Models"
    empty = "No model was trained yet. Models learn at night."
    note = (
        "Every model that was trained from your shop's data. One of each kind serves: the champion. "
        "A new one takes its place only if it did better on days it had not seen."
    )
    list_display = ("title", "name", "state", "trained", "learned_from", "serves_since")
    list_filter = (("status", Choice),)
    search_fields = ("kind", "name")
    ordering = ("-trained_at", "-pk")
    fields = (
        ("title", "name", "state"), ("trained", "learned_from", "training_rows"),
        ("serves_since", "before_it"), "refusal_reason",
    )  # fmt: skip
    readonly_fields = (
        "title", "name", "state", "trained", "learned_from", "training_rows",
        "serves_since", "before_it", "refusal_reason",
    )  # fmt: skip
    verbs = (
        Verb(
            "promote",
            "Let it serve",
            "arrow_upward",
            MANAGER,
            "primary",
            "From now on this model serves your shop. Go on?",
        ),
        Verb(
            "rollback",
            "Go back to the one before",
            "undo",
            MANAGER,
            "danger",
            "The model that served before takes over again. Go on?",
        ),
        Verb("train", "Train this kind now", "model_training"),
    )

    def verbs_for(self, request: HttpRequest, row: ModelVersion) -> list[Verb]:
        fits = {
            "promote": row.status in (Status.CANDIDATE, Status.RETIRED)
            and row.forgotten_at is None,
            "rollback": row.predecessor is not None
            and row.predecessor.forgotten_at is None
            and row.status == Status.CHAMPION,
            "train": row.kind in settings.BRAINS,
        }
        return [verb for verb in super().verbs_for(request, row) if fits[verb.name]]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        rows: QuerySet[ModelVersion] = super().get_queryset(request)
        both = rows.select_related("predecessor")
        return both.defer("learned", "predecessor__learned")

    def search_title(self, row: ModelVersion) -> str:
        return self.title(row)

    @display(description="Model", ordering="kind")
    def title(self, version: ModelVersion) -> str:
        return f"{plain(version.kind)}, number {version.number}"

    @display(description="State", ordering="status", label=STATES)
    def state(self, version: ModelVersion) -> str:
        return version.get_status_display()

    @display(description="Trained", ordering="trained_at")
    def trained(self, version: ModelVersion) -> str:
        return moment(version.trained_at)

    @display(description="Learned from")
    def learned_from(self, version: ModelVersion) -> str:
        if not (version.data_from_at and version.data_to_at):
            return NOTHING
        return f"{day(version.data_from_at)} to {day(version.data_to_at)}"

    @display(description="Serves since", ordering="promoted_at")
    def serves_since(self, version: ModelVersion) -> str:
        return (
            moment(version.promoted_at)
            if version.status == Status.CHAMPION
            else NOTHING
        )

    @display(description="Before it")
    def before_it(self, version: ModelVersion) -> str:
        return (
            f"Number {version.predecessor.number}" if version.predecessor else NOTHING
        )

    def panels(self, request: HttpRequest, row: ModelVersion) -> Iterable[Panel]:
        names = dict.fromkeys([*row.metrics, *row.baseline_metrics])
        rows = [
            (
                str(name).replace("_", " ").capitalize(),
                Cell(number(row.metrics.get(name)), is_number=True),
                Cell(number(row.baseline_metrics.get(name)), is_number=True),
            )
            for name in names
        ]
        yield Panel(
            "How good it is",
            ("Measure", "This model", "Simple rule"),
            rows,
            note="Measured on days that the model had not seen, beside a simple rule of thumb.",
            empty="Nothing was measured.",
        )
        yield Panel(
            "How it was judged",
            ("Against", "Better by", "Surely between", "Cases"),
            [verdict(name, figures) for name, figures in compared(row)],
            note="The gain on the same days and the same customers or products.",
            empty="It was compared with nothing.",
        )
        settings = [
            (str(n).replace("_", " "), number(v)) for n, v in row.parameters.items()
        ]
        yield Panel(
            "How it was set", ("Setting", "Value"), settings, empty="Nothing was noted."
        )

    def do_promote(self, request: HttpRequest, row: ModelVersion, values: Any) -> str:
        versions.promote(row, timezone.now())
        nudges.follow_champion(row)
        note(request, "model.promoted", row)
        return f"{self.title(row)} serves now."

    def do_rollback(self, request: HttpRequest, row: ModelVersion, values: Any) -> str:
        served = versions.rollback(row.store, row.kind, timezone.now())
        nudges.follow_champion(served)
        note(request, "model.rolled_back", served)
        return f"{self.title(served)} serves again."

    def do_train(self, request: HttpRequest, row: ModelVersion, values: Any) -> str:
        return ask(request, row.kind)


def ask(request: HttpRequest, kind: str) -> str:
    store = request.store  # type: ignore[attr-defined]
    run = training.ask(store, kind, timezone.now())
    audit.record("training.asked", store=store, actor=request.user, subject=kind)  # type: ignore[arg-type]
    if run.status == TrainingRun.Status.RUNNING:
        return f"{plain(kind)} is being trained already."
    return f"{plain(kind)} is trained as soon as a worker is free."


def note(request: HttpRequest, action: str, version: ModelVersion) -> None:
    audit.record(action, store=version.store, actor=request.user, subject=str(version))  # type: ignore[arg-type]


RIVALS = {"humble": "The simple rule", "champion": "The model that served"}


def compared(version: ModelVersion) -> list[tuple[str, dict[str, Any]]]:
    return list(version.card.get("against", {}).items())


def verdict(name: str, figures: dict[str, Any]) -> tuple[Cell | str, ...]:
    between = f"{number(figures['low'])} and {number(figures['high'])}"
    return (
        RIVALS.get(name, name),
        Cell(number(figures["gain"]), is_number=True),
        Cell(between, is_number=True),
        Cell(f"{figures['cases']:,.0f}", is_number=True),
    )


def number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return NOTHING if value is None else str(value)


@admin.register(TrainingRun)
class TrainingRunAdmin(StoreAdmin):
    page_name = "Trainings"
    empty = "Nothing was trained yet. Models learn at night."
    note = "Models learn at night, and when what happens in your shop has changed. Here you see how far they are."
    list_display = ("title", "state", "how_far", "why", "begun", "took", "made")
    fields = readonly_fields = (
        "title", "state", "how_far", "why", "begun", "took", "made", "said",
    )  # fmt: skip
    list_filter = (("status", Choice),)
    search_fields = ("kind",)
    ordering = ("-created_at", "-pk")
    list_verbs = (
        Verb(
            "train", "Train now", "model_training", MANAGER, "primary", form=TrainForm
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingRun]:
        rows: QuerySet[TrainingRun] = super().get_queryset(request)
        return rows.select_related("version").defer("version__learned")

    @display(description="Training", ordering="kind")
    def title(self, run: TrainingRun) -> str:
        return plain(run.kind)

    @display(description="State", ordering="status", label=RUNS)
    def state(self, run: TrainingRun) -> str:
        return run.get_status_display()

    @display(description="How far", ordering="progress")
    def how_far(self, run: TrainingRun) -> str:
        said = run.error or (run.step if run.status in TrainingRun.OPEN else "")
        return format_html(
            '<span class="lb-quota"><progress max="100" value="{}"></progress>'
            "<span>{} % {}</span></span>",
            run.progress, run.progress, said[:120],
        )  # fmt: skip

    @display(description="Why")
    def why(self, run: TrainingRun) -> str:
        return run.reason or run.get_trigger_display()

    @display(description="Begun", ordering="created_at")
    def begun(self, run: TrainingRun) -> str:
        return moment(run.started_at or run.created_at)

    @display(description="Took")
    def took(self, run: TrainingRun) -> str:
        if not (run.started_at and run.finished_at):
            return NOTHING
        seconds = int((run.finished_at - run.started_at).total_seconds())
        return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"

    @display(description="Made")
    def made(self, run: TrainingRun) -> str:
        return f"Number {run.version.number}" if run.version else NOTHING

    @display(description="What happened")
    def said(self, run: TrainingRun) -> str:
        refusal = run.version.refusal_reason if run.version else ""
        return run.error or refusal or run.step or NOTHING

    def do_train(self, request: HttpRequest, row: None, values: Any) -> str:
        return ask(request, values["kind"])
