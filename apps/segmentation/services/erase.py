"""In which segments a person was goes with the person."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.models import Store
from apps.segmentation.models import Member


def erase(store: Store, customers: Sequence[int]) -> dict[str, int]:
    rows = Member.objects.of(store).filter(customer__in=customers)
    return {"segments": rows.delete()[0]}
