"""How often banners were shown and clicked.

A click is the page's own event, `banner_clicked`, which names the decision that chose the
banner. Pages may name anything: only a banner that this visitor was shown was clicked.
The span that is looked at overlaps the last one; each event joins once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef
from django.db.models.fields.json import KT

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.decisions.services.outcomes import join_all
from apps.events.services.analytics.span import Span
from apps.events.services.engines.chosen import engine

# What the decision log calls a banner that was chosen, and whoever was nobody known: that
# answer is kept and shown to many.
BANNER, NOBODY = "storefront.banner", "nobody"
NAME = "banner_clicked"
COLUMNS = ("id", "at", "visitor", "properties")
AT_ONCE = 400
# How the source of such a click begins.
SOURCE = "banner:"


def join_clicks(store: Store, start: datetime, end: datetime) -> int:
    """Clicks of this time; how many outcomes were new."""
    events = engine().between(store, start, end, ("custom",), COLUMNS)
    told = [
        (event, at, visitor, decision)
        for event, at, visitor, said in events.select(COLUMNS).iter_rows()
        if NAME in said and (decision := decision_in(said)) is not None
    ]
    parts = range(0, len(told), AT_ONCE)
    return sum(join_all(store, clicks(store, told[n : n + AT_ONCE])) for n in parts)


def decision_in(properties: str) -> UUID | None:
    said = json.loads(properties)
    if said.get("name") != NAME:
        return None
    try:
        return UUID(str(said.get("properties", {}).get("decision")))
    except ValueError:
        return None


def clicks(
    store: Store, told: Sequence[tuple[str, datetime, str, UUID]]
) -> list[Outcome]:
    rows = Decision.objects.of(store).filter(
        kind=BANNER, pk__in={decision for *_, decision in told}
    )
    made = {
        pk: (subject, chosen)
        for pk, subject, chosen in rows.values_list("pk", "subject", "chosen")
    }
    return [
        Outcome(
            store=store,
            decision_id=decision,
            kind=Outcome.Kind.CLICK,
            source=f"{SOURCE}{(made[decision][1] or {}).get('banner')}:{event}",
            occurred_at=at,
        )
        for event, at, visitor, decision in told
        if decision in made and is_for(made[decision][0], visitor)
    ]


def is_for(subject: str, visitor: str) -> bool:
    """A customer's may be clicked on any of their devices, a copy for all by anybody."""
    return not subject.startswith("visitor:") or subject == f"visitor:{visitor}"


@dataclass(frozen=True)
class Shown:
    """To people of one segment. `clicked` are showings that led to a click or more."""

    banner: int
    segment: str
    shown: int
    clicked: int


def of_people(span: Span) -> list[Shown]:
    """Banners that visitors were shown in these days, by banner and segment."""
    clicked = Outcome.objects.of(span.store).filter(
        kind=Outcome.Kind.CLICK, decision_id=OuterRef("pk")
    )
    rows: Any = (
        chosen_in(span)
        .exclude(subject=NOBODY)
        .order_by()
        .values(banner=KT("chosen__banner"), segment=KT("reason__facts__segment"))
        .annotate(shown=Count("pk"), clicked=Count("pk", filter=Exists(clicked)))
    )
    found = [Shown(**{**row, "banner": int(row["banner"])}) for row in rows]
    return sorted(found, key=lambda one: (one.banner, one.segment))


def of_copies(span: Span, banner: int) -> int:
    """Clicks on copies of a page, which are the same for all: nobody counts how often
    those are shown."""
    copies = chosen_in(span).filter(subject=NOBODY)
    told = Outcome.objects.of(span.store).filter(
        kind=Outcome.Kind.CLICK,
        decision_id__in=copies.values("pk"),
        source__startswith=f"{SOURCE}{banner}:",
    )
    return told.count()


def chosen_in(span: Span) -> Any:
    return Decision.objects.of(span.store).filter(
        kind=BANNER, created_at__gte=span.start, created_at__lt=span.end
    )
