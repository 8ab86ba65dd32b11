"""Take visitors out of tests: who saw what stays counted, of nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from apps.accounts.models import Store
from apps.experiments.models import Exposure
from apps.experiments.services.people import VISITOR


def erase(
    store: Store, visitors: Iterable[str], disguise: Callable[[str], str]
) -> dict[str, int]:
    count = 0
    for visitor in visitors:
        rows = Exposure.objects.of(store).filter(unit=f"{VISITOR}{visitor}")
        count += rows.update(unit=f"{VISITOR}{disguise(visitor)}")
    return {"exposures": count}
