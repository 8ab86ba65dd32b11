"""What messages change for one customer, as the store's own holdout has measured it.

Learned by learning/uplift.py; answered from one document and the customer's numbers, so
that nobody's row has to be kept up or erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from apps.accounts.models import Store
from apps.features.models import CustomerFeatures
from apps.segmentation.models import UpliftModel
from apps.segmentation.services.uplift_score import effect

# Who ordered within so many days after taking part counts.
WINDOW = timedelta(days=14)
# Of a customer's numbers, those that are known before a message.
NAMES = (
    "orders", "spent", "average_order", "recency_days", "tenure_days", "overdue",
    "discount_share", "reduced_share", "return_share", "views_30", "carts_30",
    "seen_days",
)  # fmt: skip


@dataclass(frozen=True)
class Uplift:
    """`effect`: by how much likelier an order within two weeks is. `low`, `high`: the
    interval of nine in ten of everybody's. `is_personal`: people were found to differ."""

    effect: float
    low: float
    high: float
    is_personal: bool


def uplift_of(store: Store, known: CustomerFeatures | None) -> Uplift | None:
    """None where no holdout of messages has told enough yet."""
    rows = UpliftModel.objects.of(store).served()
    document = rows.values_list("document", flat=True).first()
    if document is None:
        return None
    numbers = {name: known.value(name) if known else None for name in NAMES}
    average = document["average"]
    return Uplift(
        effect(document, numbers)[1],
        average["low"],
        average["high"],
        document["is_personal"],
    )
