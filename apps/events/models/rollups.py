"""What the stream adds up to. Written by services/roll.py and services/rebuild.py alone;
sums, minima and maxima, so that the order in which events arrive changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Store, StoreOwned, StoreQuerySet
from apps.core.money import MoneyField
from apps.shop.models import Customer, Product, Variant

# A visitor who did something so lately is here now.
PRESENT = timedelta(minutes=5)
# Amounts are whole ten-thousandths: sums of them are exact on every database.
UNIT = 10_000


class Rollup(StoreOwned):
    """Written thousands at a time: what is unique begins with the store, so that its
    own index would only cost."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class Metric(Rollup):
    """How often, and how much, in one minute, hour or day.

    Minutes and hours are UTC's; a day is the store's own, with 23 or 25 hours where
    clocks change, and `starts_at` its midnight. `dimension` says what `key` is: a
    product's id in the shop, a country, a search; both are empty for the whole.
    """

    class Grain(models.TextChoices):
        MINUTE = "minute", "Minute"
        HOUR = "hour", "Hour"
        DAY = "day", "Day"

    grain = models.CharField(max_length=6, choices=Grain.choices)
    starts_at = models.DateTimeField()
    name = models.CharField(max_length=40)
    dimension = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=250, blank=True)
    count = models.BigIntegerField(default=0)
    # Money in ten-thousandths of the store's currency, or time in ten-thousandths of
    # a second.
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "grain", "name", "dimension", "starts_at", "key"],
                name="events_metric_once",
            )
        ]
        indexes = [
            # For retention, which asks across stores.
            models.Index(fields=["grain", "starts_at"], name="events_metric_age")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_at:%Y-%m-%d %H:%M}"


class SessionQuerySet(StoreQuerySet["Session"]):
    def of_people(self) -> Self:
        return self.filter(is_bot=False)

    def present(self, at: datetime) -> Self:
        return self.of_people().filter(last_at__gt=at - PRESENT, last_at__lte=at)


class Session(Rollup):
    """One visit, as the sender cut it."""

    key = models.CharField(max_length=64)
    visitor = models.CharField(max_length=64, blank=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    events = models.PositiveIntegerField(default=0)
    page_views = models.PositiveIntegerField(default=0)
    product_views = models.PositiveIntegerField(default=0)
    searches = models.PositiveIntegerField(default=0)
    cart_adds = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    pick_clicks = models.PositiveIntegerField(default=0)
    frustrations = models.PositiveIntegerField(default=0)
    # Ten-thousandths of the store's currency; orders in other currencies are left out.
    revenue = models.BigIntegerField(default=0)
    # The first moment of each step toward an order.
    viewed_at = models.DateTimeField(null=True, blank=True)
    carted_at = models.DateTimeField(null=True, blank=True)
    checkout_at = models.DateTimeField(null=True, blank=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    # Which event the rest was taken from: the smallest of all. Sorts by whether it
    # names a page, by moment and by id.
    landing = models.CharField(max_length=64, blank=True)
    landing_path = models.CharField(max_length=200, blank=True)
    referrer = models.CharField(max_length=200, blank=True)
    utm_source = models.CharField(max_length=200, blank=True)
    utm_medium = models.CharField(max_length=200, blank=True)
    utm_campaign = models.CharField(max_length=200, blank=True)
    utm_term = models.CharField(max_length=200, blank=True)
    utm_content = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    device = models.CharField(max_length=20, blank=True)
    browser = models.CharField(max_length=60, blank=True)
    system = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=100, blank=True)
    is_bot = models.BooleanField(default=False)
    # During which a page of it was seen.
    visible_ms = models.BigIntegerField(default=0)

    objects = SessionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], name="events_session_once")
        ]
        indexes = [
            models.Index(fields=["store", "-started_at"], name="events_session_recent"),
            models.Index(fields=["store", "-last_at"], name="events_session_last"),
            models.Index(fields=["store", "visitor"], name="events_session_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class Visitor(Rollup):
    """A browser, or an app: who it is, the identity's own tables say."""

    key = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    sessions = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], name="events_visitor_once")
        ]
        indexes = [
            models.Index(fields=["store", "first_at"], name="events_visitor_first")
        ]

    def __str__(self) -> str:
        return self.key


class VisitorDay(Rollup):
    """A visitor was here on that day of the store: makes "unique visitors" exact."""

    seen_on = models.DateField()
    visitor = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "seen_on", "visitor"], name="events_visitorday_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seen_on}"


class Interaction(Rollup):
    """Somebody and a product: what models learn from.

    Products that the shop's copy does not know are left out. The id is the event's; an
    order's further lines count up from it (rolling/interactions.py).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    visitor = models.CharField(max_length=64, blank=True)
    # No constraints in the database: this is the largest table after the events.
    customer = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    variant = models.ForeignKey(
        Variant,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    type = models.CharField(max_length=32)
    at = models.DateTimeField()
    # Of one piece: as the page said, else as the shop's copy had it at that moment.
    price = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    quantity = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["store", "product", "at"], name="events_act_product"),
            models.Index(
                fields=["store", "customer", "at"],
                name="events_act_customer",
                condition=Q(customer__isnull=False),
            ),
            models.Index(fields=["store", "visitor", "at"], name="events_act_visitor"),
            models.Index(fields=["store", "at"], name="events_act_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.at:%Y-%m-%d %H:%M}"


# A rebuild that was silent for longer is dead.
SILENCE = timedelta(seconds=120)


class FreshnessQuerySet(StoreQuerySet["Freshness"]):
    def being_rebuilt(self, at: datetime) -> Self:
        return self.filter(rebuild_seen_at__gt=at - SILENCE)

    def touch(self, at: datetime) -> int:
        return self.update(version=F("version") + 1, rolled_at=at)


class Freshness(StoreOwned):
    """Of which moment a store's figures are. The version counts each change of them: an
    answer remembered under it is exact."""

    version = models.BigIntegerField(default=0)
    rolled_at = models.DateTimeField()
    # A rebuild says now and then that it lives: meanwhile new events wait.
    rebuild_seen_at = models.DateTimeField(null=True, blank=True)

    objects = FreshnessQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name_plural = "freshness"
        constraints = [
            models.UniqueConstraint(fields=["store"], name="events_freshness_once")
        ]

    def __str__(self) -> str:
        return f"{self.rolled_at:%Y-%m-%d %H:%M}"


def money_of(amount: int) -> Decimal:
    """Of ten-thousandths, what people call it."""
    return Decimal(amount) / UNIT
