from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.views import ChangeList

from apps.accounts.services import audit
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
from apps.core.merchant_admin.show import NOTHING, moment
from apps.sync.admin.quality_places import Place, places_of
from apps.sync.models import Finding
from apps.sync.services import check_quality

OPEN, ACCEPTED, GONE = "Open", "As it should be", "Gone"
STATES: dict[str, str | None] = {OPEN: "warning", ACCEPTED: None, GONE: "success"}
LIST = "admin:sync_finding_changelist"
WELL = "All checks are well: nothing is odd in your data."
UNCHECKED = "Nothing was checked yet."


def title_of(code: str) -> str:
    check = check_quality.BY_CODE.get(code)
    return check.title if check else code


class State(DropdownFilter):
    """Open ones, unless others are asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("accepted", ACCEPTED), ("gone", GONE), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "all":
                return queryset
            case "gone":
                return queryset.exclude(gone_at=None)
            case "accepted":
                return queryset.filter(gone_at=None).exclude(accepted_at=None)
        return queryset.filter(gone_at=None, accepted_at=None)


class ByCheck(DropdownFilter):
    title = "check"
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(check.code, check.title) for check in check_quality.CHECKS]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(code=self.value()) if self.value() else queryset


class WithPlaces(ChangeList):
    """Rows of a page know where to look, by a handful of queries for all of them."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        self.result_list = rows
        places = places_of(request.store, rows)  # type: ignore[attr-defined]
        for row in rows:
            row.place = places.get(row.pk, Place())


@admin.register(Finding)
class FindingAdmin(StoreAdmin):
    page_name = "Data quality"
    empty = "Nothing is listed."
    note = (
        "Once a week LuxeBrain looks for what cannot be: it would be learned from as if it were true. "
        "What you mend in your shop disappears from this list by itself."
    )
    list_before_template = "sync/findings_top.html"
    list_display = ("kind", "what", "where", "since")
    list_filter = (ByCheck, State)
    search_fields = ("text",)
    ordering = ("code", "pk")
    fields = ("what", "advice", ("kind", "state"), ("where", "since", "seen"))
    readonly_fields = ("what", "advice", "kind", "state", "where", "since", "seen")
    actions = ("accept_chosen",)
    # In the request: a second or so for 100,000 orders.
    list_verbs = (Verb("look", "Look now", "search", MANAGER),)
    verbs = (
        Verb("accept", "It is as it should be", "check", MANAGER, "primary"),
        Verb("take_up", "List it again", "undo", MANAGER),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return WithPlaces

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_actions(request) if reaches(request, MANAGER) else {}

    def verbs_for(self, request: HttpRequest, row: Finding) -> list[Verb]:
        hidden = "accept" if row.accepted_at else "take_up"
        offered = super().verbs_for(request, row) if row.gone_at is None else []
        return [verb for verb in offered if verb.name != hidden]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        store = request.store  # type: ignore[attr-defined]
        said = WELL if check_quality.has_looked(store) else UNCHECKED
        by_check = summary(self.get_queryset(request), said)
        return super().changelist_view(
            request, {"by_check": by_check, **(extra_context or {})}
        )

    @display(description="What is odd")
    def what(self, finding: Finding) -> str:
        return finding.text

    @display(description="Kind", ordering="code")
    def kind(self, finding: Finding) -> str:
        return title_of(finding.code)

    @display(description="State", label=STATES)
    def state(self, finding: Finding) -> str:
        if finding.gone_at:
            return GONE
        return ACCEPTED if finding.accepted_at else OPEN

    @display(description="Look at it")
    def where(self, finding: Finding) -> SafeString | str:
        place = getattr(finding, "place", None)
        if place is None:
            place = places_of(finding.store, [finding]).get(finding.pk, Place())
        links = [(place.here, "Here"), (place.in_shop, "In your shop")]
        shown = [(url, text) for url, text in links if url]
        link = '<a class="lb-link" href="{}">{}</a>'
        return format_html_join(" · ", link, shown) if shown else NOTHING

    @display(description="Since", ordering="found_at")
    def since(self, finding: Finding) -> str:
        return moment(finding.found_at)

    @display(description="Seen last", ordering="seen_at")
    def seen(self, finding: Finding) -> str:
        return moment(finding.seen_at)

    @display(description="What to do")
    def advice(self, finding: Finding) -> str:
        return finding.fix

    @admin.action(description="It is as it should be")
    def accept_chosen(self, request: HttpRequest, rows: Any) -> None:
        chosen = list(rows.filter(accepted_at=None))
        for finding in chosen:
            accept(request, finding)
        self.message_user(request, f"{len(chosen):,} will not be listed again.")

    def do_look(self, request: HttpRequest, row: None, values: Any) -> str:
        store = request.store  # type: ignore[attr-defined]
        number = check_quality.look(store, timezone.now(), request.user)  # type: ignore[arg-type]
        return f"{number:,} found." if number else "Nothing is odd in your data."

    def do_accept(self, request: HttpRequest, row: Finding, values: Any) -> str:
        accept(request, row)
        return "It will not be listed again."

    def do_take_up(self, request: HttpRequest, row: Finding, values: Any) -> str:
        check_quality.take_up(row)
        record(request, "finding.taken_up", row)
        return "It is listed again."


def accept(request: HttpRequest, finding: Finding) -> None:
    check_quality.accept(finding, timezone.now())
    record(request, "finding.accepted", finding)


def record(request: HttpRequest, action: str, finding: Finding) -> None:
    audit.record(
        action,
        store=finding.store,
        actor=request.user,  # type: ignore[arg-type]
        subject=finding.subject,
        detail={"check": finding.code},
    )


def summary(findings: Any, nothing: str) -> Panel:
    """Each check that found something, with how much, and what to do about it."""
    open_ones = findings.filter(gone_at=None, accepted_at=None).order_by()
    counts = dict(open_ones.values_list("code").annotate(n=Count("pk")))
    return Panel(
        "",
        ("Kind", "Found", "What to do"),
        list(summary_rows(counts)),
        empty=nothing,
    )


def summary_rows(counts: dict[str, int]) -> Iterable[tuple[Cell, Cell, str]]:
    for check in check_quality.CHECKS:
        if number := counts.get(check.code):
            url = f"{reverse(LIST)}?check={check.code}"
            shown = f"{number:,}"
            if number == check_quality.MOST:
                shown = f"{number:,} and more"
            yield link_cell(check.title, url), Cell(shown, is_number=True), check.fix
