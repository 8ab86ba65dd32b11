from __future__ import annotations

import zoneinfo
from typing import Self, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from apps.accounts.plans import PLANS, Plan, PlanName

Row = TypeVar("Row", bound=models.Model, covariant=True)


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError("%(name)s is not a time zone.", params={"name": name})


class Store(models.Model):
    """A tenant: one shop, its team and all its data."""

    class Platform(models.TextChoices):
        WOOCOMMERCE = "woocommerce", "WooCommerce"
        FILES = "files", "Files (CSV or JSON)"
        DEMO = "demo", "Demo shop"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused: nothing is sent or changed"
        CLOSED = "closed", "Closed"

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    url = models.URLField(blank=True)
    platform = models.CharField(
        max_length=20, choices=Platform.choices, default=Platform.WOOCOMMERCE
    )
    currency = models.CharField(
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}$", "Three capital letters, like EUR.")],
    )
    time_zone = models.CharField(
        max_length=64, default="UTC", validators=[validate_time_zone]
    )
    country = models.CharField(
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", "Two capital letters, like DE.")],
    )
    language = models.CharField(max_length=10, default="en")
    plan = models.CharField(
        max_length=20, choices=PlanName.choices, default=PlanName.STARTER
    )
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.ACTIVE
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def limits(self) -> Plan:
        return PLANS[PlanName(self.plan)]


class StoreQuerySet(models.QuerySet[Row]):
    """Every query starts with a store."""

    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def across_stores(self) -> Self:
        """For sweeps and retention only: work that no single store asked for."""
        return self.all()


class StoreOwned(models.Model):
    """A row that belongs to one store and is never shown to another."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")

    objects = StoreQuerySet.as_manager()

    class Meta:
        abstract = True


class StoreOriginQuerySet(StoreQuerySet["StoreOrigin"]):
    def naming(self, origin: str) -> Self:
        """Rows of open stores with this origin; a stranger may send any text as one."""
        if len(origin) > 255:
            return self.none()
        return self.filter(origin=origin.lower()).exclude(
            store__status=Store.Status.CLOSED
        )


class StoreOrigin(StoreOwned):
    """A web origin whose pages may call with the store's publishable key."""

    origin = models.CharField(
        max_length=255,
        validators=[
            RegexValidator(
                r"^https?://[a-z0-9.-]+(:\d{1,5})?$",
                "An origin like https://shop.example, without a path.",
            )
        ],
    )

    objects = StoreOriginQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "origin"], name="accounts_origin_once"
            )
        ]
        indexes = [models.Index(fields=["origin"], name="accounts_origin")]

    def __str__(self) -> str:
        return self.origin


class Usage(StoreOwned):
    """How much of a plan's quota a store used in one month."""

    month_on = models.DateField()
    kind = models.CharField(max_length=40)
    count = models.PositiveBigIntegerField(default=0)
    # At 80 % and at 100 % of the quota.
    warned_at = models.DateTimeField(null=True, blank=True)
    exceeded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "usage"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "month_on", "kind"], name="accounts_usage_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.month_on:%Y-%m}"
