"""What a customer is worth, from rows alone: no model is loaded to answer.

services/learning/value.py works them out, services/value_nightly.py keeps them fresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from apps.accounts.models import Store
from apps.segmentation.models import CustomerValue, Place, ValueModel
from apps.segmentation.models.learned import champion
from apps.segmentation.models.value import VALUE
from apps.segmentation.services.present import present

# By what a list of customers is sorted, the greatest first.
BY = ("total", "churn")


@dataclass(frozen=True)
class Worth:
    """`segment`: of the five that were learned, empty where nobody placed them yet;
    `average_spent`: what the store's average customer has brought."""

    row: CustomerValue
    segment: str
    average_spent: float
    model_version: str


def value_of(store: Store, customer: int) -> Worth | None:
    """One query. None: who never ordered, and before the first training."""
    about = ValueModel.objects.of(store).filter(version=OuterRef("version"))
    rows = with_segment(store, CustomerValue.objects.of(store).served())
    row: Any = (
        rows.filter(customer=customer, version__kind=VALUE)
        .annotate(average=Subquery(about.values("average_spent")[:1]))
        .first()
    )
    if row is None:
        return None
    version = f"{VALUE}#{row.version_number}"
    return Worth(row, row.segment or "", row.average or 0.0, version)


def most(store: Store, by: str) -> QuerySet[CustomerValue]:
    """Customers with the greatest value or churn risk first, in the order of an index."""
    values = CustomerValue.objects.of(store).filter(version=champion(store, VALUE))
    rows = with_segment(store, values)
    return rows.order_by(f"-{by}", "-pk")


def with_segment(
    store: Store, rows: QuerySet[CustomerValue]
) -> QuerySet[CustomerValue]:
    """Who was merged into another, or is gone, is nobody's value any more."""
    places = Place.objects.of(store).served().filter(customer=OuterRef("customer"))
    return present(rows).annotate(
        segment=Subquery(places.values("code")[:1]),
        version_number=F("version__number"),
    )
