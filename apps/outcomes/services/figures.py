"""What the page says: each rule's figures, and where they contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Sum

from apps.accounts.models import Store
from apps.events.services.analytics.span import Span
from apps.outcomes.models import Credit, Credited, Rule
from apps.outcomes.services.periods import LABELS, UNATTRIBUTED

ZERO = Decimal(0)
# Rules disagree where the lowest share is less than two thirds of the highest one.
DISAGREE = Decimal(1) / 3
# What brings less than so much of all is not worth a quarrel.
LEAST_SHARE = Decimal("0.05")
PICKS = "picks"


@dataclass(frozen=True)
class Table:
    """Credit of one period and currency, by channel and rule."""

    currency: str
    rows: dict[str, dict[str, Credit]] = field(default_factory=dict)

    @property
    def channels(self) -> list[str]:
        """The strongest by any rule first; what no visit led to comes last."""

        def rank(channel: str) -> tuple[bool, Decimal, str]:
            most = max(row.revenue for row in self.rows[channel].values())
            return channel == UNATTRIBUTED, -most, channel

        return sorted(self.rows, key=rank)

    def amount(self, channel: str, rule: str, measure: str) -> Decimal:
        row = self.rows.get(channel, {}).get(rule)
        found: Decimal | None = getattr(row, measure) if row else None
        return found or ZERO

    def total(self, measure: str) -> Decimal:
        """The same by each rule."""
        rule = Rule.LAST_TOUCH
        return sum((self.amount(one, rule, measure) for one in self.rows), ZERO)

    def share(self, channel: str, rule: str, measure: str) -> Decimal | None:
        total = self.total(measure)
        return self.amount(channel, rule, measure) / total if total > 0 else None


def currencies(store: Store, days: int) -> list[str]:
    """Of which there is credit; the store's own first."""
    rows = Credit.objects.of(store).filter(days=days).order_by()
    found = set(rows.values_list("currency", flat=True).distinct())
    return sorted(found | {store.currency}, key=lambda c: (c != store.currency, c))


def table(store: Store, days: int, currency: str) -> Table:
    found: defaultdict[str, dict[str, Credit]] = defaultdict(dict)
    for row in Credit.objects.of(store).filter(days=days, currency=currency):
        found[row.channel][row.rule] = row
    return Table(currency, dict(found))


def disagreements(found: Table, measure: str) -> list[str]:
    """Channels of which the rules say things too different to act on."""
    return [
        channel
        for channel in found.channels
        if channel != UNATTRIBUTED
        if is_disputed([found.share(channel, rule, measure) for rule in Rule])
    ]


def is_disputed(shares: Iterable[Decimal | None]) -> bool:
    known = [share for share in shares if share is not None]
    if not known:
        return False
    high = max(known)
    return high >= LEAST_SHARE and high - min(known) > high * DISAGREE


def label(channel: str) -> str:
    return LABELS.get(channel, channel)


@dataclass(frozen=True)
class OfShelves:
    """Orders of the period that a shelf was credited with."""

    is_viewed: bool
    orders: int
    revenue: Decimal
    refunded: Decimal
    margin: Decimal | None

    @property
    def net(self) -> Decimal:
        return self.revenue - self.refunded


def of_shelves(span: Span, currency: str) -> Sequence[OfShelves]:
    """By the click, and apart from that by having been seen."""
    rows = (
        Credited.objects.of(span.store)
        .standing()
        .filter(ordered_at__gte=span.start, ordered_at__lt=span.end, currency=currency)
        .order_by()
        .values("is_viewed")
        .annotate(
            orders=Count("order", distinct=True),
            sold=Sum("revenue"),
            back=Sum("refunded"),
            left=Sum("margin"),
        )
    )
    found = {
        row["is_viewed"]: OfShelves(
            row["is_viewed"], row["orders"], row["sold"], row["back"], row["left"]
        )
        for row in rows
    }
    nothing = OfShelves(
        is_viewed=False, orders=0, revenue=ZERO, refunded=ZERO, margin=None
    )
    return [found.get(False, nothing), *([found[True]] if True in found else [])]
