"""What came of shelves: clicks on picks, and orders of what was clicked.

Stated rules: a click belongs to the decision that the page named. An order belongs to
the last shelf on which the same visitor or customer clicked that product, in the days
before that the merchant set (a week). The span that is looked at overlaps the last one,
since events come late; each outcome joins once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.decisions.services import outcomes
from apps.events.models import Interaction
from apps.events.services.engines.chosen import engine
from apps.outcomes.models import OutcomeSettings
from apps.recommendations.models.shelf import of_customer
from apps.recommendations.services.answer import DECISION
from apps.shop.models import Product

# What the log calls choices that are clicked product by product; the second is that of
# apps/visual_search, beside this app.
SHELVES = (DECISION, "visual_search.answered")
CLICKED, ORDERED = "recommendation_clicked", "order"
# A page may stand open so long before it is clicked.
OPEN = timedelta(days=1)
COLUMNS = ("id", "at", "visitor", "product_woo_id", "properties")
# Orders, decisions and outcomes that one query names.
AT_ONCE = 400
Thing = TypeVar("Thing")


def credit(store: Store, start: datetime, end: datetime) -> int:
    """Join what happened in this time; how many outcomes were new."""
    events = engine().between(store, start, end, (CLICKED,), COLUMNS)
    joined = sum(
        outcomes.join_all(store, clicks(store, part))
        for part in batched(iter(events.select(COLUMNS).rows()), AT_ONCE)
    )
    deeds = Interaction.objects.of(store).filter(
        type=ORDERED, at__gte=start, at__lt=end
    )
    # By lists: SQLite refuses to write while a cursor reads an older state.
    keys = list(deeds.order_by("at", "pk").values_list("pk", flat=True))
    for part in batched(iter(keys), AT_ONCE):
        bought = Interaction.objects.of(store).filter(pk__in=part)
        joined += outcomes.join_all(store, list(orders(store, list(bought))))
    return joined


def batched(things: Iterator[Thing], size: int) -> Iterator[list[Thing]]:
    while part := list(islice(things, size)):
        yield part


def clicks(store: Store, events: Sequence[tuple[Any, ...]]) -> list[Outcome]:
    """Pages may name anything as a decision: only a shelf that this visitor saw, with
    this product on it, was clicked."""
    ours = ours_of(store, {product for *_, product, _ in events})
    named = {event[0]: decision_in(event[-1]) for event in events}
    made = shelves_of(store, {one for one in named.values() if one})
    found = []
    for event, at, visitor, woo_id, _ in events:
        decision = named[event]
        product, shelf = ours.get(woo_id), made.get(decision)
        if decision and shelf and product in shelf.products and shelf.is_for(visitor):
            found.append(
                Outcome(
                    store=store,
                    decision_id=decision,
                    kind=Outcome.Kind.CLICK,
                    source=f"{about(product)}{event}",
                    occurred_at=at,
                )
            )
    return found


@dataclass(frozen=True)
class Filled:
    """A shelf as the log keeps it."""

    subject: str
    products: frozenset[int]

    def is_for(self, visitor: str) -> bool:
        """A customer's may be clicked on any of their devices."""
        is_of_visitor = self.subject.startswith("visitor:")
        return not is_of_visitor or self.subject == f"visitor:{visitor}"


def ours_of(store: Store, woo_ids: set[int | None]) -> dict[int | None, int]:
    rows = Product.objects.of(store).filter(woo_id__in=woo_ids - {None})
    return dict(rows.values_list("woo_id", "pk"))


def decision_in(properties: str) -> UUID | None:
    try:
        return UUID(str(json.loads(properties).get("decision")))
    except ValueError:
        return None


def shelves_of(store: Store, decisions: set[UUID]) -> dict[UUID | None, Filled]:
    rows = Decision.objects.of(store).filter(kind__in=SHELVES, pk__in=decisions)
    return {
        pk: Filled(subject, frozenset((chosen or {}).get("products", ())))
        for pk, subject, chosen in rows.values_list("pk", "subject", "chosen")
    }


def about(product: int | None) -> str:
    """How the source of a click begins."""
    return f"product:{product}:"


def orders(store: Store, deeds: Sequence[Interaction]) -> Iterator[Outcome]:
    window = OutcomeSettings.objects.for_store(store).click_window
    made = decisions_for(store, deeds, window)
    clicked = clicks_on(store, made)
    for deed in deeds:
        mine = [one for subject in subjects_of(deed) for one in made.get(subject, ())]
        moments = {
            at: one for one in mine for at in clicked[one, about(deed.product_id)]
        }
        before = [at for at in moments if deed.at - window <= at <= deed.at]
        if before:
            yield ordered(store, deed, moments[max(before)])


def subjects_of(deed: Interaction) -> list[str]:
    """As the decision log names who ordered."""
    found = [f"visitor:{deed.visitor}"] if deed.visitor else []
    return [*found, of_customer(deed.customer_id)] if deed.customer_id else found


def decisions_for(
    store: Store, deeds: Sequence[Interaction], window: timedelta
) -> dict[str, list[UUID]]:
    """Clicked shelves by whom they were filled for, as far back as may count."""
    subjects = {subject for deed in deeds for subject in subjects_of(deed)}
    moments = [deed.at for deed in deeds]
    clicked = Outcome.objects.of(store).filter(
        kind=Outcome.Kind.CLICK, decision_id=OuterRef("pk")
    )
    rows = Decision.objects.of(store).filter(
        Exists(clicked),
        kind__in=SHELVES,
        subject__in=subjects,
        created_at__gte=min(moments) - window - OPEN,
        created_at__lte=max(moments),
    )
    found = defaultdict(list)
    for subject, decision in rows.values_list("subject", "pk"):
        found[subject].append(decision)
    return found


def clicks_on(
    store: Store, made: dict[str, list[UUID]]
) -> dict[tuple[UUID, str], list[datetime]]:
    """(decision, product as sources begin) -> when it was clicked."""
    found = defaultdict(list)
    ids = [one for mine in made.values() for one in mine]
    for part in batched(iter(ids), AT_ONCE):
        rows = Outcome.objects.of(store).filter(
            kind=Outcome.Kind.CLICK, decision_id__in=part
        )
        for decision, source, at in rows.values_list(
            "decision_id", "source", "occurred_at"
        ):
            head, _, _ = source.rpartition(":")
            found[decision, f"{head}:"].append(at)
    return found


def ordered(store: Store, deed: Interaction, decision: UUID) -> Outcome:
    has_amount = deed.price is not None and bool(deed.currency)
    amount = (deed.price or Decimal(0)) * deed.quantity
    return Outcome(
        store=store,
        decision_id=decision,
        kind=Outcome.Kind.ORDER,
        # An order's lines have an interaction each.
        source=f"interaction:{deed.pk}",
        amount=amount if has_amount else None,
        currency=deed.currency if has_amount else "",
        occurred_at=deed.at,
    )
