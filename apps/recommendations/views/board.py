"""The champion board: how good what serves is, and what would take its place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel, label_cell
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import NOTHING, day, share
from apps.experiments.models import Experiment, Reading
from apps.recommendations.services import board
from apps.recommendations.services.answering.tested import HELD_OUT
from apps.registry.models import ModelVersion

DAYS = 28
# What the figures of a training are called; the first that it has is the main one.
MEASURES = {
    "ndcg_at_10": "Hits near the top",
    "recall_at_20": "Found among the first 20",
    "coverage": "Products that get picked",
    "diversity": "Variety in a list",
}
SHARES = ("coverage", "diversity", "recall_at_20")
ARMS = {
    "best": "The best picks",
    "explored": "With a product tried out by chance",
    HELD_OUT: "Left out on purpose",
}
RULES = {True: "Serves", False: ""}


@for_analysts
def page(request: HttpRequest, store: Store) -> HttpResponse:
    kinds = board.kinds(store)
    asked = request.GET.get("kind", "")
    kind = asked if asked in kinds else next(iter(kinds), "")
    versions = board.history(store, kind)
    champion = next((v for v in versions if v.status == v.Status.CHAMPION), None)
    end = timezone.now()
    start = end - timedelta(days=DAYS)
    days = board.by_day(store, start, end)
    return show(
        request,
        "recommendations/board",
        "How good the picks are",
        sorts=[
            {"key": one, "name": plain(one), "is_chosen": one == kind} for one in kinds
        ],
        tiles=[*tiles(champion), *live_tiles(days), *measured(store)],
        chart=chart(versions),
        panels=[
            rivals(versions),
            trainings(versions),
            shown(days),
            tried_out(board.by_arm(store, start, end)),
        ],
    )


def plain(kind: str) -> str:
    return kind.removeprefix(board.FAMILY).replace("_", " ").capitalize()


def named(measure: str) -> str:
    return MEASURES.get(measure, measure.replace("_", " ").capitalize())


def figure(name: str, value: Any) -> str:
    if not isinstance(value, int | float):
        return NOTHING
    return f"{value:.0%}" if name in SHARES else f"{value:.3f}"


def main_measure(versions: list[ModelVersion]) -> str:
    known = {name for version in versions for name in version.metrics}
    return next((name for name in MEASURES if name in known), min(known, default=""))


def tile(name: str, value: str, trend: str = "", tone: str = "quiet") -> dict[str, str]:
    return {"name": name, "value": value, "trend": trend, "tone": tone}


def tiles(champion: ModelVersion | None) -> list[dict[str, str]]:
    if champion is None:
        return []
    found = [
        tile(named(name), figure(name, value), *against(name, value, champion))
        for name, value in champion.metrics.items()
        if name in MEASURES
    ]
    since = day(champion.promoted_at)
    return [tile("Serves now", f"Number {champion.number}", f"since {since}"), *found]


def against(name: str, value: Any, champion: ModelVersion) -> tuple[str, str]:
    simple = champion.baseline_metrics.get(name)
    if not simple or not isinstance(value, int | float):
        return "", "quiet"
    gain = value / simple - 1
    tone = "good" if gain > 0 else "bad" if gain < 0 else "quiet"
    return f"{gain:+.0%} against a simple rule", tone


def live_tiles(days: list[board.Served]) -> list[dict[str, str]]:
    shelves = sum(one.shelves for one in days)
    clicked = sum(one.clicked for one in days)
    ordered = sum(one.ordered for one in days)
    return [
        tile("Shelves shown", f"{shelves:,}", f"in {DAYS} days"),
        tile("Led to a click", share(clicked, shelves)),
        tile("Led to an order", share(ordered, shelves), "of a product on them"),
    ]


def measured(store: Store) -> list[dict[str, str]]:
    return [
        tile(f"Worth, measured: {place(one)}", *lift(reading))
        for one, reading in board.measured(store)
    ]


def place(holdout: Experiment) -> str:
    return holdout.place.partition(":")[2] or holdout.place or "all of it"


def lift(reading: Reading | None) -> tuple[str, str]:
    if reading is None or reading.relative is None or not reading.is_judged:
        return "Not known yet", "against people left alone"
    found = (reading.relative, reading.relative_low, reading.relative_high)
    what, low, high = (f"{part or 0:+.1%}" for part in found)
    return what, f"between {low} and {high}, against people left alone"


def chart(versions: list[ModelVersion]) -> dict[str, Any]:
    measure = main_measure(versions)
    return {
        "title": named(measure) if measure else "",
        "labels": [f"{day(v.trained_at)} (number {v.number})" for v in versions],
        "series": [
            {"name": "Trained", "values": [v.metrics.get(measure) for v in versions]},
            {
                "name": "Simple rule",
                "values": [v.baseline_metrics.get(measure) for v in versions],
            },
        ],
    }


def rivals(versions: list[ModelVersion]) -> Panel:
    """Who competed in the last training, the best first."""
    latest = next((v for v in reversed(versions) if v.card.get("rivals")), None)
    found = latest.card["rivals"] if latest else {}
    measure = main_measure(versions)
    names = list(dict.fromkeys([measure, *(n for one in found.values() for n in one)]))
    ordered = sorted(found, key=lambda one: -(found[one].get(measure) or 0))
    return Panel(
        "Who competed in the last training",
        ("Model", *map(named, names)),
        [
            (
                Cell(rival.replace("_", " ").capitalize()),
                *(Cell(figure(n, found[rival].get(n)), is_number=True) for n in names),
            )
            for rival in ordered
        ],
        note="Measured on the same days, which none of them had seen. "
        "A name alone says little: your shop's own orders decide.",
        empty="No training has told yet who competed.",
    )


def trainings(versions: list[ModelVersion]) -> Panel:
    measure = main_measure(versions)
    return Panel(
        "Trainings",
        (
            "Number",
            "Trained",
            "Model",
            named(measure) if measure else "Measure",
            "State",
            "Why",
        ),
        [
            (
                Cell(str(v.number), url=address(v)),
                Cell(day(v.trained_at)),
                Cell(v.name.replace("_", " ")),
                Cell(figure(measure, v.metrics.get(measure)), is_number=True),
                label_cell(v.get_status_display(), tone_of(v)),
                Cell(v.refusal_reason[:200]),
            )
            for v in reversed(versions)
        ],
        empty="Nothing was trained yet. Models learn at night.",
    )


def address(version: ModelVersion) -> str:
    return reverse("admin:registry_modelversion_change", args=[version.pk])


def tone_of(version: ModelVersion) -> str:
    tones = {
        ModelVersion.Status.CHAMPION: "good",
        ModelVersion.Status.REFUSED: "bad",
    }
    return tones.get(ModelVersion.Status(version.status), "quiet")


def shown(days: list[board.Served]) -> Panel:
    return Panel(
        "What visitors did with them",
        ("Day", "Shelves", "Clicked", "Of shelves", "Ordered", "Of shelves "),
        [outcome_row(f"{one.key:%-d %b}", one) for one in reversed(days)],
        note="Clicks and orders of products on a shelf. What they would have bought "
        "without it is not known from this: that needs a group who sees no picks.",
        empty="No shelf was shown in these days.",
    )


def tried_out(arms: list[board.Served]) -> Panel:
    return Panel(
        "Best picks, and picks by chance",
        ("Shelf", "Shelves", "Clicked", "Of shelves", "Ordered", "Of shelves "),
        [outcome_row(ARMS.get(one.key, one.key or NOTHING), one) for one in arms],
        note="A few places show a product by chance, so that new ones are found out.",
        empty="No shelf was shown in these days.",
    )


def outcome_row(name: str, one: board.Served) -> tuple[Cell, ...]:
    return (
        Cell(name),
        *(
            Cell(text, is_number=True)
            for text in (
                f"{one.shelves:,}",
                f"{one.clicked:,}",
                share(one.clicked, one.shelves),
                f"{one.ordered:,}",
                share(one.ordered, one.shelves),
            )
        ),
    )
