from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.core.merchant_admin import Cell, Panel, Period, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment, money, share
from apps.decisions.admin.words import about, change_text, facts, plain
from apps.decisions.models import Decision, Outcome
from apps.decisions.services.sentence import sentence

NOTE = (
    "Everything LuxeBrain chose, also when it chose to do nothing, with its reason. "
    "Nobody can change or delete these lines."
)


@admin.register(Decision)
class DecisionAdmin(StoreAdmin):
    page_name = "Decisions"
    empty = "Nothing was decided yet."
    note = NOTE
    # Counting such a long table twice would be felt.
    show_full_result_count = False
    list_display = ("when", "what", "subject_name", "why", "made_by")
    list_filter = (("created_at", Period),)
    search_fields = ("=subject", "=kind")
    search_help_text = (
        "The exact subject, like product:7, or kind, like pricing.suggested"
    )
    ordering = ("-id",)
    fields = (
        ("when", "what"), ("subject_name", "made_by"), "why", "result",
        ("how_many", "chance", "test_group"),
    )  # fmt: skip
    readonly_fields = (
        "when", "what", "subject_name", "made_by", "why", "result", "how_many",
        "chance", "test_group",
    )  # fmt: skip

    def search_title(self, row: Decision) -> str:
        return f"{plain(row.kind)}, {about(row.subject)}"

    @display(description="When", ordering="id")
    def when(self, decision: Decision) -> str:
        return moment(decision.created_at)

    @display(description="What")
    def what(self, decision: Decision) -> str:
        return plain(decision.kind)

    @display(description="About")
    def subject_name(self, decision: Decision) -> str:
        return about(decision.subject)

    @display(description="Why")
    def why(self, decision: Decision) -> str:
        return sentence(decision.reason)

    @display(description="Decided by")
    def made_by(self, decision: Decision) -> str:
        parts = (decision.policy, decision.model_version)
        return ", ".join(part for part in parts if part) or NOTHING

    @display(description="What was chosen")
    def result(self, decision: Decision) -> str:
        return (
            "Nothing was done."
            if decision.chosen is None
            else change_text(decision.chosen)
        )

    @display(description="Chosen out of")
    def how_many(self, decision: Decision) -> str:
        return f"{decision.candidate_count:,}" if decision.candidate_count else NOTHING

    @display(description="Chance of this choice")
    def chance(self, decision: Decision) -> str:
        if decision.propensity is None:
            return "Chance had no part in it"
        return share(decision.propensity, 1)

    @display(description="Test group")
    def test_group(self, decision: Decision) -> str:
        return decision.arm or NOTHING

    def panels(self, request: HttpRequest, row: Decision) -> Iterable[Panel]:
        yield Panel(
            "What else was possible",
            ("Place", "Candidate"),
            [
                (str(n), change_text(one))
                for n, one in enumerate(row.candidates[:20], 1)
            ],
            note="Best first.",
            empty="There was no list to choose from.",
        )
        yield Panel(
            "The facts",
            ("Fact", "Value"),
            facts(row.reason.get("facts")),
            empty="None were noted.",
        )
        yield outcomes_panel(row)


def outcomes_panel(decision: Decision) -> Panel:
    outcomes: Any = Outcome.objects.of(decision.store).filter(decision_id=decision.pk)
    rows = [
        (
            moment(outcome.occurred_at),
            plain(outcome.kind),
            Cell(money(outcome.amount, outcome.currency), is_number=True),
            about(outcome.source),
        )
        for outcome in outcomes.order_by("occurred_at")[:50]
    ]
    return Panel(
        "What came of it",
        ("When", "What", "Worth", "From"),
        rows,
        empty="Nothing yet.",
    )


@admin.register(Outcome)
class OutcomeAdmin(StoreAdmin):
    page_name = "Results"
    empty = "Nothing came of it yet."
    note = "What came of decisions: clicks, orders, and refunds of them."
    # Counting such a long table twice would be felt.
    show_full_result_count = False
    list_display = ("when", "what", "worth", "origin")
    list_display_links = None
    list_filter = (("occurred_at", Period),)
    search_fields = ("=source", "=kind")
    search_help_text = "The exact source, like order:1042, or kind, like click"
    ordering = ("-occurred_at", "-pk")

    @display(description="When", ordering="occurred_at")
    def when(self, outcome: Outcome) -> str:
        return moment(outcome.occurred_at)

    @display(description="What", ordering="kind")
    def what(self, outcome: Outcome) -> str:
        return plain(outcome.kind)

    @display(description="Worth", ordering="amount")
    def worth(self, outcome: Outcome) -> str:
        return money(outcome.amount, outcome.currency)

    @display(description="From")
    def origin(self, outcome: Outcome) -> str:
        return about(outcome.source)
