"""The log as rows of shelves: what could be chosen, what was, by what chance, and what
came of each place. The newest first, a part at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.decisions.models.decision import SLACK
from apps.events.models import Interaction
from apps.recommendations.models import WhatIf
from apps.recommendations.services.answer import DECISION, FOR_ALL, WITH_RULES
from apps.recommendations.services.what_if.change import IN_TIME

# Decisions that one query names.
AT_ONCE = 400
# Who belongs to a group that sees no picks was served by no policy of ours.
HELD_OUT = "holdout"
NOBODY = "nobody"
CLICK, ORDER = Outcome.Kind.CLICK, Outcome.Kind.ORDER
# Milliseconds stand above so many bits of a time-ordered id.
RANDOM_BITS = 80


@dataclass(frozen=True)
class Filled:
    """One shelf. `columns` are places of `products` in the order shown; `sources` who
    named each candidate, empty where the log did not keep it."""

    pk: UUID
    subject: str
    at: datetime
    products: Sequence[int]
    values: Sequence[float]
    sources: Sequence[str]
    columns: Sequence[int]
    propensities: Sequence[float]
    # Products of which it came, by kind of outcome.
    came: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


def shelves(question: WhatIf) -> Iterator[tuple[int, list[Filled]]]:
    """Parts of the log: how many decisions were looked at, and the shelves among them."""
    store, before = question.store, id_at(question.end_at + SLACK)
    while True:
        rows = list(page(question, before))
        if not rows:
            return
        found = [one for row in rows if (one := filled(row, question.kind))]
        join(store, found)
        yield len(rows), found
        before = rows[-1][0]


def page(question: WhatIf, before: UUID) -> Any:
    """By ids, which are in the order of time: no cursor is held open while the answer is
    worked out."""
    start, end = question.start_at, question.end_at
    return (
        Decision.objects.of(question.store)
        .filter(
            kind=DECISION,
            pk__lt=before,
            pk__gte=id_at(start - SLACK),
            created_at__gte=start,
            created_at__lt=end,
        )
        # Some places were not open to chance, or many saw one choice.
        .exclude(policy__in=(WITH_RULES, FOR_ALL))
        .order_by("-pk")
        .values_list("pk", "subject", "created_at", "candidates", "chosen", "reason")[
            :AT_ONCE
        ]
    )


def id_at(moment: datetime) -> UUID:
    """Below every id of that moment."""
    return UUID(int=int(moment.timestamp() * 1000) << RANDOM_BITS)


def filled(row: Sequence[Any], kind: str) -> Filled | None:
    """None for what is no shelf that was filled by chance and values, as asked."""
    pk, subject, at, candidates, chosen, reason = row
    if not isinstance(chosen, Mapping) or (reason or {}).get("code") == HELD_OUT:
        return None
    was = chosen.get("kind", "")
    if was in IN_TIME or (kind and was != kind):
        return None
    with suppress(KeyError, IndexError, TypeError, ValueError):
        return told(pk, subject, at, candidates, chosen["places"])
    return None


def told(
    pk: UUID, subject: str, at: datetime, candidates: Any, places: Any
) -> Filled | None:
    products = [int(one[0]) for one in candidates]
    column_of = {product: column for column, product in enumerate(products)}
    columns = [column_of[int(place["product"])] for place in places]
    propensities = [float(place["propensity"]) for place in places]
    is_sound = (
        columns
        and len(set(columns)) == len(columns)
        and len(column_of) == len(products)
        and all(0 < one <= 1 for one in propensities)
    )
    if not is_sound:
        return None
    knows_sources = all(len(one) > 2 for one in candidates)
    return Filled(
        pk=pk,
        subject=subject,
        at=at,
        products=products,
        values=[float(one[1]) for one in candidates],
        sources=[str(one[2]) for one in candidates] if knows_sources else (),
        columns=columns,
        propensities=propensities,
    )


def join(store: Store, found: Sequence[Filled]) -> None:
    """What came of each: products clicked, and products ordered after that."""
    by_id = {one.pk: one for one in found}
    rows = Outcome.objects.of(store).filter(
        decision_id__in=by_id, kind__in=(CLICK, ORDER)
    )
    ordered = []
    for pk, kind, source in rows.order_by("occurred_at", "pk").values_list(
        "decision_id", "kind", "source"
    ):
        if kind == ORDER:
            ordered.append((by_id[pk], source))
        elif product := clicked(source):
            by_id[pk].came[CLICK].add(product)
    bought = products_of(store, [source for _, source in ordered])
    for shelf, source in ordered:
        # An order is of a product that was clicked on the shelf; whose interaction is
        # no longer kept counts for one of those.
        product = bought.get(source) or next(iter(shelf.came[CLICK]), None)
        if product:
            shelf.came[ORDER].add(product)


def clicked(source: str) -> int | None:
    """Of product:7:event; None for what other ways reported."""
    head, _, rest = source.partition(":")
    number, _, _ = rest.partition(":")
    return int(number) if head == "product" and number.isdecimal() else None


def products_of(store: Store, sources: Sequence[str]) -> dict[str, int]:
    ids = {}
    for source in sources:
        with suppress(ValueError):
            ids[UUID(source.removeprefix("interaction:"))] = source
    rows = Interaction.objects.of(store).filter(pk__in=ids)
    return {ids[pk]: product for pk, product in rows.values_list("pk", "product_id")}
