"""Numbers about a person go; of the emptied row others are worked out, about nobody."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.models import Store
from apps.features.models import CustomerFeatures


def erase(store: Store, customers: Sequence[int]) -> dict[str, int]:
    rows = CustomerFeatures.objects.of(store).filter(customer__in=customers)
    return {"numbers": rows.delete()[0]}
