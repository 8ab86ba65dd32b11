"""What happens on pages: where people click, what they search, what annoys them, and
what becomes of recommendations."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from apps.events.models import Metric
from apps.events.services.analytics import figures
from apps.events.services.analytics.funnel import ratio
from apps.events.services.analytics.span import Span
from apps.events.services.rolling.grid import COLUMNS, ROWS

FRUSTRATIONS = {
    "rage_click": "Clicked again and again",
    "dead_click": "Clicked where nothing happens",
    "form_error": "A form refused",
}
MOST_CELLS = COLUMNS * ROWS


@dataclass(frozen=True)
class Cell:
    column: int
    row: int
    count: int


@dataclass(frozen=True)
class Heat:
    path: str
    columns: int
    rows: int
    clicks: int
    cells: list[Cell]


def heat(span: Span, path: str, name: str = "click") -> Heat:
    rows = figures.rows_of(span, Metric.Grain.DAY, "cell", [name])
    of_path = rows.filter(key__startswith=f"{path}#").order_by().values("key")
    cells = []
    for row in of_path.annotate(n=Sum("count")).order_by("key"):
        place = row["key"].removeprefix(f"{path}#")
        column, _, down = place.partition(",")
        # A path may itself hold a #, coded or not: then it is another page.
        if column.isdigit() and down.isdigit():
            cells.append(Cell(int(column), int(down), row["n"]))
    return Heat(path, COLUMNS, ROWS, sum(cell.count for cell in cells), cells)


def clicked_paths(span: Span, most: int = 50) -> list[figures.Share]:
    """Pages, by how often they were seen."""
    return figures.shares(span, "page_view", "path", most)


@dataclass(frozen=True)
class Query:
    text: str
    searches: int
    without_results: int


def searches(span: Span, most: int = 100, *, only_empty: bool = False) -> list[Query]:
    """What was typed most; or what was typed most and found nothing."""
    first = "search_empty" if only_empty else "search"
    keys = [one.key for one in figures.shares(span, first, "query", most)]
    counts = figures.by_key(span, ["search", "search_empty"], "query", keys)
    return [
        Query(key, counts[key]["search"], counts[key]["search_empty"]) for key in keys
    ]


@dataclass(frozen=True)
class Placement:
    name: str
    shown: int
    clicked: int
    carted: int
    click_share: float


def placements(span: Span) -> list[Placement]:
    """What recommendations did, by where they stand."""
    names = ["recommendation_shown", "recommendation_clicked", "add_to_cart"]
    keys = [one.key for one in figures.shares(span, names[0], "placement", 50)]
    counts = figures.by_key(span, names, "placement", keys)
    return [
        Placement(key, shown, clicked, carted, ratio(clicked, shown))
        for key in keys
        for shown, clicked, carted in [tuple(counts[key][name] for name in names)]
    ]


@dataclass(frozen=True)
class Trouble:
    what: str
    path: str
    count: int


def troubles(span: Span, most: int = 20) -> list[Trouble]:
    found = [
        Trouble(label, one.key, one.count)
        for name, label in FRUSTRATIONS.items()
        for one in figures.shares(span, name, "path", most)
    ]
    return sorted(found, key=lambda one: (-one.count, one.path))[:most]
