"""Give visitors' rows to whom they belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.accounts.models import Store
from apps.events.models import Interaction, Link, Session

# Which moment of a row decides: a visit belongs to whom it ended with.
DATED = ((Interaction, "at"), (Session, "last_at"))
AT_ONCE = 2_000
Window = tuple[datetime, datetime]


def attribute(
    store: Store, visitors: Iterable[str], window: Window | None = None
) -> Counter[str]:
    """As Timeline.customer_at says, in the database. How many rows went to someone else,
    by visitor."""
    moved: Counter[str] = Counter()
    names = sorted(set(visitors))
    for start in range(0, len(names), AT_ONCE):
        part = names[start : start + AT_ONCE]
        for model, field in DATED:
            rows: QuerySet[Any] = model._default_manager.filter(
                store=store, visitor__in=part
            )
            if window is not None:
                rows = rows.filter(**{f"{field}__range": window})
            wrong = rows.annotate(found=owner(store, field)).filter(is_other())
            moved.update(list(wrong.order_by().values_list("visitor", flat=True)))
            wrong.update(customer=owner(store, field))
    return moved


def owner(store: Store, field: str) -> Coalesce:
    links = Link.objects.of(store).filter(visitor=OuterRef("visitor"))
    latest = links.filter(first_at__lte=OuterRef(field))
    latest = latest.order_by("-first_at", "-customer")
    first = links.order_by("first_at", "customer")
    return Coalesce(
        Subquery(latest.values("customer")[:1]), Subquery(first.values("customer")[:1])
    )


def is_other() -> Q:
    nobody_now = Q(customer__isnull=True)
    nobody_then = Q(found__isnull=True)
    return (
        (nobody_now & ~nobody_then)
        | (~nobody_now & nobody_then)
        | (~nobody_now & ~nobody_then & ~Q(customer_id=F("found")))
    )
