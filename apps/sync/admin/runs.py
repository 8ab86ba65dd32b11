from __future__ import annotations

from typing import Any

from celery import current_app
from django.contrib import admin
from django.db import transaction
from django.db.models import Prefetch
from django.forms import Script
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.core.merchant_admin import MANAGER, Choice, StoreAdmin, Verb
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment
from apps.sync.models import Connection, Run, Step
from apps.sync.services import runs

Status = Run.Status
STATES: dict[str, str | None] = {
    Status.RUNNING.label: "info",
    Status.DONE.label: "success",
    Status.FAILED.label: "danger",
}
NAMES = {
    "attributes": "Attributes", "terms": "Values of attributes", "categories": "Categories",
    "tags": "Tags", "products": "Products", "variations": "Sizes and colors",
    "customers": "Customers", "coupons": "Coupons", "orders": "Orders",
    "refunds": "Refunds",
}  # fmt: skip
# What a step looks for beside what changed: "orders:sweep" is what went away.
PARTS = {"sweep": "what went away", "bin": "in the bin"}
AGAIN = "Everything in your shop is read again, which may take a while. Your copy stays usable meanwhile. Go on?"
PROOF = "Everything in your shop is compared with the copy, and what differs is repaired. This may take a while. Go on?"


@admin.register(Run)
class RunAdmin(StoreAdmin):
    page_name = "Syncs"
    empty = "Nothing was copied yet. The first sync begins when a shop is connected."
    note = "LuxeBrain copies your shop once, then looks for changes every few minutes and compares everything at night. Whatever interrupts it, it goes on at the same place."
    list_display = ("title", "state", "how_far", "asked", "took", "changed")
    list_filter = (("kind", Choice), ("status", Choice))
    ordering = ("-asked_at", "-pk")
    fields = (("title", "state"), ("asked", "took"), "trouble")
    readonly_fields = ("title", "state", "asked", "took", "trouble")
    change_form_outer_after_template = "sync/run_steps.html"
    list_verbs = (
        Verb("poll", "Look for changes now", "update", MANAGER, "primary"),
        Verb(
            "proof", "Compare with the shop now", "fact_check", MANAGER, question=PROOF
        ),
        Verb("first", "Sync everything again", "sync", MANAGER, question=AGAIN),
    )
    verbs = (
        Verb("stop", "Stop", "stop", MANAGER, "danger", "What was copied so far stays. Stop?"),
    )  # fmt: skip

    class Media:
        js = (Script("admin/sync.js", defer=True),)

    def get_queryset(self, request: HttpRequest) -> Any:
        steps = Prefetch("steps", Step.objects.across_stores())
        return super().get_queryset(request).prefetch_related(steps)

    def verbs_for(self, request: HttpRequest, row: Run) -> list[Verb]:
        return super().verbs_for(request, row) if row.status in Run.OPEN else []

    def page_context(self, row: Any = None) -> dict[str, Any]:
        context = super().page_context(row)
        if row is None:
            return context
        steps = [(name_of(step.kind), step) for step in row.steps.all()]
        return {**context, "is_live": row.status in Run.OPEN, "steps": steps}

    @display(description="What", ordering="kind")
    def title(self, run: Run) -> str:
        return run.get_kind_display()

    @display(description="State", ordering="status", label=STATES)
    def state(self, run: Run) -> str:
        return run.get_status_display()

    @display(description="How far")
    def how_far(self, run: Run) -> str:
        steps = list(run.steps.all())
        if run.status not in Run.OPEN:
            return f"{sum(step.seen for step in steps):,} seen"
        percent = sum(step.percent for step in steps) // (len(steps) or 1)
        now = next((step for step in steps if not step.is_done), None)
        return format_html(
            '<span class="lb-quota" data-live><progress max="100" value="{}"></progress>'
            "<span>{} % {}</span></span>",
            percent, percent, name_of(now.kind) if now else "",
        )  # fmt: skip

    @display(description="Asked for", ordering="asked_at")
    def asked(self, run: Run) -> str:
        return moment(run.asked_at)

    @display(description="Took")
    def took(self, run: Run) -> str:
        if not (run.started_at and run.finished_at):
            return NOTHING
        seconds = int((run.finished_at - run.started_at).total_seconds())
        return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"

    @display(description="Changed in the copy")
    def changed(self, run: Run) -> str:
        return f"{sum(step.changed for step in run.steps.all()):,}"

    @display(description="What went wrong")
    def trouble(self, run: Run) -> str:
        return run.error or NOTHING

    def do_poll(self, request: HttpRequest, row: None, _: Any) -> str:
        ask(request.store, Run.Kind.POLL)  # type: ignore[attr-defined]
        return "LuxeBrain looks for changes now."

    def do_proof(self, request: HttpRequest, row: None, _: Any) -> str:
        ask(request.store, Run.Kind.PROOF)  # type: ignore[attr-defined]
        return "The comparison begins. Its result will be under “Proof”."

    def do_first(self, request: HttpRequest, row: None, _: Any) -> str:
        ask(request.store, Run.Kind.FIRST)  # type: ignore[attr-defined]
        return "Everything is read again."

    def do_stop(self, request: HttpRequest, row: Run, _: Any) -> str:
        runs.stop(row, timezone.now())
        return "It stops. What was copied so far stays."


def ask(store: Store, kind: Run.Kind) -> None:
    if not Connection.objects.of(store).reachable().exists():
        raise ConflictError("No shop is connected, or the connection is paused.")
    now = timezone.now()
    runs.hurry(runs.ask(store, kind, now), now)
    transaction.on_commit(nudge, robust=True)


def nudge() -> None:
    current_app.send_task("sync.work")


def name_of(kind: str) -> str:
    """Orders, or of a part of them: Orders: in the bin."""
    thing, _, part = kind.partition(":")
    name = NAMES.get(thing, thing.capitalize())
    return f"{name}: {PARTS.get(part, part)}" if part else name
