from __future__ import annotations

from typing import Any

from celery import current_app
from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from unfold.widgets import UnfoldAdminEmailInputWidget

from apps.core.merchant_admin import OWNER, Choice, StoreAdmin, Verb
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment
from apps.privacy.models import PrivacyRequest
from apps.privacy.services import ask
from apps.privacy.services.steps import STEPS
from apps.privacy.services.whom import Question

Status = PrivacyRequest.Status
STATES: dict[str, str | None] = {
    Status.RUNNING.label: "info",
    Status.DONE.label: "success",
    Status.REMAINS.label: "danger",
}
ERASE = (
    "Everything that names this person is removed and cannot be brought back. What was sold stays, to nobody. "
    "Your shop keeps its own records: erase the person there, too. Erase?"
)
WORDS = {
    "customers": "Rows of the person emptied", "orders": "Orders that stay, to nobody",
    "addresses": "Addresses reduced to the country", "consents": "Statements of consent",
    "refund_reasons": "Reasons of refunds", "deliveries": "Deliveries of the shop",
    "file_rows": "Refused rows of files", "files": "Imported files",
    "findings": "Findings about the data", "sightings": "Sightings",
    "devices": "Links to browsers", "identity": "Entries of who is who",
    "visits": "Visits that stay, of nobody", "events": "Recorded events",
    "interactions": "Deeds that stay, of nobody",
    "exposures": "Entries of tests that stay, of nobody",
    "decisions": "Choices that stay, for nobody", "shown": "Shown products",
    "picks": "Picked products", "numbers": "Numbers worked out", "answers": "Kept answers",
}  # fmt: skip


class PersonForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
    )


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(StoreAdmin):
    page_name = "Privacy requests"
    empty = (
        "Nobody asked yet. Requests of your shop's own privacy tools appear here, too."
    )
    note = "Tell a person everything that is held about them, or erase them. Each request stays here, without the person."
    view_role = OWNER
    list_display = ("title", "state", "asked", "who", "finished")
    list_filter = (("kind", Choice), ("status", Choice))
    ordering = ("-asked_at", "-pk")
    fields = (("title", "state"), ("asked", "who"), "finished", "done", "proof")
    readonly_fields = ("title", "state", "asked", "who", "finished", "done", "proof")
    list_verbs = (
        Verb("export", "Tell everything", "download", OWNER, "primary", form=PersonForm),
        Verb("erase", "Erase a person", "person_remove", OWNER, "danger", ERASE, form=PersonForm),
    )  # fmt: skip

    @display(description="What", ordering="kind")
    def title(self, row: PrivacyRequest) -> str:
        return row.get_kind_display()

    @display(description="State", ordering="status", label=STATES)
    def state(self, row: PrivacyRequest) -> str:
        return row.get_status_display()

    @display(description="Asked", ordering="asked_at")
    def asked(self, row: PrivacyRequest) -> str:
        return moment(row.asked_at)

    @display(description="By")
    def who(self, row: PrivacyRequest) -> str:
        if row.asked_by is not None:
            return str(row.asked_by)
        return "Your shop" if row.asked_by_label.startswith("key:") else NOTHING

    @display(description="Finished", ordering="finished_at")
    def finished(self, row: PrivacyRequest) -> str:
        if row.finished_at is not None:
            return moment(row.finished_at)
        how_far = f"{len(row.steps_done)} of {len(STEPS)} steps"
        return f"{how_far}. {row.error}" if row.error else how_far

    @display(description="What was done")
    def done(self, row: PrivacyRequest) -> str:
        said = [(WORDS.get(name, name), n) for name, n in row.counts.items() if n]
        return format_html_join("", "<div>{}: {}</div>", said) or NOTHING

    @display(description="Certificate")
    def proof(self, row: PrivacyRequest) -> str:
        found = row.certificate
        if not found:
            return NOTHING
        place = f"{found['columns']} columns of {found['tables']} tables were searched for the person"
        if not found["left"]:
            return f"{place}: nothing is left."
        where = ", ".join(f"{one['table']} ({one['column']})" for one in found["left"])
        return f"{place}. Something is left in: {where}."

    def do_export(
        self, request: HttpRequest, row: None, values: dict[str, Any]
    ) -> HttpResponseBase:
        store = request.store  # type: ignore[attr-defined]
        asked = Question(email=values["email"])
        whole = ask.export(store, asked, timezone.now(), by=request.user)  # type: ignore[arg-type]
        answer = StreamingHttpResponse(whole, content_type="application/json")
        answer.headers["Content-Disposition"] = 'attachment; filename="person.json"'
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def do_erase(self, request: HttpRequest, row: None, values: dict[str, Any]) -> str:
        store = request.store  # type: ignore[attr-defined]
        asked = Question(email=values["email"])
        ask.erase(store, asked, timezone.now(), by=request.user)  # type: ignore[arg-type]
        transaction.on_commit(nudge, robust=True)
        return "The person is being erased. This takes a minute or two."


def nudge() -> None:
    current_app.send_task("privacy.work")
