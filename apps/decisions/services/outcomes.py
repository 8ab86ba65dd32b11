"""Join what happened later to the decision it came from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError, UnknownError
from apps.decisions.models import Decision, Outcome


def join(
    decision: tuple[Store, UUID],
    kind: str,
    source: str,
    at: datetime,
    *,
    amount: Decimal | None = None,
    currency: str = "",
) -> Outcome:
    """Join one outcome; the same one again changes nothing.

    A refund's amount is positive. A decision of another store is unknown.
    """
    store, decision_id = decision
    if amount is not None and not currency:
        raise InvalidInputError("An amount has a currency.")
    if kind == Outcome.Kind.REFUND and (amount is None or amount < 0):
        raise InvalidInputError("A refund has a positive amount.")
    if not Decision.objects.of(store).by_id(decision_id).exists():
        raise UnknownError("There is no such decision.")
    outcome, _ = Outcome.objects.get_or_create(
        store=store,
        decision_id=decision_id,
        kind=kind,
        source=source,
        defaults={"amount": amount, "currency": currency, "occurred_at": at},
    )
    return outcome


def join_all(store: Store, outcomes: Sequence[Outcome]) -> int:
    """Many at once, not yet saved; how many were new. Those of decisions that this
    store never made are left out."""
    wanted = {one.decision_id for one in outcomes}
    made = Decision.objects.of(store).filter(pk__in=wanted)
    known = set(made.values_list("pk", flat=True))
    mine = [one for one in outcomes if one.decision_id in known]
    before = Outcome.objects.of(store).filter(decision_id__in=known)
    there = set(before.values_list("decision_id", "kind", "source"))
    new = [o for o in mine if (o.decision_id, o.kind, o.source) not in there]
    Outcome.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    return len(new)


def net(store: Store, decision_id: UUID) -> dict[str, Decimal]:
    """By currency: orders less refunds."""
    rows = (
        Outcome.objects.of(store)
        .filter(
            decision_id=decision_id, kind__in=(Outcome.Kind.ORDER, Outcome.Kind.REFUND)
        )
        .exclude(amount=None)
        .values("currency", "kind")
        .annotate(total=Sum("amount"))
    )
    sums: dict[str, Decimal] = {}
    for row in rows:
        sign = -1 if row["kind"] == Outcome.Kind.REFUND else 1
        currency = row["currency"]
        sums[currency] = sums.get(currency, Decimal(0)) + sign * row["total"]
    return sums
