"""Orders of products that were seen on a shelf and not clicked. Off unless the merchant
says otherwise: who is shown what they came for would have bought it anyway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from apps.accounts.models import Store
from apps.decisions.models import Decision, Outcome
from apps.events.models import Interaction
from apps.outcomes.models import Credited, OutcomeSettings
from apps.outcomes.services.books import ORDER_VIEWED, book
from apps.outcomes.services.tie import AT_ONCE, SOURCE, credited, lines_of, who
from apps.shop.models import OrderLine

# What the decision log calls a shelf that was filled.
SHELF = "recommendations.served"
# Clicks are told late now and then, and outdo it.
SETTLED = timedelta(hours=1)
Shown = defaultdict[str, list[tuple[datetime, UUID, frozenset[int]]]]


def credit_seen(store: Store, start: datetime, end: datetime, at: datetime) -> int:
    """Join orders of this time; how many rows the log has gained."""
    settings = OutcomeSettings.objects.for_store(store)
    if not settings.view_through:
        return 0
    deeds = Interaction.objects.of(store).filter(
        type="order", at__gte=start, at__lt=min(end, at - SETTLED)
    )
    keys = list(deeds.order_by("at", "pk").values_list("pk", flat=True))
    orders: set[int] = set()
    for first in range(0, len(keys), AT_ONCE):
        part = Interaction.objects.of(store).filter(
            pk__in=keys[first : first + AT_ONCE]
        )
        fresh = without_credit(store, list(part.select_related("customer")))
        orders |= credit_some(store, fresh, settings)
    return book(store, sorted(orders), at)


def without_credit(store: Store, deeds: Sequence[Interaction]) -> list[Interaction]:
    sources = [source_of(deed) for deed in deeds]
    told = Outcome.objects.of(store).filter(kind=Outcome.Kind.ORDER, source__in=sources)
    noted = Credited.objects.of(store).filter(source__in=sources)
    taken = {*told.values_list("source", flat=True)}
    taken |= {*noted.values_list("source", flat=True)}
    return [deed for deed in deeds if source_of(deed) not in taken]


def source_of(deed: Interaction) -> str:
    return f"{SOURCE}{deed.pk}"


def credit_some(
    store: Store, deeds: Sequence[Interaction], settings: OutcomeSettings
) -> set[int]:
    if not deeds:
        return set()
    shown = shown_to(store, deeds, settings)
    lines = lines_of(store, deeds)
    rows = []
    for deed in deeds:
        decision = last_seen(deed, shown, settings)
        line = lines.get(source_of(deed))
        if decision is not None and line is not None:
            rows.append(viewed(deed, decision, line))
    Credited.objects.bulk_create(rows, ignore_conflicts=True)
    return {row.order_id for row in rows}


def viewed(deed: Interaction, decision: UUID, line: OrderLine) -> Credited:
    told = Outcome(
        store_id=deed.store_id,
        decision_id=decision,
        kind=ORDER_VIEWED,
        source=source_of(deed),
    )
    return credited(told, line, is_viewed=True)


def subjects_of(deed: Interaction) -> list[str]:
    """As the decision log names who ordered."""
    found = [f"visitor:{deed.visitor}"] if deed.visitor else []
    people = {deed.customer_id, who(deed)} - {None, 0}
    return found + [f"customer:{one}" for one in sorted(people)]  # type: ignore[type-var]


def shown_to(
    store: Store, deeds: Sequence[Interaction], settings: OutcomeSettings
) -> Shown:
    moments = [deed.at for deed in deeds]
    rows = Decision.objects.of(store).filter(
        kind=SHELF,
        subject__in={subject for deed in deeds for subject in subjects_of(deed)},
        created_at__gte=min(moments) - settings.view_window,
        created_at__lte=max(moments),
    )
    found: Shown = defaultdict(list)
    for pk, subject, chosen, at in rows.values_list(
        "pk", "subject", "chosen", "created_at"
    ):
        products = frozenset((chosen or {}).get("products", ()))
        found[subject].append((at, pk, products))
    return found


def last_seen(
    deed: Interaction, shown: Shown, settings: OutcomeSettings
) -> UUID | None:
    fitting = [
        (at, decision)
        for subject in subjects_of(deed)
        for at, decision, products in shown[subject]
        if deed.at - settings.view_window <= at <= deed.at
        if deed.product_id in products
    ]
    return max(fitting)[1] if fitting else None
