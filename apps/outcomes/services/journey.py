"""The way of one customer to one order, touch by touch, with what each rule gives them.

Worked out when asked, in plain Python: the web knows no numpy. The rules are those of
ml_models/attribution.py; a test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from apps.accounts.models import Store
from apps.decisions.models import Outcome
from apps.events.models import Interaction, Session
from apps.outcomes.models import Credit, OutcomeSettings, Rule
from apps.outcomes.services.periods import PERIODS, UNATTRIBUTED
from apps.shop.models import Customer, Order

PICKS, UNKNOWN = "picks", "unknown"
HALF_LIFE = timedelta(days=7)
# A machine's visits: nobody's journey.
MOST_TOUCHES = 2_000


@dataclass(frozen=True)
class Touch:
    """`weights` by rule; of one journey those of a rule add up to 1. A rule that cannot
    tell yet is not there."""

    channel: str
    at: datetime
    weights: dict[str, float]


@dataclass(frozen=True)
class Journey:
    touches: tuple[Touch, ...]

    def share(self, rule: str) -> dict[str, float]:
        """By channel."""
        found: Counter[str] = Counter()
        for touch in self.touches:
            if rule in touch.weights:
                found[touch.channel] += touch.weights[rule]  # type: ignore[assignment]
        return dict(found)


Met = tuple[datetime, str]


def journey(order: Order) -> Journey:
    window = OutcomeSettings.objects.for_store(order.store).journey_window
    met = touched(order, window) if order.customer_id else []
    by_rule = {rule: given for rule in Rule if (given := weigh(rule, order.store, met))}
    return Journey(
        tuple(
            Touch(channel, at, {rule: given[n] for rule, given in by_rule.items()})
            for n, (at, channel) in enumerate(met)
        )
    )


def touched(order: Order, window: timedelta) -> list[Met]:
    """Visits and clicks on shelves before the order, in time's order."""
    store, end = order.store, order.placed_at
    people = Customer.objects.of(store).filter(
        Q(pk=order.customer_id) | Q(merged_into=order.customer_id)
    )
    ids = list(people.values_list("pk", flat=True))
    span = (end - window, end)
    visits = Session.objects.of(store).of_people()
    visits = visits.filter(customer__in=ids, started_at__range=span)
    met = [
        (at, channel or UNKNOWN)
        for at, channel in visits.values_list("started_at", "channel")[
            : MOST_TOUCHES + 1
        ]
    ]
    met += [(at, PICKS) for at in clicked(store, ids, span)]
    met.sort(key=lambda one: (one[0], one[1] == PICKS))
    once = [
        one
        for before, one in zip([None, *met], met, strict=False)
        if not (before and before[1] == one[1] == PICKS)
    ]
    return [] if len(once) > MOST_TOUCHES else once


def clicked(
    store: Store, people: Sequence[int], span: tuple[datetime, datetime]
) -> list[datetime]:
    """Of those that the decision log knows: pages may claim any."""
    deeds = Interaction.objects.of(store).filter(
        customer__in=people, type="recommendation_clicked", at__range=span
    )
    rows = dict(deeds.values_list("pk", "at")[:MOST_TOUCHES])
    told = Outcome.objects.of(store).filter(
        kind=Outcome.Kind.CLICK, occurred_at__in=set(rows.values())
    )
    known = {key for source in told.values_list("source", flat=True)
             if (key := source.rpartition(":")[2])}  # fmt: skip
    return [at for pk, at in rows.items() if is_known(pk, known)]


def is_known(pk: UUID, known: set[str]) -> bool:
    return pk.hex in known or str(pk) in known


def weigh(rule: Rule, store: Store, met: Sequence[Met]) -> list[float]:
    """Of each touch; empty where the rule cannot tell."""
    if not met:
        return []
    counts = COUNTS[rule](met) if rule in COUNTS else by_channel(store, met)
    whole = sum(counts)
    return [count / whole for count in counts] if whole else []


def last_touch(met: Sequence[Met]) -> list[float]:
    return [0.0] * (len(met) - 1) + [1.0]


def linear(met: Sequence[Met]) -> list[float]:
    return [1.0] * len(met)


def position_based(met: Sequence[Met]) -> list[float]:
    """40 % to the first, 40 % to the last, the rest to those between."""
    between = 0.2 / max(len(met) - 2, 1)
    return [0.4 if n in (0, len(met) - 1) else between for n in range(len(met))]


def time_decay(met: Sequence[Met]) -> list[float]:
    last: datetime = met[-1][0]
    return [float(0.5 ** ((last - at) / HALF_LIFE)) for at, _ in met]


COUNTS: dict[Rule, Callable[[Sequence[Met]], list[float]]] = {
    Rule.LAST_TOUCH: last_touch,
    Rule.LINEAR: linear,
    Rule.POSITION_BASED: position_based,
    Rule.TIME_DECAY: time_decay,
}


def by_channel(store: Store, met: Sequence[Met]) -> list[float]:
    """That rule knows no single journeys: what the channels weigh in all of them lately,
    split among a channel's touches here."""
    rows = Credit.objects.of(store).filter(
        rule=Rule.MARKOV, days=max(PERIODS), currency=store.currency
    )
    rows = rows.exclude(channel=UNATTRIBUTED)
    weights = dict(rows.values_list("channel", "orders"))
    often = Counter(channel for _, channel in met)
    return [weights.get(channel, 0.0) / often[channel] for _, channel in met]
