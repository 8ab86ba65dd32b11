from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from celery import current_app
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.core.merchant_admin import (
    MANAGER,
    Cell,
    Choice,
    Panel,
    StoreAdmin,
    Verb,
    reaches,
)
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.pages import download
from apps.core.merchant_admin.show import NOTHING, moment
from apps.sync.files.kinds import KINDS
from apps.sync.models import FileImport, FileImportProblem
from apps.sync.services.files import import_file, problems
from apps.sync.services.files.export_file import export

Status = FileImport.Status
Kind = FileImport.Kind
STATES: dict[str, str | None] = {
    Status.CHECKING.label: "info",
    Status.CHECKED.label: "warning",
    Status.IMPORTING.label: "info",
    Status.DONE.label: "success",
    Status.REFUSED.label: "danger",
}
# Most files are small: they are read while the person looks at the button.
AT_ONCE = timedelta(seconds=2)
SHOWN = 50
WORDS = (
    ("created", "New"),
    ("updated", "Changed"),
    ("unchanged", "As they are already"),
    ("older", "Older than what is known: left alone"),
    ("refused", "Rows that cannot be taken"),
)
FORMATS = {
    "csv": ("CSV, for spreadsheets", "text/csv"),
    "ndjson": ("JSON, an object a line", "application/x-ndjson"),
}
NOTE = "Your shop's data from a file, and back into one. Each file is checked first: you see what would happen before anything is written."
CONNECTED = (
    "This store's data comes from the connected shop, so nothing is imported from files here. "
    "You can take everything out as a file."
)
EMPTY = "No file yet. “Choose a file” takes CSV or JSON with products, customers or orders; first it only looks what would happen."
CONFIRM = "What the check found is now written into your store. Rows that cannot be taken are left out. Import?"
DISCARD = "Nothing of this file is taken. Throw it away?"
STOP = "Nothing more is taken from this file. What was taken so far stays. Stop?"


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is in it", choices=Kind.choices, widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(
        label="File",
        widget=UnfoldAdminFileFieldWidget(
            attrs={"accept": ".csv,.txt,.tsv,.json,.ndjson,.jsonl"}
        ),
        help_text="CSV or JSON, up to 512 MiB. It is kept for 30 days and seen by nobody but your team.",
    )


class ExportForm(forms.Form):
    kind = forms.ChoiceField(
        label="What", choices=Kind.choices, widget=UnfoldAdminSelectWidget
    )
    form = forms.ChoiceField(
        label="As",
        choices=[(name, label) for name, (label, _) in FORMATS.items()],
        widget=UnfoldAdminSelectWidget,
    )


UPLOAD = Verb("upload", "Choose a file", "upload_file", MANAGER, "primary", form=UploadForm)  # fmt: skip
EXPORT = Verb("export", "Take out as a file", "download", MANAGER, form=ExportForm)


@admin.register(FileImport)
class FileImportAdmin(StoreAdmin):
    page_name = "Files"
    empty = EMPTY
    view_role = MANAGER
    list_display = ("name", "kind_name", "state", "how_far", "chosen")
    list_filter = (("kind", Choice), ("status", Choice))
    ordering = ("-created_at", "-pk")
    fields = (("name", "kind_name", "chosen"),)
    readonly_fields = ("name", "kind_name", "chosen")
    change_form_outer_before_template = "admin/note.html"
    change_form_outer_after_template = "sync/file_state.html"
    list_verbs = (UPLOAD, EXPORT)
    verbs = (
        Verb("import", "Import it", "check", MANAGER, "primary", CONFIRM),
        Verb("stop", "Stop", "stop", MANAGER, "danger", STOP),
        Verb("discard", "Throw it away", "delete", MANAGER, question=DISCARD),
    )

    class Media:
        js = (Script("admin/sync.js", defer=True),)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        export_url = path(
            "export/<slug:kind>.<slug:form>",
            wrap(self.export_view),
            name="sync_fileimport_export",
        )
        problems_url = path(
            "<int:object_id>/refused.csv",
            wrap(self.problems_view),
            name="sync_fileimport_problems",
        )
        return [export_url, problems_url, *super().get_urls()]

    def list_verbs_for(self, request: HttpRequest) -> list[Verb]:
        offered = super().list_verbs_for(request)
        return offered if takes_files(request) else [EXPORT]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        note = NOTE if takes_files(request) else CONNECTED
        return super().changelist_view(request, {"note": note, **(extra_context or {})})

    def verbs_for(self, request: HttpRequest, row: FileImport) -> list[Verb]:
        fits = {
            "import": row.status == Status.CHECKED,
            "stop": row.status in FileImport.OPEN,
            "discard": row.status == Status.CHECKED,
        }
        return [verb for verb in super().verbs_for(request, row) if fits[verb.name]]

    def page_context(self, row: Any = None) -> dict[str, Any]:
        context = super().page_context(row)
        if not isinstance(row, FileImport):
            return context
        is_live = row.status in FileImport.OPEN
        tone = {"danger": "bad", "success": "good", "warning": "warn"}
        return {
            **context,
            "is_live": is_live,
            "tone": tone.get(STATES.get(row.get_status_display()) or "", "quiet"),
        }

    @display(description="What is in it", ordering="kind")
    def kind_name(self, row: FileImport) -> str:
        return row.get_kind_display()

    @display(description="State", ordering="status", label=STATES)
    def state(self, row: FileImport) -> str:
        return row.get_status_display()

    @display(description="How far")
    def how_far(self, row: FileImport) -> str:
        if row.status in FileImport.OPEN:
            return format_html(
                '<span class="lb-quota" data-live><progress max="100" value="{}"></progress>'
                "<span>{} %</span></span>",
                row.percent, row.percent,
            )  # fmt: skip
        if row.row_total is None:
            return NOTHING
        refused = row.counts.get("refused", 0)
        return f"{row.row_total:,} rows" + (
            f", {refused:,} not taken" if refused else ""
        )

    @display(description="Chosen", ordering="created_at")
    def chosen(self, row: FileImport) -> str:
        return moment(row.created_at)

    def panels(self, request: HttpRequest, row: FileImport) -> Iterable[Panel]:
        if row.status == Status.REFUSED:
            yield Panel("Why it cannot be read", text=row.error)
            return
        yield counts_panel(row)
        if row.ignored_columns:
            names = ", ".join(row.ignored_columns)
            yield Panel("Columns that were not understood", text=f"Left out: {names}.")
        yield problems_panel(row)

    def verb_form(self, request: HttpRequest, verb: Verb, row: Any) -> Any:
        """Files come beside the other answers of a form."""
        if verb.name == "upload" and request.method == "POST":
            return UploadForm(request.POST, request.FILES)
        return super().verb_form(request, verb, row)

    def ask(self, request: HttpRequest, verb: Verb, row: Any, form: Any) -> Any:
        page = super().ask(request, verb, row, form)
        if verb.name == "upload" and isinstance(page, TemplateResponse):
            page.template_name = "sync/file_upload.html"
            schemas = [(label, KINDS[name]) for name, label in Kind.choices]
            page.context_data = {**(page.context_data or {}), "schemas": schemas}
        return page

    def do_upload(self, request: HttpRequest, _: None, values: dict[str, Any]) -> Any:
        upload: File[bytes] = values["file"]
        row = import_file.receive(
            request.store,  # type: ignore[attr-defined]
            values["kind"],
            upload,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        begin(row)
        return HttpResponseRedirect(self.back_to(row))

    def do_import(self, request: HttpRequest, row: FileImport, _: Any) -> Any:
        import_file.confirm(row, by=request.user)  # type: ignore[arg-type]
        begin(row)
        return HttpResponseRedirect(self.back_to(row))

    def do_stop(self, request: HttpRequest, row: FileImport, _: Any) -> str:
        import_file.throw_away(row, timezone.now(), by=request.user)  # type: ignore[arg-type]
        return "Nothing more is taken from this file."

    def do_discard(self, request: HttpRequest, row: FileImport, _: Any) -> str:
        return self.do_stop(request, row, _)

    def do_export(self, request: HttpRequest, _: None, values: dict[str, Any]) -> Any:
        address = reverse(
            "admin:sync_fileimport_export", args=[values["kind"], values["form"]]
        )
        return HttpResponseRedirect(address)

    def export_view(
        self, request: HttpRequest, kind: str, form: str
    ) -> HttpResponseBase:
        if not reaches(request, EXPORT.role):
            raise PermissionDenied
        if kind not in Kind.values or form not in FORMATS:
            raise Http404
        store: Store = request.store  # type: ignore[attr-defined]
        lines = export(store, kind, form, by=request.user)  # type: ignore[arg-type]
        name = f"{store.slug}-{kind}-{timezone.localdate()}.{form}"
        return download(lines, name, FORMATS[form][1])

    def problems_view(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        if not reaches(request, self.view_role):
            raise PermissionDenied
        row: FileImport = self.get_object(request, str(object_id))
        return download(problems.lines(row), f"refused-{row.pk}.csv", "text/csv")


def takes_files(request: HttpRequest) -> bool:
    return bool(request.store.platform == Store.Platform.FILES)  # type: ignore[attr-defined]


def begin(row: FileImport) -> None:
    """Small files are read at once; for the rest a worker is woken."""
    try:
        is_over = import_file.advance(row, timezone.now() + AT_ONCE)
    except ConflictError:  # a worker was faster
        return
    if not is_over:
        transaction.on_commit(
            lambda: current_app.send_task("sync.continue_imports", expires=60),
            robust=True,
        )


def counts_panel(row: FileImport) -> Panel:
    is_done = row.status in (Status.DONE, Status.IMPORTING, Status.STOPPED)
    counts = row.counts if is_done else row.preview or row.counts
    rows = [
        (label, Cell(f"{counts[name]:,}", is_number=True))
        for name, label in WORDS
        if counts.get(name)
    ]
    return Panel(
        "What happened" if is_done else "What would happen",
        ("What", "How many"),
        rows,
        empty="Nothing is counted yet.",
    )


def problems_panel(row: FileImport) -> Panel:
    found = FileImportProblem.objects.of(row.store).filter(file_import=row)
    total = found.count()
    rows = [
        (
            Cell(f"{problem.line:,}", is_number=True),
            problem.column or NOTHING,
            problem.reason,
        )
        for problem in found.order_by("line", "pk")[:SHOWN]
    ]
    address = reverse("admin:sync_fileimport_problems", args=[row.pk])
    said = f"The first {SHOWN} of {total:,}. " if total > SHOWN else ""
    return Panel(
        "Rows to look at",
        ("Line", "Column", "Why"),
        rows,
        note=f"{said}Mend them in the downloaded file and choose it here: nothing is taken twice."
        if rows
        else "",
        empty="None so far." if row.status in FileImport.OPEN else "All rows are fine.",
        link=Cell("Download these rows as CSV", address) if rows else None,
    )
