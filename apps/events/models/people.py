"""Who a visitor is: what was seen, what follows from it, and what was changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.accounts.models import StoreOwned
from apps.core.money import MoneyField
from apps.events.models.rollups import Rollup
from apps.shop.models import Customer


class Evidence(models.TextChoices):
    LOGIN = "login", "Signed in"
    TOKEN = "token", "Named by the shop"
    ORDER = "order", "Placed an order"
    EMAIL = "email", "Came by a link in an e-mail"


class Sighting(Rollup):
    """What one hour says about who a visitor is. Links are worked out from these rows
    alone, so it makes no difference in which order they came."""

    visitor = models.CharField(max_length=64)
    evidence = models.CharField(max_length=10, choices=Evidence.choices)
    # In the shop: the customer's, and for an order the order's.
    woo_id = models.BigIntegerField()
    hour_at = models.DateTimeField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    # The event that said so at `first_at`.
    event_id = models.UUIDField()
    # What the page said that the order is worth.
    value = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    # Null until the copy of the shop has the customer or the order.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "visitor", "evidence", "woo_id", "hour_at"],
                name="events_sighting_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["store", "customer", "hour_at"], name="events_sighting_customer"
            ),
            models.Index(
                fields=["store", "evidence", "woo_id"],
                condition=Q(customer=None),
                name="events_sighting_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} {self.first_at:%Y-%m-%d %H:%M}"


class Crowd(StoreOwned):
    """A day on which a customer was seen on more browsers than one person has: a shared
    token, or a machine. What was seen of the customer on it counts for nobody."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    day_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "customer", "day_on"], name="events_crowd_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} on {self.day_on}"


class Link(Rollup):
    """A spell in which a visitor was one customer; it ends when another one signs in.

    The customer is the one who was seen: a row merged into another one since leads on
    by `merged_into`, so parting the two again changes nothing here.
    """

    visitor = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    evidence = models.CharField(max_length=10, choices=Evidence.choices)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "device"
        constraints = [
            models.UniqueConstraint(
                fields=["store", "visitor", "customer", "first_at"],
                name="events_link_once",
            ),
            models.UniqueConstraint(
                fields=["store", "visitor"],
                condition=Q(ended_at=None),
                name="events_link_current",
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "customer", "-last_at"], name="events_link_customer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.visitor} is {self.customer_id}"


class IdentityChange(Rollup):
    """One entry of the ledger of who was found to be whom. Rows are never changed, but
    for `reverted_at`: while it is set, what the change said up to then does not count."""

    class Kind(models.TextChoices):
        LINKED = "linked", "Linked"
        PARTED = "parted", "No longer linked"
        UNDONE = "undone", "Undone by hand"

    class Reason(models.TextChoices):
        SEEN = "seen", "Seen with this customer"
        OUTWEIGHED = "outweighed", "Someone else signed in"
        SHARED = "shared", "Too many people use this device"
        CROWDED = "crowded", "Seen on too many devices on one day"
        HAND = "hand", "Decided by hand"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    visitor = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    evidence = models.CharField(max_length=10, choices=Evidence.choices, blank=True)
    event_id = models.UUIDField(null=True, blank=True)
    undoes = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Customers of the visitor, in order, before and after; rows that went along.
    moved = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    made_at = models.DateTimeField()
    reverted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "change of who is who"
        verbose_name_plural = "changes of who is who"
        indexes = [
            models.Index(fields=["store", "visitor"], name="events_change_visitor"),
            models.Index(fields=["store", "-made_at"], name="events_change_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor}: {self.kind} {self.customer_id}"
