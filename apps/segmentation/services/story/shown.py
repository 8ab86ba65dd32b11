"""What the customer was shown or sent, why, and what came of it, from the decision log.

The log names a customer where the shop's page named one. What a browser was shown before
anybody knew whose it is stays the browser's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from apps.accounts.models import Store
from apps.core.merchant_admin.show import money
from apps.decisions.models import Decision, Outcome
from apps.decisions.services.sentence import say_list, sentence
from apps.outcomes.services.books import ORDER_VIEWED, REFUND_VIEWED
from apps.segmentation.services.story.entry import Entry, Mark, Person, Source, newest
from apps.shop.models import Product

# As the log names what was chosen; what is not here is told by its own name.
WHAT = {
    "recommendations.served": "Shelf of picks",
    "storefront.banner": "Banner",
}
# How those are marked who were shown nothing, so that the difference can be counted.
HELD_OUT, HOLDOUT = "held_out", "holdout"
LEFT_ALONE = "Shown nothing, for comparison"
ORDERED = (Outcome.Kind.ORDER, ORDER_VIEWED)
NAMED = 3
LATELY = timedelta(days=90)


def decisions(person: Person, before: Mark | None, limit: int) -> list[Entry]:
    rows = about(person).defer("candidates")
    return [
        told(row) for row in newest(rows, "created_at", Source.SHOWN, before, limit)
    ]


def about(person: Person) -> QuerySet[Decision]:
    subjects = [f"customer:{pk}" for pk in person.rows]
    return Decision.objects.of(person.store).filter(subject__in=subjects)


def told(row: Decision) -> Entry:
    chosen = row.chosen if isinstance(row.chosen, Mapping) else {}
    products = [one for one in chosen.get("products") or () if isinstance(one, int)]
    alone = is_left_alone(row)
    return Entry(
        Mark(row.created_at, Source.SHOWN, row.pk.int),
        what_of(row.kind),
        LEFT_ALONE if alone else sentence(row.reason),
        tone="quiet",
        row=("decision", row.pk),
        products=() if alone else tuple(products),
    )


def is_left_alone(row: Decision) -> bool:
    reason = row.reason if isinstance(row.reason, Mapping) else {}
    return row.arm == HELD_OUT or reason.get("code") == HOLDOUT


def what_of(kind: str) -> str:
    plain = kind.replace(".", " ").replace("_", " ")
    return WHAT.get(kind, plain[:1].upper() + plain[1:])


def with_outcomes(store: Store, entries: Sequence[Entry]) -> list[Entry]:
    """The same, with what came of each decision and which products it showed."""
    keys = [one.mark.key for one in entries if one.mark.source == Source.SHOWN]
    came = came_of(store, keys)
    names = names_of(store, entries)
    return [
        replace(one, came=came_text(came.get(one.mark.key, ())), name=goods(one, names))
        if one.mark.source == Source.SHOWN
        else one
        for one in entries
    ]


Came = Mapping[str, Any]


def came_of(store: Store, keys: Iterable[Any]) -> dict[Any, list[Came]]:
    rows = Outcome.objects.of(store).filter(decision_id__in=list(keys))
    sums = rows.order_by("kind", "currency").values("decision_id", "kind", "currency")
    found: dict[UUID, list[Came]] = {}
    for row in sums.annotate(often=Count("pk"), worth=Sum("amount")):
        found.setdefault(row["decision_id"], []).append(row)
    return found


def came_text(rows: Sequence[Came]) -> str:
    """Empty where nothing is known to have come of it."""
    clicks = sum(row["often"] for row in rows if row["kind"] == Outcome.Kind.CLICK)
    parts = [f"Clicked {'once' if clicks == 1 else f'{clicks:,} times'}"] * bool(clicks)
    parts += [
        f"{'Ordered after a look' if row['kind'] == ORDER_VIEWED else 'Ordered'}"
        f"{worth_of(row, rows)}"
        for row in rows
        if row["kind"] in ORDERED
    ]
    return ". ".join(parts)


def worth_of(order: Came, rows: Sequence[Came]) -> str:
    """Less what went back of the same currency."""
    if order["worth"] is None:
        return ""
    kind = REFUND_VIEWED if order["kind"] == ORDER_VIEWED else Outcome.Kind.REFUND
    back = sum(
        (row["worth"] or Decimal(0) for row in rows
         if row["kind"] == kind and row["currency"] == order["currency"]),
        Decimal(0),
    )  # fmt: skip
    kept = money(order["worth"] - back, order["currency"])
    return f", {kept} after refunds" if back else f", {kept}"


def names_of(store: Store, entries: Sequence[Entry]) -> dict[int, str]:
    wanted = {pk for one in entries for pk in one.products[:NAMED]}
    rows = Product.objects.of(store).filter(pk__in=wanted)
    return dict(rows.values_list("pk", "name"))


def goods(entry: Entry, names: Mapping[int, str]) -> str:
    known = [names[pk] for pk in entry.products[:NAMED] if pk in names]
    rest = len(entry.products) - len(known)
    if not known:
        return ""
    return say_list([*known, f"{rest:,} more"] if rest else known)


@dataclass(frozen=True)
class Worked:
    """Of one kind of decision: how often, and after how many of them what came."""

    what: str
    is_left_alone: bool
    often: int
    clicked: int
    ordered: int


def worked(person: Person, at: datetime) -> list[Worked]:
    """The last 90 days."""
    joined = Outcome.objects.of(person.store).filter(decision_id=OuterRef("pk"))
    clicked = Exists(joined.filter(kind=Outcome.Kind.CLICK))
    ordered = Exists(joined.filter(kind__in=ORDERED))
    alone = Case(When(arm=HELD_OUT, then=Value(True)), default=Value(False))
    rows = (
        about(person)
        .filter(created_at__gt=at - LATELY, created_at__lte=at)
        .order_by()
        .values("kind", alone=alone)
        .annotate(
            often=Count("pk"),
            clicked=Count("pk", filter=Q(clicked)),
            ordered=Count("pk", filter=Q(ordered)),
        )
    )
    found = [
        Worked(
            what_of(row["kind"]), row["alone"], row["often"], row["clicked"],
            row["ordered"],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.what, one.is_left_alone))
