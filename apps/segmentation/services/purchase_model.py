"""What answers: the document of the version that serves, or the store's own rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.events.models import Metric
from apps.events.models.rollups import UNIT
from apps.segmentation.models import PurchaseModel
from apps.segmentation.services.purchase_numbers import Value, coded
from apps.segmentation.services.purchase_score import WIDTH, Score, score

# A version's document never changes.
DOCUMENTS: Memory[int, Mapping[str, Any]] = Memory(seconds=3_600, most=100)
PRIORS: Memory[int, Prior] = Memory(seconds=60)
WINDOW = timedelta(days=90)
# By the names of the sums of a day.
VISITS, ORDERED = "sessions", "sessions_ordered"
# Three visits of a hundred bring an order in an ordinary shop: worth as much as twenty
# visits of one's own, and so soon outweighed.
USUAL, WORTH = 0.03, 20


@dataclass(frozen=True)
class Serving:
    version: str
    document: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        return [column["name"] for column in self.document["columns"]]

    @property
    def rate(self) -> float:
        """Of the visits that it learned from, how many brought an order."""
        return float(self.document["rate"])

    def asked(self, numbers: Mapping[str, Value]) -> Score:
        return score(self.document, coded(self.document["columns"], numbers))

    def basket(self, in_cart: float) -> float:
        """What an order would be worth, in the store's currency. The cart is what the
        browser says: more than carts ever held is not believed."""
        known = self.document["basket"]
        if in_cart > 0:
            # Versions of before do not say the most.
            most = known.get("most_cart", in_cart)
            return float(min(in_cart, most) * known["by_cart"])
        return float(known["average"])


def serving_of(store: Store) -> Serving | None:
    rows = PurchaseModel.objects.of(store).serving()
    found = rows.values_list("pk", "version__kind", "version__number").first()
    if found is None:
        return None
    key, kind, number = found
    try:
        document = DOCUMENTS.ask(
            key, lambda: PurchaseModel.objects.of(store).get(pk=key).document
        )
    except PurchaseModel.DoesNotExist:
        # Forgotten between the two questions.
        return None
    return Serving(f"{kind}#{number}", document)


@dataclass(frozen=True)
class Prior:
    """How many visits bring an order, with the interval of so few; and what one is
    worth."""

    rate: float
    low: float
    high: float
    basket: float


def prior_of(store: Store, at: datetime) -> Prior:
    return PRIORS.ask(store.pk, lambda: look_up(store, at))


def look_up(store: Store, at: datetime) -> Prior:
    """From the sums of each day: two rows a day, whatever the number of visits. Robots
    are left out of them, and visits under way are in them."""
    days = Metric.objects.of(store).filter(
        grain=Metric.Grain.DAY,
        name__in=(VISITS, ORDERED),
        dimension="",
        starts_at__gt=at - WINDOW,
        starts_at__lte=at,
    )
    sums = days.values("name").annotate(n=Sum("count"), worth=Sum("amount"))
    found = {row["name"]: (row["n"], row["worth"]) for row in sums}
    count, _ = found.get(VISITS, (0, 0))
    bought, revenue = found.get(ORDERED, (0, 0))
    low, high = wilson(bought, count)
    rate = (bought + USUAL * WORTH) / (count + WORTH)
    basket = revenue / UNIT / bought if bought else 0.0
    return Prior(rate, min(low, rate), max(high, rate), basket)


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Where a share lies in nine of ten cases (Wilson's interval): of nothing, anywhere
    from 0 to 1."""
    if not count:
        return 0.0, 1.0
    share, square = hits / count, WIDTH**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    inner = share * (1 - share) / count + square / (4 * count**2)
    reach = WIDTH * math.sqrt(inner) / (1 + square / count)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)
