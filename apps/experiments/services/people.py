"""Whose an exposure is, once that is found out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Store
from apps.experiments.models import Experiment, Exposure

AT_ONCE = 1_000
VISITOR = "visitor:"


@dataclass(frozen=True)
class Owner:
    """Which customer a visitor was at a moment, if any; `before`: whom it was taken for
    until now."""

    customer_at: Callable[[datetime], int | None]
    before: Collection[int] = ()


def identify(store: Store, owners: Mapping[str, Owner]) -> int:
    """Give visitors' rows to whom they belong, or take them away again: a link between a
    visitor and a customer was found, or undone. How many rows changed."""
    changed: list[Exposure] = []
    for part in parts_of(sorted(owners)):
        units = [f"{VISITOR}{visitor}" for visitor in part]
        for row in Exposure.objects.of(store).filter(unit__in=units):
            owner = owners[row.unit.removeprefix(VISITOR)]
            customer = owner.customer_at(row.at)
            # Who showed a token of the shop was known before any event said so.
            if customer is None and row.customer_id not in owner.before:
                continue
            if customer != row.customer_id:
                row.customer_id = customer
                changed.append(row)
    Exposure.objects.of(store).bulk_update(changed, ["customer"], batch_size=500)
    return len(changed)


def unknown(store: Store, since: datetime) -> list[str]:
    """Visitors written down since then of whom no customer is known."""
    found: set[str] = set()
    for one in Experiment.objects.of(store).assigning():
        rows = Exposure.objects.of(store).filter(
            experiment=one, phase=one.phase, customer=None, at__gte=since
        )
        found.update(rows.values_list("unit", flat=True))
    return sorted(
        unit.removeprefix(VISITOR) for unit in found if unit.startswith(VISITOR)
    )


def parts_of(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), AT_ONCE):
        yield names[start : start + AT_ONCE]
