"""Everything that is held about a person, by table, with plain names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.events.models import Interaction, Link, Session
from apps.events.services.engines.chosen import engine
from apps.experiments.models import Exposure
from apps.features.models import CustomerFeatures
from apps.outcomes.models import Credited
from apps.privacy.services.whom import Whom
from apps.recommendations.models import Shelf, Shown
from apps.shop.models import Address, Consent, Customer, Order, OrderLine, Refund

# Of one table: a person's whole life in a shop is far less.
MOST = 20_000
# What tells of our own keeping and not of the person.
OURS = frozenset(("store", "id", "created_at", "updated_at"))
# Of a section at a time, where it is asked for so.
PART = 500
LABELS = {
    "profile": "Who you are",
    "addresses": "Where you live",
    "consents": "What you agreed to",
    "orders": "What you ordered",
    "order_lines": "The products of your orders",
    "refunds": "What you were given back",
    "devices": "Browsers that were found to be yours",
    "visits": "Your visits",
    "interactions": "What you did with products",
    "events": "What was recorded of it",
    "decisions": "What was chosen for you, and why",
    "outcomes": "What came of it",
    "credited": "Your orders that it is credited with",
    "tests": "Tests that you were part of",
    "numbers": "Numbers that were worked out about you",
    "picks": "Products that were picked for you",
    "shown": "Products that you were shown of late",
}
SECTIONS = tuple(LABELS)
Rows = list[dict[str, Any]]
# From one row to another.
Read = Callable[[int, int], Rows]


def collect(
    store: Store, whom: Whom, at: datetime
) -> tuple[dict[str, Any], dict[str, int]]:
    """The whole, and how many rows of what."""
    sections = [
        {"name": name, "label": label, "rows": read(0, MOST)}
        for name, label, read in readers(store, whom)
    ]
    counts = {str(one["name"]): len(one["rows"]) for one in sections}
    return {**head(store, at), "sections": sections}, counts


def collect_part(
    store: Store, whom: Whom, at: datetime, section: str, offset: int
) -> dict[str, Any]:
    """A section's rows from there on, and where to go on; None at the end."""
    name, label, read = next(r for r in readers(store, whom) if r[0] == section)
    rows = read(offset, offset + PART)
    after: dict[str, Any] | None = {"section": name, "offset": offset + PART}
    if len(rows) < PART:
        place = SECTIONS.index(name) + 1
        has_more = place < len(SECTIONS)
        after = {"section": SECTIONS[place], "offset": 0} if has_more else None
    sections = [{"name": name, "label": label, "rows": rows}]
    return {**head(store, at), "sections": sections, "next": after}


def head(store: Store, at: datetime) -> dict[str, Any]:
    return {"store": store.name, "made_at": at.isoformat()}


def readers(store: Store, whom: Whom) -> list[tuple[str, str, Read]]:
    mine = {"customer__in": whom.customers}
    orders = Order.objects.of(store).filter(**mine)
    theirs = Q(visitor__in=whom.visitors) | Q(**mine)
    subjects = [f"visitor:{one}" for one in whom.visitors]
    subjects += [f"customer:{pk}" for pk in whom.customers]
    chosen = Decision.objects.of(store).filter(subject__in=subjects)
    seen = Exposure.objects.of(store).filter(Q(unit__in=subjects) | Q(**mine))

    def events(start: int, end: int) -> Rows:
        told = engine().told(store, whom.visitors, whom.numbers, end)
        return [each(row) for row in told[start:]]

    def outcomes(start: int, end: int) -> Rows:
        ids = list(chosen.values_list("pk", flat=True)[:MOST])
        return plain(Outcome.objects.of(store).filter(decision_id__in=ids))(start, end)

    found: dict[str, Read] = {
        "profile": plain(Customer.objects.of(store).filter(pk__in=whom.customers)),
        "addresses": plain(Address.objects.of(store).filter(**mine)),
        "consents": plain(Consent.objects.of(store).filter(**mine)),
        "orders": plain(orders),
        "order_lines": plain(OrderLine.objects.of(store).filter(order__in=orders)),
        "refunds": plain(Refund.objects.of(store).filter(order__in=orders)),
        "devices": plain(Link.objects.of(store).filter(theirs)),
        "visits": plain(Session.objects.of(store).filter(theirs)),
        "interactions": plain(Interaction.objects.of(store).filter(theirs)),
        "events": events,
        "decisions": plain(chosen),
        "outcomes": outcomes,
        "credited": plain(Credited.objects.of(store).filter(order__in=orders)),
        "tests": plain(seen),
        "numbers": plain(CustomerFeatures.objects.of(store).filter(**mine)),
        "picks": plain(Shelf.objects.of(store).filter(subject__in=subjects)),
        "shown": plain(Shown.objects.of(store).filter(visitor__in=whom.visitors)),
    }
    return [(name, LABELS[name], read) for name, read in found.items()]


def plain(rows: QuerySet[Any]) -> Read:
    def read(start: int, end: int) -> Rows:
        return [told(row) for row in rows.order_by("pk")[start:end]]

    return read


def told(row: Model) -> dict[str, Any]:
    found = {}
    for field in row._meta.concrete_fields:
        if field.name not in OURS:
            found[field.name] = value_of(getattr(row, field.attname))
    return found


def each(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value_of(value) for name, value in row.items()}


def value_of(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value
