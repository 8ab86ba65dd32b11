"""How often decisions worked, day by day: what brains show of their live success."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.decisions.models.decision import DecisionQuerySet
from apps.registry.services.trials import Trials


def by_day(
    store: Store,
    kind: str,
    since: datetime,
    until: datetime,
    *,
    where: Q | None = None,
    outcome: str = Outcome.Kind.CLICK,
) -> list[Trials]:
    """Decisions of a kind by the store's own days, and how many had the outcome.

    `where`: only these, such as Q(model_version__startswith="recommendations.hero#").
    """
    decisions = Decision.objects.of(store).filter(
        where or Q(), kind=kind, created_at__gte=since, created_at__lt=until
    )
    # From the side of outcomes, which are few: no look-up for each decision.
    worked = Outcome.objects.of(store).filter(kind=outcome, occurred_at__gte=since)
    tries = counts(decisions, store)
    hits = counts(decisions.filter(pk__in=worked.values("decision_id")), store)
    return [Trials(day, tries[day], hits.get(day, 0)) for day in sorted(tries)]


def counts(decisions: DecisionQuerySet, store: Store) -> dict[date, int]:
    days = decisions.annotate(day=TruncDate("created_at", tzinfo=store.zone))
    return dict(days.values_list("day").annotate(count=Count("pk")).order_by())
