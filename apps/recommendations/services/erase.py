"""What was shown to a person, and what was picked for them, goes."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.models import Store
from apps.recommendations.models import Shelf, Shown


def erase(
    store: Store, visitors: Sequence[str], customers: Sequence[int]
) -> dict[str, int]:
    subjects = [f"customer:{pk}" for pk in customers]
    return {
        "shown": Shown.objects.of(store).filter(visitor__in=visitors).delete()[0],
        "picks": Shelf.objects.of(store).filter(subject__in=subjects).delete()[0],
    }
