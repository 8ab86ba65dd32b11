"""What merchants said of suggestions, by kind and by who proposed them."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel, label_cell
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import NOTHING, moment, share
from apps.decisions.admin.words import about, plain
from apps.decisions.models import Suggestion
from apps.decisions.services.labels import RECENT, Opinion, opinions

# Words on the page; all of them are in the API.
MOST = 50


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    now = timezone.now()
    return show(
        request,
        "decisions/feedback",
        "Were suggestions useful?",
        panels=[shares(opinions(store, now)), words(store)],
    )


def distrusted(store: Store, now: datetime) -> list[str]:
    """A sentence for each whose suggestions all wait for a person."""
    return [
        f"{name_of(one)}: {one.sentence[:1].lower()}{one.sentence[1:]}"
        for one in opinions(store, now)
        if one.is_distrusted
    ]


def name_of(one: Opinion) -> str:
    return f"{plain(one.kind)} ({plain(one.policy)})" if one.policy else plain(one.kind)


def shares(found: list[Opinion]) -> Panel:
    return Panel(
        f"In the last {RECENT.days} days",
        ("Suggestions", "Proposed by", "Answers", "Useful", "Share", ""),
        [
            (
                Cell(plain(one.kind)),
                Cell(plain(one.policy) if one.policy else NOTHING),
                Cell(str(one.answers), is_number=True),
                Cell(str(one.useful), is_number=True),
                Cell(share(one.useful, one.answers), is_number=True),
                label_cell("Always asks a person", "warn")
                if one.is_distrusted
                else Cell(""),
            )
            for one in found
        ],
        note="Where five or more answers say clearly that fewer than half were useful, "
        "nothing of it is approved without a person, however small its risk.",
        empty="Nobody has said yet whether a suggestion was useful. Open one and tell us.",
    )


def words(store: Store) -> Panel:
    rows = Suggestion.objects.of(store).exclude(feedback="")
    rows = rows.select_related("feedback_by").order_by("-feedback_at")
    return Panel(
        "What was said",
        ("Suggestion", "About", "Said", "Why", "Who", "When"),
        [
            (
                Cell(plain(row.kind), url=address(row)),
                Cell(about(row.subject)),
                label_cell(
                    row.get_feedback_display(),
                    "good" if row.feedback == Suggestion.Feedback.USEFUL else "bad",
                ),
                Cell(row.feedback_why or NOTHING),
                Cell(str(row.feedback_by) if row.feedback_by else NOTHING),
                Cell(moment(row.feedback_at)),
            )
            for row in rows[:MOST]
        ],
        note="Answers without a name, like those of a program with a key, do not count.",
        empty="Nothing yet.",
    )


def address(row: Suggestion) -> str:
    return reverse("admin:decisions_suggestion_change", args=[row.pk])
