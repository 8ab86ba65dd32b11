"""Read-only parts of a row's page: small tables and charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import cached_property


@dataclass(frozen=True)
class Cell:
    """`tone` is good, warn, bad or quiet; a label is a cell drawn as a badge."""

    text: str
    url: str = ""
    tone: str = ""
    is_label: bool = False
    is_number: bool = False
    image: str = ""


def link_cell(text: object, url: str) -> Cell:
    return Cell(str(text), url=url)


def label_cell(text: object, tone: str = "quiet") -> Cell:
    return Cell(str(text), tone=tone, is_label=True)


@dataclass(frozen=True)
class Point:
    """`say` is the value as people read it; `name` what stands on the axis."""

    name: str
    value: float
    say: str


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    point: Point


@dataclass(frozen=True)
class Chart:
    """Columns over time, drawn as SVG on the server; the table below says the same."""

    title: str
    points: Sequence[Point]
    value_name: str = "Value"
    name_name: str = "When"
    top_label: str = ""
    width: int = 720
    height: int = 180

    @cached_property
    def top(self) -> float:
        return max((point.value for point in self.points), default=0) or 1

    @property
    def bars(self) -> list[Bar]:
        step = self.width / max(len(self.points), 1)
        gap = min(step * 0.25, 6)
        found = []
        for place, point in enumerate(self.points):
            tall = max(point.value, 0) / self.top * (self.height - 4)
            found.append(
                Bar(
                    x=round(place * step + gap / 2, 2),
                    y=round(self.height - tall, 2),
                    width=round(step - gap, 2),
                    height=round(tall, 2),
                    point=point,
                )
            )
        return found

    @property
    def ends(self) -> tuple[str, str]:
        return (self.points[0].name, self.points[-1].name) if self.points else ("", "")


@dataclass(frozen=True)
class Bars:
    """Kinds of something under each other, for pages of admin/page.html. Said in words,
    too, so that no table has to repeat it."""

    points: Sequence[Point]

    @property
    def top(self) -> float:
        return max((point.value for point in self.points), default=0) or 1


@dataclass(frozen=True)
class Panel:
    """One titled box. Rows are of the same length as columns."""

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Cell | str]] = ()
    note: str = ""
    empty: str = ""
    chart: Chart | None = None
    bars: Bars | None = None
    link: Cell | None = None
    images: Sequence[Cell] = field(default_factory=tuple)
    text: str = ""

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Names of columns, and whether they stand over numbers."""
        first = self.rows[0] if self.rows else ()
        numbers = [isinstance(cell, Cell) and cell.is_number for cell in first]
        return list(zip(self.columns, numbers, strict=False))

    @property
    def cells(self) -> list[list[tuple[str, Cell]]]:
        """Each cell with its column's name: on a phone the name stands beside it."""
        return [
            [
                (name, cell if isinstance(cell, Cell) else Cell(str(cell)))
                for name, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]
