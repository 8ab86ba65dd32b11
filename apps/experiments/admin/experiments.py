from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from apps.core.errors import LuxeBrainError
from apps.core.merchant_admin import MANAGER, Choice, StoreAdmin, Verb
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, day
from apps.experiments import words
from apps.experiments.admin import forms as asked
from apps.experiments.admin.page import page
from apps.experiments.admin.says import question
from apps.experiments.models import Experiment, Kind, Status, Variant
from apps.experiments.models.experiment import ExperimentQuerySet
from apps.experiments.services import act, draft
from apps.experiments.services.summary import with_summary

VERDICTS: dict[str, str | None] = {
    "Better": "success",
    "Worse": "danger",
    "No difference that matters": "warning",
    "Not known yet": "info",
}
STATES: dict[str, str | None] = {
    "Running": "info",
    "Winner watched": "info",
    "Winner applied": "success",
    "Winner taken back": "danger",
}
# Which steps each state offers; what the service refuses, it refuses anyway.
OFFERED: dict[Status, tuple[str, ...]] = {
    Status.DRAFT: ("start",),
    Status.RUNNING: ("apply", "pause", "stop"),
    Status.PAUSED: ("resume", "stop"),
    Status.STOPPED: ("apply",),
    Status.WATCHING: ("take_back",),
    Status.APPLIED: ("take_back",),
}
KINDS = {
    Kind.SHELF: (
        "storefront",
        "Shelves of products",
        "Another kind, another model, more variety, or none at all.",
    ),
    Kind.MESSAGE: ("mail", "E-mails and messages", "Subject, text, moment: what your messages are told."),
    Kind.PRICE: ("sell", "Prices", "By product or by stretch of time: never two prices at one moment."),
    Kind.PAGE: ("web", "Parts of a page", "Headlines, banners, order of blocks: what your pages are told."),
}  # fmt: skip


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Why? (if you like)",
        required=False,
        max_length=1_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class WinnerForm(forms.Form):
    winner = forms.ModelChoiceField(
        Variant.objects.none(),
        label="Which variant?",
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )


class Verdict(DropdownFilter):
    title = "verdict"
    parameter_name = "verdict"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(words.ANSWERS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(verdict=self.value()) if self.value() else queryset


class Tests(ChangeList):
    """Without holdouts: those have a page of their own."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Experiment]:
        rows: QuerySet[Experiment] = super().get_queryset(*args, **kwargs)
        return rows.exclude(kind=Kind.HOLDOUT)


@admin.register(Experiment)
class ExperimentAdmin(StoreAdmin):
    page_name = "Tests"
    note = (
        "What really brings more, and what only seems to: two groups of people, shared out by chance, "
        "at the same time. A verdict comes when it is sure, and may be looked at every day."
    )
    empty = "No test yet. Begin with a shelf against none: it tells what shelves bring."
    add_role = delete_role = MANAGER
    is_recorded_by_service = True
    show_full_result_count = False
    list_display = (
        "title", "kind_name", "place_name", "state", "since", "people",
        "verdict_name", "said", "to_go", "health",
    )  # fmt: skip
    list_filter = (("kind", Choice), ("status", Choice), Verdict)
    search_fields = ("name", "key", "place")
    search_help_text = "Search by name or place"
    ordering = ("-created_at", "-pk")
    verbs = (
        Verb("start", "Start", "play_arrow", MANAGER, "primary", "?"),
        Verb("resume", "Go on", "play_arrow", MANAGER, "primary", "?"),
        Verb("apply", "Apply the winner", "emoji_events", MANAGER, "primary", "?"),
        Verb("pause", "Pause", "pause", MANAGER, "plain", "?"),
        Verb("stop", "Stop", "stop", MANAGER, "danger", "?", form=WhyForm),
        Verb("take_back", "Take back", "undo", MANAGER, "danger", "?", form=WhyForm),
    )

    def page_context(self, row: Any = None) -> dict[str, Any]:
        """A holdout's way back leads to the other holdouts."""
        context = super().page_context(row)
        if row is not None and row.is_holdout:
            alone = {
                "page_name": "People left alone",
                "page_url": reverse("left_alone"),
            }
            return {**context, **alone}
        return context

    def get_queryset(self, request: HttpRequest) -> ExperimentQuerySet:
        rows: ExperimentQuerySet = super().get_queryset(request)  # type: ignore[assignment]
        return with_summary(request.store, rows)  # type: ignore[attr-defined]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Tests]:
        return Tests

    def get_urls(self) -> list[URLPattern]:
        edit = self.admin_site.admin_view(self.edit_view)
        name = "experiments_experiment_edit"
        return [path("<path:object_id>/edit/", edit, name=name), *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What never started may be thrown away; the rest is kept with its figures."""
        is_draft = not isinstance(obj, Experiment) or obj.status == Status.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        draft.throw_away(obj)
        act.note("experiment.thrown_away", obj, actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        raise PermissionDenied

    def verbs_for(self, request: HttpRequest, row: Experiment) -> list[Verb]:
        offered = OFFERED.get(Status(row.status), ())
        return [
            # What is not known to be better is not urged.
            replace(verb, style="plain")
            if verb.name == "apply" and row.verdict != "better"
            else verb
            for verb in super().verbs_for(request, row)
            if verb.name in offered and not (row.is_holdout and verb.name == "apply")
        ]

    @display(description="Test", ordering="name")
    def title(self, row: Experiment) -> str:
        return row.name

    @display(description="Kind", ordering="kind")
    def kind_name(self, row: Experiment) -> str:
        return words.kind_name(row)

    @display(description="Place", ordering="place")
    def place_name(self, row: Experiment) -> str:
        return words.place_name(row)

    @display(description="State", ordering="status", label=STATES)
    def state(self, row: Experiment) -> str:
        return words.state_name(row)

    @display(description="Since", ordering="started_at")
    def since(self, row: Experiment) -> str:
        if row.started_at is None:
            return NOTHING
        ran = words.days((row.ended_at or timezone.now()) - row.started_at)
        return f"{day(row.started_at)}, {ran}"

    @display(description="People")
    def people(self, row: Any) -> str:
        return NOTHING if row.people is None else f"{row.people:,}"

    @display(description="Verdict", ordering="verdict", label=VERDICTS)
    def verdict_name(self, row: Experiment) -> str:
        return words.answer_name(row.verdict)

    @display(description="What is known")
    def said(self, row: Any) -> str:
        return row.sentence or NOTHING

    @display(description="Days to go")
    def to_go(self, row: Any) -> str:
        return words.days_to_go(row, row.days_left)

    @display(description="Health", label={"Fine": "success"})
    def health(self, row: Experiment) -> str:
        if row.looked_at is None:
            return NOTHING
        return f"{len(row.flags)} to look at" if row.flags else "Fine"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        store = request.store  # type: ignore[attr-defined]
        is_open = row.status == Status.DRAFT and not row.is_holdout
        edits = is_open and self.has_add_permission(request)
        return self.show(
            request,
            "test",
            row,
            **page(store, row, request.GET),
            verbs=[(verb, self.verb_url(verb, row)) for verb in self.verbs_for(request, row)],
            edit_url=self.url("edit", row) if edits else "",
            delete_url=self.url("delete", row) if self.has_delete_permission(request, row) else "",
            audit_url=self.url("history", row),
        )  # fmt: skip

    def show(
        self, request: HttpRequest, template: str, row: Any = None, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **self.page_context(row),
            "title": row.name if row else "A new test",
            "opts": self.opts,
            "original": row,
            **more,
        }
        return TemplateResponse(
            request, f"admin/experiments/{template}.html", {**context, "note": ""}
        )

    def url(self, name: str, row: Experiment) -> str:
        return reverse(f"admin:experiments_experiment_{name}", args=[row.pk])

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """First what is tested; then a form that asks what that takes."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        kind = request.GET.get("kind", "")
        if kind not in KINDS:
            kinds = [(one.value, *told) for one, told in KINDS.items()]
            return self.show(request, "kinds", kinds=kinds)
        return self.form_view(request, kind)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if not self.has_add_permission(request):
            raise PermissionDenied
        if row.status != Status.DRAFT or row.is_holdout:
            return HttpResponseRedirect(self.back_to(row))
        return self.form_view(request, row.kind, row)

    def form_view(
        self, request: HttpRequest, kind: str, row: Experiment | None = None
    ) -> HttpResponse:
        store = request.store  # type: ignore[attr-defined]
        data = request.POST if request.method == "POST" else None
        initial = asked.initial_of(row) if row else None
        form = asked.QuestionForm(kind, data, initial=initial)
        branches = asked.branch_forms(store, kind, data, row)
        if data is not None and "more" not in data:
            # The control and one variant; further ones only if they have a name.
            meant = [
                *branches[:2],
                *(one for one in branches[2:] if one["name"].value()),
            ]
            is_fine = all([form.is_valid(), *(one.is_valid() for one in meant)])
            if is_fine and (saved := self.save(request, form, meant, row)):
                return HttpResponseRedirect(self.back_to(saved))
        if data is not None and "more" in data:
            form, branches = as_typed(form), [as_typed(one) for one in branches]
        return self.show(
            request,
            "form",
            row,
            form=form,
            branches=branches,
            count=len(branches),
            can_grow=len(branches) < draft.MOST_VARIANTS,
            kind_name=KINDS[Kind(kind)][1],
            back_url=self.back_to(row),
        )

    def save(
        self,
        request: HttpRequest,
        form: asked.QuestionForm,
        branches: list[asked.BranchForm],
        row: Experiment | None,
    ) -> Experiment | None:
        """None where the service refuses; the form then says why."""
        told = [one.branch() for one in branches]
        layer = form.cleaned_data["layer"]
        try:
            if row is None:
                store = request.store  # type: ignore[attr-defined]
                now = timezone.now()
                row = draft.create(store, form.told(), told, now, layer=layer)
                act.note("experiment.created", row, actor(request))
                return row
            draft.change(row, form.told(), told, layer=layer)
            act.note("experiment.changed", row, actor(request))
        except LuxeBrainError as error:
            form.add_error(None, error.message)
            return None
        except ValidationError as error:
            form.add_error(None, error.messages)
            return None
        return row

    def ask(
        self, request: HttpRequest, verb: Verb, row: Any, form: forms.Form | None
    ) -> HttpResponse:
        """The question says what shoppers will see."""
        return super().ask(
            request, replace(verb, question=question(verb.name, row)), row, form
        )

    def verb_form(
        self, request: HttpRequest, verb: Verb, row: Any
    ) -> forms.Form | None:
        """Without a form, a click on the first page's link would be enough."""
        data = request.POST if request.method == "POST" else None
        treatments = row.variants.filter(is_control=False)
        if verb.name == "apply" and treatments.count() > 1:
            form = WinnerForm(data)
            form.fields["winner"].queryset = treatments  # type: ignore[attr-defined]
            return form
        return super().verb_form(request, verb, row)

    def take(
        self, request: HttpRequest, step: str, row: Experiment, values: dict[str, Any]
    ) -> Experiment:
        more = {name: value for name, value in values.items() if value}
        return act.take(step, row, actor(request), timezone.now(), **more)

    def do_start(self, request: HttpRequest, row: Experiment, values: Any) -> str:
        self.take(request, "start", row, values)
        return "It runs. The first figures come with the next look, within an hour."

    def do_pause(self, request: HttpRequest, row: Experiment, values: Any) -> str:
        self.take(request, "pause", row, values)
        return "Paused. Everybody sees what they saw before it started."

    def do_resume(self, request: HttpRequest, row: Experiment, values: Any) -> str:
        self.take(request, "resume", row, values)
        return "It goes on."

    def do_stop(self, request: HttpRequest, row: Experiment, values: Any) -> str:
        self.take(request, "stop", row, values)
        return "Stopped. Its figures are kept."

    def do_apply(self, request: HttpRequest, row: Experiment, values: Any) -> str:
        taken = self.take(request, "apply", row, values)
        return f"“{taken.winner}” is shown now, and watched."

    def do_take_back(self, request: HttpRequest, row: Experiment, values: Any) -> str:
        self.take(request, "take_back", row, values)
        return "Taken back. Everybody sees what they saw before the test."


def actor(request: HttpRequest) -> act.Actor:
    return act.Actor(str(request.user), request.user)  # type: ignore[arg-type]


def as_typed(form: Any) -> Any:
    """The same form with what was typed, unjudged: a variant more is no mistake yet."""
    typed = {
        name: form[name].value()
        for name in form.fields
        if form[name].value() is not None
    }
    # What was not sent, as a new variant, begins as it would.
    form.initial, form.data, form.is_bound = {**form.initial, **typed}, {}, False
    form._bound_fields_cache = {}
    return form
