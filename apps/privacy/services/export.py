"""Everything that is held about a person, by table, with plain names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError
from apps.decisions.models import Decision, Outcome
from apps.events.models import Interaction, Link, Session
from apps.events.services.engines.chosen import engine
from apps.experiments.models import Exposure
from apps.features.models import CustomerFeatures
from apps.outcomes.models import Credited
from apps.privacy.services.whom import Whom
from apps.recommendations.models import Shelf, Shown
from apps.segmentation.models import CustomerValue, Member, Place, RfmScore
from apps.shop.models import Address, Consent, Customer, Order, OrderLine, Refund

# What tells of our own keeping and not of the person.
OURS = frozenset(("store", "id", "created_at", "updated_at"))
# Rows of a section at a time, where it is asked for so; and where all are.
PART = 500
AT_ONCE = 5_000
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
    "scores": "How lately, how often and for how much you bought, beside others",
    "values": "What you were expected to order, and how likely",
    "segments": "Groups of customers that you were in",
    "learned_segments": "Groups that you were put into by what you did",
    "picks": "Products that were picked for you",
    "shown": "Products that you were shown of late",
}
SECTIONS = tuple(LABELS)
Rows = list[dict[str, Any]]
# So many rows behind that one ("" for the first); and the last one's key, "" at the end.
Read = Callable[[str, int], tuple[Rows, str]]


def tell(
    store: Store, whom: Whom, at: datetime, counts: dict[str, int]
) -> Iterator[str]:
    """The whole, as JSON, a part in memory at a time: somebody's life may be a million
    rows. Cut off, it is no JSON any more. `counts` fills up: how many rows of what."""
    yield dumps(head(store, at))[:-1] + ', "sections": ['
    for place, (name, label, read) in enumerate(readers(store, whom)):
        comma, about = "," if place else "", dumps({"name": name, "label": label})
        yield f'{comma}\n{about[:-1]}, "rows": ['
        counts[name], after, is_first = 0, "", True
        while is_first or after:
            rows, after = read(after, AT_ONCE)
            comma = "" if is_first or not rows else ","
            yield comma + ",".join(f"\n{dumps(row)}" for row in rows)
            counts[name] += len(rows)
            is_first = False
        yield "]}"
    yield "]}\n"


def dumps(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False)


def tell_part(
    store: Store, whom: Whom, at: datetime, section: str, after: str
) -> dict[str, Any]:
    """A section's rows behind that one, and where to go on; None at the end."""
    name, label, read = next(r for r in readers(store, whom) if r[0] == section)
    try:
        rows, last = read(after, PART)
    except (ValueError, ValidationError):
        if not after:
            raise
        raise InvalidInputError("There is no such row to go on behind.") from None
    following: dict[str, str] | None = {"section": name, "after": last}
    if not last:
        place = SECTIONS.index(name) + 1
        has_more = place < len(SECTIONS)
        following = {"section": SECTIONS[place], "after": ""} if has_more else None
    sections = [{"name": name, "label": label, "rows": rows}]
    return {**head(store, at), "sections": sections, "next": following}


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

    of_chosen = Outcome.objects.of(store).filter(decision_id__in=chosen.values("pk"))

    def events(after: str, most: int) -> tuple[Rows, str]:
        said = engine().told(store, whom.visitors, whom.numbers, most, after)
        last = said[-1]["id"] if len(said) == most else ""
        return [each(row) for row in said], last

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
        "outcomes": plain(of_chosen),
        "credited": plain(Credited.objects.of(store).filter(order__in=orders)),
        "tests": plain(seen),
        "numbers": plain(CustomerFeatures.objects.of(store).filter(**mine)),
        "scores": plain(RfmScore.objects.of(store).filter(**mine)),
        "values": plain(CustomerValue.objects.of(store).filter(**mine)),
        "segments": groups(Member.objects.of(store).filter(**mine)),
        "learned_segments": plain(Place.objects.of(store).filter(**mine)),
        "picks": plain(Shelf.objects.of(store).filter(subject__in=subjects)),
        "shown": plain(Shown.objects.of(store).filter(visitor__in=whom.visitors)),
    }
    return [(name, LABELS[name], read) for name, read in found.items()]


def plain(rows: QuerySet[Any]) -> Read:
    def read(after: str, most: int) -> tuple[Rows, str]:
        behind = rows.filter(pk__gt=after) if after else rows
        part = list(behind.order_by("pk")[:most])
        return [told(row) for row in part], str(part[-1].pk) if len(
            part
        ) == most else ""

    return read


def groups(rows: QuerySet[Member]) -> Read:
    """By name: a number says nothing to whom it is about."""

    def read(after: str, most: int) -> tuple[Rows, str]:
        behind = rows.filter(pk__gt=after) if after else rows
        named = behind.values("pk", "entered_at", "left_at", group=F("segment__name"))
        part: Rows = [dict(row) for row in named.order_by("pk")[:most]]
        ids = [str(row.pop("pk")) for row in part]
        last = ids[-1] if len(ids) == most else ""
        return [each(row) for row in part], last

    return read


def told(row: Model) -> dict[str, Any]:
    found = {}
    for field in row._meta.concrete_fields:
        if field.name not in OURS:
            found[field.name] = value_of(getattr(row, field.attname))
    return found


def each(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value_of(row[name]) for name in row if name not in OURS}


def value_of(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value
