from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.core.errors import LuxeBrainError
from apps.core.merchant_admin import (
    MANAGER,
    Cell,
    Panel,
    StoreAdmin,
    Verb,
    link_cell,
    reaches,
)
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.pages import download
from apps.core.merchant_admin.show import NOTHING, moment
from apps.segmentation.admin.segment_panels import history_panel, worth_panels
from apps.segmentation.models import Member, Segment
from apps.segmentation.services import write
from apps.segmentation.services.conditions.offer import offer
from apps.segmentation.services.conditions.parse import ConditionError, parse
from apps.segmentation.services.conditions.words import names_in, say
from apps.segmentation.services.export import export

STATES: dict[str, str | None] = {
    "Kept up": "success",
    "Being counted": "info",
    "In the archive": None,
}
SHOWN = 50
LONGEST_JSON = 100_000


class ConditionsField(forms.CharField):
    """JSON as the form's script writes it, or whoever has none by hand."""

    def __init__(self) -> None:
        super().__init__(
            max_length=LONGEST_JSON,
            label="Conditions, as JSON",
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"}),
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            said = json.loads(text)
            parse(said)
        except ConditionError as error:
            raise forms.ValidationError(error.message) from error
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("This is not JSON.") from error
        return said


class SegmentForm(forms.Form):
    name = forms.CharField(
        max_length=120,
        label="What is it called?",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    about = forms.CharField(
        max_length=1_000,
        required=False,
        label="What is it for? (if you like)",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )
    conditions = ConditionsField()


@admin.register(Segment)
class SegmentAdmin(StoreAdmin):
    page_name = "Segments"
    note = (
        "Customers who have something in common. Who does something enters and leaves "
        "within seconds; what time alone changes is looked at every night."
    )
    empty = "No segment yet. Begin with one: who bought in the last 30 days?"
    add_role = MANAGER
    show_full_result_count = False
    list_display = ("title", "state", "how_many", "counted", "known_as")
    list_filter = ("is_live",)
    search_fields = ("name", "code")
    search_help_text = "Search by name"
    ordering = ("-is_live", "name", "pk")
    verbs = (
        Verb("duplicate", "Copy", "content_copy"),
        Verb(
            "archive", "Put away", "archive",
            question="Nobody enters or leaves it any more. Who was in it stays written.",
        ),
        Verb("restore", "Use again", "unarchive", style="primary"),
        Verb(
            "throw_away", "Throw away", "delete", style="danger",
            question="The segment goes, with who was ever in it. To keep that, put it away.",
        ),
    )  # fmt: skip

    def verbs_for(self, request: HttpRequest, row: Segment) -> list[Verb]:
        hidden = "restore" if row.is_live else "archive"
        return [verb for verb in super().verbs_for(request, row) if verb.name != hidden]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "segmentation_segment"
        return [
            path("<path:object_id>/edit/", wrap(self.edit_view), name=f"{name}_edit"),
            path(
                "<path:object_id>/members.csv",
                wrap(self.export_view),
                name=f"{name}_export",
            ),
            *super().get_urls(),
        ]

    @display(description="Segment", ordering="name")
    def title(self, row: Segment) -> str:
        return row.name

    @display(description="State", ordering="is_live", label=STATES)
    def state(self, row: Segment) -> str:
        if not row.is_live:
            return "In the archive"
        return "Being counted" if row.is_due else "Kept up"

    @display(description="Customers", ordering="members")
    def how_many(self, row: Segment) -> str:
        return NOTHING if row.as_of is None else f"{row.members:,}"

    @display(description="Last change", ordering="as_of")
    def counted(self, row: Segment) -> str:
        return moment(row.as_of)

    @display(description="Code", ordering="code")
    def known_as(self, row: Segment) -> str:
        return row.code

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
        row.store = request.store  # type: ignore[attr-defined]
        sentence, problem = in_words(row)
        edits = reaches(request, MANAGER)
        return self.show(
            request,
            "segment",
            row,
            sentence=sentence,
            problem=problem,
            state=self.state(row),
            members=self.how_many(row),
            as_of=moment(row.as_of),
            panels=[
                history_panel(row),
                *worth_panels(row),
                self.members_panel(request, row),
            ],
            verbs=[(v, self.verb_url(v, row)) for v in self.verbs_for(request, row)],
            edit_url=self.url("edit", row) if edits else "",
            export_url=self.url("export", row) if edits else "",
            audit_url=self.url("history", row),
        )

    def members_panel(self, request: HttpRequest, row: Segment) -> Panel:
        """The last to come first; further ones by the id before which they lie."""
        said = request.GET.get("before", "")
        rows = Member.objects.of(row.store).inside().present().filter(segment=row)
        if said.isascii() and said.isdecimal() and len(said) < 19:
            rows = rows.filter(pk__lt=int(said))
        found = list(rows.select_related("customer").order_by("-pk")[: SHOWN + 1])
        shown, more = found[:SHOWN], found[SHOWN:]
        lines = [
            (
                link_cell(
                    one.customer.called,
                    reverse("customer_story", args=[one.customer_id]),
                ),
                Cell(moment(one.entered_at)),
            )
            for one in shown
        ]
        further = link_cell("Show more", f"?before={shown[-1].pk}") if more else None
        return Panel(
            "Who is in it", ("Customer", "Since"), lines, empty="Nobody now.",
            link=further,
        )  # fmt: skip

    def show(
        self, request: HttpRequest, template: str, row: Any = None, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **self.page_context(row),
            "title": row.name if row else "A new segment",
            "opts": self.opts,
            "original": row,
            **more,
        }
        name = f"admin/segmentation/{template}.html"
        return TemplateResponse(request, name, {**context, "note": ""})

    def url(self, name: str, row: Segment) -> str:
        return reverse(f"admin:segmentation_segment_{name}", args=[row.pk])

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.form_view(request)

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if not reaches(request, MANAGER):
            raise PermissionDenied
        return self.form_view(request, row)

    def form_view(
        self, request: HttpRequest, row: Segment | None = None
    ) -> HttpResponse:
        store = request.store  # type: ignore[attr-defined]
        data = request.POST if request.method == "POST" else None
        form = SegmentForm(data, initial=initial_of(row))
        if data is not None and form.is_valid():
            saved = self.save(request, form, row)
            if saved is not None:
                return HttpResponseRedirect(self.back_to(saved))
        return self.show(
            request,
            "form",
            row,
            form=form,
            offer=offer(store),
            preview_url=reverse("segment_look"),
            names_url=reverse("segment_names"),
            back_url=self.back_to(row),
        )

    def save(
        self, request: HttpRequest, form: SegmentForm, row: Segment | None
    ) -> Segment | None:
        now, told = timezone.now(), form.cleaned_data
        person: Any = request.user
        try:
            if row is None:
                saved = write.create(request.store, told, now, person)  # type: ignore[attr-defined]
            else:
                saved = write.change(row, told, now)
        except LuxeBrainError as error:
            form.add_error(None, error.message)
            return None
        note(request, "changed" if row else "created", saved)
        return saved

    def do_duplicate(self, request: HttpRequest, row: Segment, _: Any) -> Any:
        person: Any = request.user
        copy = write.duplicate(row, timezone.now(), person)
        note(request, "created", copy)
        return HttpResponseRedirect(self.url("edit", copy))

    def do_archive(self, request: HttpRequest, row: Segment, _: Any) -> str:
        write.archive(row)
        note(request, "archived", row)
        return "It is in the archive."

    def do_restore(self, request: HttpRequest, row: Segment, _: Any) -> str:
        write.restore(row)
        note(request, "restored", row)
        return "It is counted anew within seconds."

    def do_throw_away(self, request: HttpRequest, row: Segment, _: Any) -> str:
        """Not by the page of Django, which would read every member first."""
        with transaction.atomic():
            note(request, "deleted", row)
            write.throw_away(row)
        return "It is gone."

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        row = self.get_object(request, unquote(object_id))
        if not reaches(request, MANAGER):
            raise PermissionDenied
        person: Any = request.user
        lines = export(row, timezone.now(), person)
        name = f"{row.code}-{timezone.localdate()}.csv"
        return download(lines, name)


def note(request: HttpRequest, verb: str, row: Segment) -> None:
    actor = request.user if isinstance(request.user, User) else None
    audit.record(
        f"segment.{verb}", store=row.store, actor=actor, subject=f"segment:{row.pk}"
    )


def initial_of(row: Segment | None) -> dict[str, str]:
    if row is None:
        first = {"all": [{"did": "bought", "days": 30}]}
        return {"conditions": json.dumps(first, indent=2)}
    said = json.dumps(row.conditions, indent=2, ensure_ascii=False)
    return {"name": row.name, "about": row.about, "conditions": said}


def in_words(row: Segment) -> tuple[str, str]:
    """The sentence, and what is wrong with it where a field is no more."""
    try:
        tree = parse(row.conditions)
    except ConditionError as error:
        return "", error.message
    sentence = say(tree, names_in(row.store, tree))
    return sentence[:1].upper() + sentence[1:], ""
