"""What came of shelves: clicks on picks, and orders of what was clicked.

Stated rules: a click belongs to the decision that the page named. An order belongs to
the last shelf on which the same visitor or customer clicked that product, in the week
before. The span that is looked at overlaps the last one, since events come late; each
outcome joins once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TypeVar
from uuid import UUID

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.decisions.services import outcomes
from apps.events.models import Interaction
from apps.events.services.engines.chosen import engine
from apps.recommendations.models.shelf import of_customer
from apps.recommendations.services.answer import DECISION
from apps.shop.models import Product

CLICKED, ORDERED = "recommendation_clicked", "order"
# From the click to the order.
WINDOW = timedelta(days=7)
# A page may stand open so long before it is clicked.
OPEN = timedelta(days=1)
COLUMNS = ("id", "at", "product_woo_id", "properties")
# Orders, decisions and outcomes that one query names.
AT_ONCE = 400
Thing = TypeVar("Thing")


def credit(store: Store, start: datetime, end: datetime) -> int:
    """Join what happened in this time; how many outcomes were new."""
    joined = sum(
        outcomes.join_all(store, part)
        for part in batched(clicks(store, start, end), AT_ONCE)
    )
    deeds = Interaction.objects.of(store).filter(
        type=ORDERED, at__gte=start, at__lt=end
    )
    for part in batched(deeds.order_by("at", "pk").iterator(), AT_ONCE):
        joined += outcomes.join_all(store, list(orders(store, part)))
    return joined


def batched(things: Iterator[Thing], size: int) -> Iterator[list[Thing]]:
    while part := list(islice(things, size)):
        yield part


def clicks(store: Store, start: datetime, end: datetime) -> Iterator[Outcome]:
    """Pages may name anything as a decision: what is none of ours joins nothing."""
    events = engine().between(store, start, end, (CLICKED,), COLUMNS)
    woo_ids = events["product_woo_id"].drop_nulls().unique().to_list()
    rows = Product.objects.of(store).filter(woo_id__in=woo_ids)
    ours = dict(rows.values_list("woo_id", "pk"))
    for event, at, product, properties in events.select(COLUMNS).rows():
        try:
            decision = UUID(str(json.loads(properties).get("decision")))
        except ValueError:
            continue
        yield Outcome(
            store=store,
            decision_id=decision,
            kind=Outcome.Kind.CLICK,
            source=f"{about(ours.get(product))}{event}",
            occurred_at=at,
        )


def about(product: int | None) -> str:
    """How the source of a click begins."""
    return f"product:{product or 0}:"


def orders(store: Store, deeds: Sequence[Interaction]) -> Iterator[Outcome]:
    made = decisions_for(store, deeds)
    clicked = clicks_on(store, made)
    for deed in deeds:
        mine = [one for subject in subjects_of(deed) for one in made.get(subject, ())]
        moments = {
            at: one for one in mine for at in clicked[one, about(deed.product_id)]
        }
        before = [at for at in moments if deed.at - WINDOW <= at <= deed.at]
        if before:
            yield ordered(store, deed, moments[max(before)])


def subjects_of(deed: Interaction) -> list[str]:
    """As the decision log names who ordered."""
    found = [f"visitor:{deed.visitor}"] if deed.visitor else []
    return [*found, of_customer(deed.customer_id)] if deed.customer_id else found


def decisions_for(store: Store, deeds: Sequence[Interaction]) -> dict[str, list[UUID]]:
    """Shelves by whom they were filled for, as far back as may count."""
    subjects = {subject for deed in deeds for subject in subjects_of(deed)}
    moments = [deed.at for deed in deeds]
    rows = Decision.objects.of(store).filter(
        kind=DECISION,
        subject__in=subjects,
        created_at__gte=min(moments) - WINDOW - OPEN,
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
