"""Cohorts as people read them, out of the rows that services/cohorts_count.py wrote.

A month that is not over is marked where it is a cohort's own, and left out where months
are put together: there each column is about customers who had the time, and about what
they did in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from apps.accounts.models import Store
from apps.events.services.enrich import CHANNELS
from apps.segmentation.models import CohortCell, Counted
from apps.shop.models import Category

ZERO = Decimal(0)
# Up to now. An order dated 1901 would make a million cells, nearly all of them empty.
MOST_MONTHS = 120
Kind = CohortCell.Kind
UNKNOWN = {Kind.CATEGORY: "Category not known", Kind.CHANNEL: "First visit not known"}


@dataclass
class Cell:
    """What customers did in one month of theirs; `base` is how many they are."""

    base: int = 0
    customers: int = 0
    orders: int = 0
    revenue: Decimal = ZERO
    # The part of the revenue whose cost is known, and what of that was earned.
    costed: Decimal = ZERO
    margin: Decimal = ZERO
    is_running: bool = False

    def add(self, values: Sequence[object]) -> None:
        customers, orders, revenue, costed, margin = values
        self.customers += customers  # type: ignore[operator]
        self.orders += orders  # type: ignore[operator]
        self.revenue += revenue  # type: ignore[operator]
        self.costed += costed  # type: ignore[operator]
        self.margin += margin  # type: ignore[operator]

    @property
    def retention(self) -> float:
        return self.customers / self.base if self.base else 0.0

    @property
    def known(self) -> Decimal | None:
        """Of which share of the revenue the cost is known; None: there is none."""
        return self.costed / self.revenue if self.revenue else None


@dataclass
class Row:
    """`cells` by months since the first order. `size` counts also who came too lately
    to be in any of them."""

    key: str
    name: str
    size: int
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Cohorts:
    kind: str
    currency: str
    as_of: datetime
    rows: list[Row]
    # All rows together, of months that are over.
    whole: Row

    @property
    def ages(self) -> range:
        return range(max((len(row.cells) for row in self.rows), default=0))


Values = tuple[int, int, Decimal, Decimal, Decimal]
# By group, month and age.
Counts = dict[tuple[str, int, int], Values]


def cohorts(
    store: Store, kind: str, first: date | None = None, last: date | None = None
) -> Cohorts | None:
    """Of those whose first order lies in these months, both included, and in the last
    MOST_MONTHS; None: nothing was counted yet."""
    as_of = Counted.objects.of(store).at(Counted.What.COHORTS)
    if as_of is None:
        return None
    now = number_of(as_of.astimezone(store.zone).date())
    oldest = month_of(now - MOST_MONTHS + 1)
    counts = counted(store, kind, as_of, max(first or oldest, oldest), last)
    if kind == Kind.MONTH:
        rows = by_month(counts, now)
    else:
        rows = by_group(store, kind, counts, now)
    whole = together("", "All", counts, now)
    return Cohorts(kind, store.currency, as_of, rows, whole)


def counted(
    store: Store, kind: str, as_of: datetime, first: date, last: date | None
) -> Counts:
    rows = CohortCell.objects.of(store).filter(as_of=as_of, kind=kind)
    rows = rows.filter(month_on__gte=first.replace(day=1))
    if last is not None:
        rows = rows.filter(month_on__lte=last)
    found = rows.values_list(
        "group", "month_on", "age", "customers", "orders", "revenue", "costed", "margin"
    )
    return {
        (group, number_of(month_on), age): tuple(values)  # type: ignore[misc]
        for group, month_on, age, *values in found
    }


def number_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def month_of(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def by_month(counts: Counts, now: int) -> list[Row]:
    """From the first month with a new customer up to the last."""
    months = [month for _, month, _ in counts]
    rows = []
    for month in range(min(months), max(months) + 1) if months else ():
        on = month_of(month)
        size = counts[("", month, 0)][0] if ("", month, 0) in counts else 0
        row = Row(f"{on:%Y-%m}", f"{on:%b %Y}", size)
        for age in range(now - month + 1):
            cell = Cell(base=size, is_running=month + age == now)
            if ("", month, age) in counts:
                cell.add(counts[("", month, age)])
            row.cells.append(cell)
        rows.append(row)
    return rows


def by_group(store: Store, kind: str, counts: Counts, now: int) -> list[Row]:
    """The largest first; what is not known comes last."""
    parts: defaultdict[str, Counts] = defaultdict(dict)
    for (group, month, age), values in counts.items():
        parts[group][group, month, age] = values
    names = names_of(store, kind, parts)
    rows = [together(group, names[group], part, now) for group, part in parts.items()]
    return sorted(rows, key=lambda row: (not row.key, -row.size, row.name, row.key))


def names_of(store: Store, kind: str, groups: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = dict.fromkeys(groups, "")
    if kind == Kind.CHANNEL:
        names = dict(CHANNELS)
    else:
        known = Category.objects.of(store).filter(pk__in=[g for g in found if g])
        names = {str(pk): name for pk, name in known.values_list("pk", "name")}
    # A category that went since, or a channel of a former version.
    return {
        group: names.get(group, group) if group else UNKNOWN[Kind(kind)]
        for group in found
    }


def together(key: str, name: str, counts: Counts, now: int) -> Row:
    """Several months as one row: at each age those customers alone for whom that month
    is over."""
    sizes: defaultdict[int, int] = defaultdict(int)
    for (_, month, age), values in counts.items():
        if age == 0:
            sizes[month] += values[0]
    row = Row(key, name, sum(sizes.values()))
    oldest = min(sizes, default=now)
    for age in range(now - oldest):
        row.cells.append(
            Cell(base=sum(n for month, n in sizes.items() if month + age < now))
        )
    for (_, month, age), values in counts.items():
        if month + age < now:
            row.cells[age].add(values)
    return row
