"""The grid of recency and frequency, and what its parts are called.

Read by the web: scores are rows that services/rfm_score.py wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum

from apps.accounts.models import Store
from apps.core.money import round_money
from apps.segmentation.models import Counted, RfmScore

SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Region:
    """Cells of the grid that are treated alike: from and to, both included.

    `says` holds of everybody there: scores compare, and services/rfm_score.py bounds
    them by what a person really did."""

    key: str
    name: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    says: str

    def has(self, recency: int, frequency: int) -> bool:
        low, high = self.recency
        least, most = self.frequency
        return low <= recency <= high and least <= frequency <= most


REGIONS = (
    Region("champions", "Champions", (4, 5), (4, 5), "Bought lately, and more often than most."),
    Region("loyal", "Loyal", (3, 3), (4, 5), "Bought more often than most; the last time was a month ago or more."),
    Region("growing", "Growing", (4, 5), (2, 3), "Bought lately, and begin to return."),
    Region("newcomers", "Newcomers", (4, 5), (1, 1), "Bought lately, and hardly ever before."),
    Region("cooling", "Cooling down", (3, 3), (1, 3), "Not among those who buy most often; the last time was a month ago or more."),
    Region("at_risk", "At risk", (1, 2), (4, 5), "Bought more often than most, and are among those who stayed away longest."),
    Region("slipping", "Slipping away", (1, 2), (2, 3), "Bought more than once, and are among those who stayed away longest."),
    Region("asleep", "Asleep", (1, 2), (1, 1), "Bought hardly ever, and are among those who stayed away longest."),
)  # fmt: skip


def region_of(recency: int, frequency: int) -> Region:
    return next(region for region in REGIONS if region.has(recency, frequency))


@dataclass(frozen=True)
class Square:
    recency: int
    frequency: int
    customers: int
    spent: Decimal
    share: float

    @property
    def region(self) -> Region:
        return region_of(self.recency, self.frequency)


@dataclass(frozen=True)
class Grid:
    """`as_of` is None where nothing was scored yet. The best row comes first."""

    as_of: datetime | None
    squares: Sequence[Square]

    @property
    def customers(self) -> int:
        return sum(one.customers for one in self.squares)

    @property
    def spent(self) -> Decimal:
        return sum((one.spent for one in self.squares), Decimal(0))

    def of(self, region: Region) -> list[Square]:
        return [one for one in self.squares if one.region is region]


def grid(store: Store) -> Grid:
    rows = (
        RfmScore.objects.of(store)
        .filter(customer__deleted_at=None, customer__merged_into=None)
        .order_by()
        .values("recency", "frequency")
        .annotate(n=Count("pk"), worth=Sum("spent"))
    )
    found = {
        (row["recency"], row["frequency"]): (row["n"], row["worth"]) for row in rows
    }
    whole = sum(customers for customers, _ in found.values())
    squares = []
    for recency in reversed(SCORES):
        for frequency in SCORES:
            customers, worth = found.get((recency, frequency), (0, 0.0))
            squares.append(
                Square(
                    recency,
                    frequency,
                    customers,
                    round_money(Decimal(worth), store.currency),
                    customers / whole if whole else 0.0,
                )
            )
    return Grid(Counted.objects.of(store).at(Counted.What.RFM), squares)
