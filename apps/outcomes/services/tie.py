"""From an order that a click was credited with to the line in the shop's books.

An order's page says its number; what it says is believed where an order of that number
was placed within the hour and has the product. Else the customer's order of that hour
with the product is meant.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from apps.accounts.models import Store
from apps.decisions.models import Outcome
from apps.events.models import Interaction
from apps.events.services.engines.chosen import engine
from apps.outcomes.models import Credited
from apps.shop.models import Order, OrderLine

# Between an order and the page that tells of it.
NEAR = timedelta(hours=1)
AT_ONCE = 400
SOURCE = "interaction:"
DAY = timedelta(days=1)
# Digits of an event's id that its order's further lines share.
HEAD = 24


def tie(store: Store, since: datetime | None, at: datetime) -> list[int]:
    """Tie what was credited and is not tied yet; returns the orders that it was."""
    tied = Credited.objects.of(store).filter(
        decision_id=OuterRef("decision_id"), source=OuterRef("source"), is_viewed=False
    )
    waiting = Outcome.objects.of(store).filter(
        ~Exists(tied), kind=Outcome.Kind.ORDER, source__startswith=SOURCE
    )
    if since is not None:
        waiting = waiting.filter(occurred_at__gte=since)
    keys = list(waiting.order_by("occurred_at", "pk").values_list("pk", flat=True))
    found: set[int] = set()
    for start in range(0, len(keys), AT_ONCE):
        part = Outcome.objects.of(store).filter(pk__in=keys[start : start + AT_ONCE])
        found |= tie_some(store, list(part), at)
    return sorted(found)


def tie_some(store: Store, told: Sequence[Outcome], at: datetime) -> set[int]:
    deeds = Interaction.objects.of(store).filter(
        pk__in=[UUID(one.source.removeprefix(SOURCE)) for one in told]
    )
    lines = lines_of(store, list(deeds.select_related("customer")))
    rows = [
        credited(one, lines[one.source], is_viewed=False)
        for one in told
        if one.source in lines
    ]
    numbers = [row.line_number for row in rows]
    with transaction.atomic():
        # A click outdoes having been seen.
        seen = Credited.objects.of(store).standing()
        seen.filter(is_viewed=True, line_number__in=numbers).update(undone_at=at)
        Credited.objects.bulk_create(rows, ignore_conflicts=True)
    return {row.order_id for row in rows}


def credited(told: Outcome, line: OrderLine, *, is_viewed: bool) -> Credited:
    return Credited(
        store_id=told.store_id,
        decision_id=told.decision_id,
        source=told.source,
        is_viewed=is_viewed,
        order_id=line.order_id,
        line=line,
        line_number=line.pk,
        ordered_at=line.order.placed_at,
        currency=line.order.currency,
        revenue=line.total,
    )


def lines_of(store: Store, deeds: Sequence[Interaction]) -> dict[str, OrderLine]:
    """By source. Each line once; in the order in which the page named them."""
    numbers = numbers_of(store, deeds)
    named = by_number(store, set(numbers.values()))
    guessed = by_customer(store, [deed for deed in deeds if deed.pk not in numbers])
    taken: set[int] = set()
    found = {}
    for deed in sorted(deeds, key=lambda one: one.pk.int):
        woo_id = numbers.get(deed.pk)
        orders = guessed[who(deed)] if woo_id is None else [named.get(woo_id)]
        line = line_of(deed, orders, taken)
        if line is not None:
            taken.add(line.pk)
            found[f"{SOURCE}{deed.pk}"] = line
    return found


def numbers_of(store: Store, deeds: Sequence[Interaction]) -> dict[UUID, int]:
    """The shop's number of each deed's order, as its event said. A day of events at a
    time: those that wait may lie a week apart."""
    days = {deed.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            for deed in deeds}  # fmt: skip
    said: dict[str, int] = {}
    for day in sorted(days):
        events = engine().between(
            store, day, day + DAY, ("order",), ("id", "properties")
        )
        for key, properties in events.select("id", "properties").iter_rows():
            number = number_in(properties)
            if number is not None:
                said[key[:HEAD]] = number
    heads = {deed.pk: deed.pk.hex[:HEAD] for deed in deeds}
    return {pk: said[head] for pk, head in heads.items() if head in said}


def number_in(properties: str) -> int | None:
    try:
        number = json.loads(properties)["order"]
    except (ValueError, KeyError, TypeError):
        return None
    return number if isinstance(number, int) else None


def by_number(store: Store, numbers: Iterable[int]) -> dict[int | None, Order]:
    rows = Order.objects.of(store).placed().filter(woo_id__in=list(numbers))
    return {order.woo_id: order for order in rows.prefetch_related("lines")}


def by_customer(
    store: Store, deeds: Sequence[Interaction]
) -> defaultdict[int, list[Order]]:
    found: defaultdict[int, list[Order]] = defaultdict(list)
    people = {who(deed) for deed in deeds} - {0}
    if not people:
        return found
    moments = [deed.at for deed in deeds]
    rows = Order.objects.of(store).placed().filter(
        customer__in=people,
        placed_at__range=(min(moments) - NEAR, max(moments) + NEAR),
    )  # fmt: skip
    for order in rows.order_by("placed_at", "pk").prefetch_related("lines"):
        found[order.customer_id or 0].append(order)
    return found


def who(deed: Interaction) -> int:
    """The person that the customer was found to be; 0 is nobody known."""
    if deed.customer is None:
        return 0
    return deed.customer.merged_into_id or deed.customer.pk


def line_of(
    deed: Interaction, orders: Sequence[Order | None], taken: set[int]
) -> OrderLine | None:
    """The likeliest: of the same size and number of pieces, if there is one."""
    fitting = [
        line
        for order in orders
        if order is not None and abs(order.placed_at - deed.at) <= NEAR
        for line in order.lines.all()
        if line.product_id == deed.product_id and line.pk not in taken
    ]

    def unlike(line: OrderLine) -> tuple[bool, bool, int]:
        is_other_size = line.variant_id != deed.variant_id
        return is_other_size, line.quantity != deed.quantity, line.pk

    return min(fitting, key=unlike, default=None)
