"""Where a person was put, by hand or by what was learned, goes with the person."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.models import Store
from apps.segmentation.models import CustomerValue, Member, Place, RfmScore
from apps.segmentation.services.lock import lock


def erase(store: Store, customers: Sequence[int]) -> dict[str, int]:
    # A count that saw them still would write them down behind this.
    lock(store)
    mine = {"customer__in": customers}
    count = Member.objects.of(store).filter(**mine).delete()[0]
    count += Place.objects.of(store).filter(**mine).delete()[0]
    count += RfmScore.objects.of(store).filter(**mine).delete()[0]
    count += CustomerValue.objects.of(store).filter(**mine).delete()[0]
    return {"segments": count}
