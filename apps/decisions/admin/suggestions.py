from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone

from apps.core.errors import ConflictError, InvalidInputError
from apps.core.merchant_admin import (
    ANALYST,
    MANAGER,
    Choice,
    Panel,
    StoreAdmin,
    Verb,
    label_cell,
)
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment
from apps.decisions.admin import feedback
from apps.decisions.admin.forms import (
    FeedbackForm,
    NoteForm,
    ScheduleForm,
    edit_form,
    edited,
)
from apps.decisions.admin.words import about, change_text, facts, plain
from apps.decisions.models import Suggestion
from apps.decisions.models.suggestion import NEXT, Status
from apps.decisions.services import suggest
from apps.decisions.services.labels import opinion_on
from apps.decisions.services.sentence import sentence
from apps.decisions.services.step import Actor

TONES: dict[str, str | None] = {
    "Waits for approval": "warning",
    "Approved": "info",
    "Scheduled": "info",
    "Applied, being watched": "success",
    "Kept": "success",
    "Rejected": "danger",
    "Failed": "danger",
}
LEADS_TO = {
    "approve": Status.APPROVED,
    "schedule": Status.SCHEDULED,
    "reject": Status.REJECTED,
    "revert": Status.REVERTING,
}


@admin.register(Suggestion)
class SuggestionAdmin(StoreAdmin):
    page_name = "Suggestions"
    empty = "Nothing waits for you."
    note = "What LuxeBrain would do next. Nothing of it happens before you say yes."
    list_display = (
        "what",
        "subject_name",
        "change_name",
        "why",
        "risk_name",
        "status_name",
        "when",
    )
    list_filter = (("status", Choice),)
    search_fields = ("subject", "kind")
    search_help_text = "Search by subject, like product:7"
    ordering = ("-created_at", "-pk")
    fields = (
        ("what", "subject_name", "status_name"), ("change_name", "first_idea"), "why",
        ("risk_name", "when", "until"), ("planned", "done_at"), "went_wrong",
    )  # fmt: skip
    readonly_fields = (
        "what", "subject_name", "status_name", "change_name", "first_idea", "why",
        "risk_name", "when", "until", "planned", "done_at", "went_wrong",
    )  # fmt: skip
    verbs = (
        Verb("approve", "Approve", "check", MANAGER, "primary"),
        Verb("edit", "Edit", "edit", MANAGER, form=forms.Form),
        Verb("schedule", "Approve for later", "schedule", MANAGER, form=ScheduleForm),
        Verb("reject", "Reject", "close", MANAGER, "danger", form=NoteForm),
        Verb(
            "revert",
            "Take it back",
            "undo",
            MANAGER,
            "danger",
            "The shop will be set back to what it was. Go on?",
        ),
        Verb("feedback", "Was it useful?", "thumb_up", ANALYST, form=FeedbackForm),
    )

    def verbs_for(self, request: HttpRequest, row: Suggestion) -> list[Verb]:
        """Those that its state allows. Feedback can always be given."""
        after = NEXT.get(Status(row.status), frozenset())
        offered = []
        for verb in super().verbs_for(request, row):
            goal = LEADS_TO.get(verb.name)
            if verb.name == "edit":
                is_possible = row.status == Status.PROPOSED and bool(
                    edit_form(row.change).base_fields
                )
            elif verb.name == "schedule":
                is_possible = row.status in (Status.PROPOSED, Status.APPROVED)
            elif verb.name == "revert":
                is_possible = goal in after and row.applied_at is not None
            else:
                is_possible = goal is None or goal in after
            if is_possible:
                offered.append(verb)
        return offered

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(feedback.page)
        own = path("feedback/", page, name="suggestion_feedback")
        return [own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The inbox says which suggestions wait for a person whatever their risk."""
        store = getattr(request, "store", None)
        told = feedback.distrusted(store, timezone.now()) if store else ()
        context = {"note": " ".join((self.note, *told)), **(extra_context or {})}
        return super().changelist_view(request, context)

    def search_title(self, row: Suggestion) -> str:
        return f"{plain(row.kind)}, {about(row.subject)}"

    @display(description="What", ordering="kind")
    def what(self, row: Suggestion) -> str:
        return plain(row.kind)

    @display(description="About", ordering="subject")
    def subject_name(self, row: Suggestion) -> str:
        return about(row.subject)

    @display(description="Change")
    def change_name(self, row: Suggestion) -> str:
        return change_text(row.change)

    @display(description="First idea")
    def first_idea(self, row: Suggestion) -> str:
        return (
            NOTHING if row.original_change is None else change_text(row.original_change)
        )

    @display(description="Why")
    def why(self, row: Suggestion) -> str:
        return sentence(row.reason)

    @display(
        description="Risk",
        ordering="risk",
        label={"Low": "success", "Medium": "warning", "High": "danger"},
    )
    def risk_name(self, row: Suggestion) -> str:
        return "Low" if row.risk < 0.34 else "Medium" if row.risk < 0.67 else "High"

    @display(description="Status", ordering="status", label=TONES)
    def status_name(self, row: Suggestion) -> str:
        return row.get_status_display()

    @display(description="Suggested", ordering="created_at")
    def when(self, row: Suggestion) -> str:
        return moment(row.created_at)

    @display(description="Decide before")
    def until(self, row: Suggestion) -> str:
        return moment(row.expires_at)

    @display(description="Planned for")
    def planned(self, row: Suggestion) -> str:
        return moment(row.scheduled_for)

    @display(description="Done")
    def done_at(self, row: Suggestion) -> str:
        return moment(row.applied_at)

    @display(description="What went wrong")
    def went_wrong(self, row: Suggestion) -> str:
        return row.error or NOTHING

    def panels(self, request: HttpRequest, row: Suggestion) -> Iterable[Panel]:
        yield Panel(
            "What we expect",
            ("What", "How much"),
            facts(row.impact),
            empty="No estimate was made.",
        )
        yield rails_panel(row)
        opinion = opinion_on(row, timezone.now())
        if opinion.is_distrusted:
            yield Panel("Waits for a person", text=opinion.sentence)
        yield steps_panel(row)

    def verb_form(
        self, request: HttpRequest, verb: Verb, row: Any
    ) -> forms.Form | None:
        if verb.name == "edit":
            data = request.POST if request.method == "POST" else None
            return edit_form(row.change)(data)
        return super().verb_form(request, verb, row)

    def do_approve(
        self, request: HttpRequest, row: Suggestion, values: dict[str, Any]
    ) -> str:
        if request.POST.get("seen", "") not in ("", str(row.revision)):
            raise ConflictError("It was edited since you looked. Look at it again.")
        suggest.approve(row, actor(request), timezone.now())
        return "Approved. It will be applied in a moment."

    def do_edit(
        self, request: HttpRequest, row: Suggestion, values: dict[str, Any]
    ) -> str:
        try:
            change = edited(row.change, values)
        except ValueError as error:
            raise InvalidInputError("A number was expected.") from error
        suggest.edit(row, change, actor(request), timezone.now())
        return "Changed. The guard rails look at it now; then you can approve it."

    def do_schedule(
        self, request: HttpRequest, row: Suggestion, values: dict[str, Any]
    ) -> str:
        at = values["scheduled_for"]
        suggest.schedule(row, at, actor(request), timezone.now())
        return f"It will be applied on {moment(at)}."

    def do_reject(
        self, request: HttpRequest, row: Suggestion, values: dict[str, Any]
    ) -> str:
        suggest.reject(row, actor(request), timezone.now(), note=values["note"])
        return "Rejected. LuxeBrain learns from that."

    def do_revert(
        self, request: HttpRequest, row: Suggestion, values: dict[str, Any]
    ) -> str:
        suggest.request_revert(row, actor(request), timezone.now())
        return "It will be taken back in a moment."

    def do_feedback(
        self, request: HttpRequest, row: Suggestion, values: dict[str, Any]
    ) -> str:
        given = Suggestion.Feedback(values["feedback"])
        suggest.give_feedback(
            row, given, values["note"], actor(request), timezone.now()
        )
        return "Thank you."


def actor(request: HttpRequest) -> Actor:
    return Actor(str(request.user), role=request.role, user=request.user)  # type: ignore[attr-defined,arg-type]


def rails_panel(row: Suggestion) -> Panel:
    rows = [
        (
            label_cell("Passed", "good")
            if ruling.get("passed")
            else label_cell("Refused", "bad"),
            plain(str(ruling.get("rail", ""))),
            str(ruling.get("text", "")),
        )
        for ruling in row.verdict
        if isinstance(ruling, dict)
    ]
    return Panel(
        "Guard rails",
        ("", "Rail", "What it says"),
        rows,
        note="Limits that nothing may pass, whoever approves it.",
        empty="They have not looked at it yet, so it cannot be approved.",
    )


def steps_panel(row: Suggestion) -> Panel:
    rows = [
        (
            moment(step.created_at),
            plain(step.verb),
            step.actor_label,
            step.note or NOTHING,
        )
        for step in row.steps.all()
    ]
    return Panel("What happened so far", ("When", "What", "Who", "Note"), rows)
