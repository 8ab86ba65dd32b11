"""Orders whose dates cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F, Min
from django.db.models.functions import Coalesce, TruncDate

from apps.accounts.models import Store
from apps.shop.models import Order
from apps.shop.models.orders import OrderQuerySet
from apps.sync.services.quality.check import Check, Oddity, counted, day

# Clocks of two servers never agree quite.
SLACK = timedelta(hours=1)
# The shop notes both in the same request.
PAID_SLACK = timedelta(minutes=1)
# Older than online shops with WooCommerce can be.
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
WINDOW = timedelta(days=90)
# With fewer orders a day, a day without any is chance.
BUSY = 10


def orders(store: Store) -> OrderQuerySet:
    return Order.objects.of(store).placed().order_by("pk")


def in_the_future(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = orders(store).filter(placed_at__gt=at + SLACK)
    for pk, number, placed_at in rows.values_list("pk", "number", "placed_at"):
        text = f"Order #{number} was placed on {day(placed_at, store)}, in the future."
        yield Oddity(f"order:{pk}", text)


def long_ago(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = orders(store).filter(placed_at__lt=OLDEST)
    for pk, number, placed_at in rows.values_list("pk", "number", "placed_at"):
        text = f"Order #{number} was placed on {day(placed_at, store)}, before 2000."
        yield Oddity(f"order:{pk}", text)


def paid_too_early(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = orders(store).filter(paid_at__lt=F("placed_at") - PAID_SLACK)
    names = ("pk", "number", "paid_at", "placed_at")
    for pk, number, paid_at, placed_at in rows.values_list(*names):
        text = (
            f"Order #{number} was paid on {day(paid_at, store)}, before it was placed "
            f"on {day(placed_at, store)}."
        )
        yield Oddity(f"order:{pk}", text)


def changed_before_made(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = orders(store).annotate(made_at=Coalesce("source_created_at", "placed_at"))
    late = rows.filter(source_modified_at__lt=F("made_at"))
    names = ("pk", "number", "source_modified_at", "made_at")
    for pk, number, changed_at, made_at in late.values_list(*names):
        text = (
            f"Order #{number} was last changed on {day(changed_at, store)}, before it "
            f"was made on {day(made_at, store)}."
        )
        yield Oddity(f"order:{pk}", text)


def empty_days(store: Store, at: datetime) -> Iterator[Oddity]:
    """Whole days in the store's time zone, between its first and its last order."""
    today = at.astimezone(store.zone).date()
    since = at - WINDOW
    recent = orders(store).filter(placed_at__gt=since, placed_at__lte=at)
    days = recent.order_by().annotate(on=TruncDate("placed_at", tzinfo=store.zone))
    counts = dict(days.values_list("on").annotate(n=Count("pk")))
    first = min(counts, default=today)
    number = (today - first).days
    whole = sum(n for on, n in counts.items() if on != today)
    if number < 2 or whole <= BUSY * number:
        return
    for step in range(1, number):
        on = first + timedelta(days=step)
        if on not in counts:
            text = (
                f"There is no order on {on.day} {on:%B %Y}; your shop has "
                f"{whole // number} a day."
            )
            yield Oddity(f"day:{on.isoformat()}", text)


def other_currencies(store: Store, at: datetime) -> Iterator[Oddity]:
    rows = Order.objects.of(store).placed().exclude(currency=store.currency)
    groups = rows.values("currency").annotate(n=Count("pk"), first_at=Min("placed_at"))
    for row in groups.order_by("currency"):
        count, first = counted(row["n"], "order"), day(row["first_at"], store)
        text = (
            f"{count} in {row['currency'] or 'no currency'} and not in "
            f"{store.currency}, the first of {first}."
        )
        yield Oddity(f"currency:{row['currency']}", text)


CHECKS = (
    Check(
        "orders.in_the_future",
        "Orders placed in the future",
        "Open the order in your shop and correct its date. If all new orders are "
        "affected, correct the time zone under Settings, General in WordPress.",
        in_the_future,
    ),
    Check(
        "orders.long_ago",
        "Orders placed before 2000",
        "Open the order in your shop and set the day on which it was really placed.",
        long_ago,
    ),
    Check(
        "orders.paid_too_early",
        "Orders paid before they were placed",
        "Compare with your payment provider and correct the order's date in your shop.",
        paid_too_early,
    ),
    Check(
        "orders.changed_before_made",
        "Orders changed before they were made",
        "Open the order in your shop and save it once: that sets the date of change.",
        changed_before_made,
    ),
    Check(
        "orders.empty_day",
        "Days without any order",
        "If the shop was closed or down on that day, nothing is wrong. If not, choose "
        "Compare with the shop now under Syncs.",
        empty_days,
    ),
    Check(
        "orders.other_currency",
        "Orders in other currencies",
        "Sums leave these orders in their own currency. If the store's currency is "
        "wrong, correct it in the settings of your store here.",
        other_currencies,
    ),
)
