from __future__ import annotations

from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from apps.accounts.models import StoreOwned
from apps.shop.models.append_only import AppendOnly, AppendOnlyQuerySet
from apps.shop.models.source import SourceQuerySet, SourceRow


class CustomerQuerySet(SourceQuerySet["Customer"]):
    def live(self) -> Self:
        """Not deleted in the shop, nor found to be someone known already."""
        return super().live().filter(merged_into=None)

    def somebody(self) -> Self:
        """Of whom something is left: an erased person's row is empty."""
        return self.exclude(woo_id=None, email="")

    def merged(self) -> Self:
        """Found to be someone known already. Not `exclude(merged_into=None)`: for that
        SQLite reads all customers, and not the index of these."""
        return self.filter(merged_into__isnull=False)

    def held(self, ids: Collection[int]) -> list[int]:
        """Those of them who are there; until the transaction ends nobody erases them,
        so that no row of theirs is written behind an erasure."""
        rows = self.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
        return list(rows.values_list("pk", flat=True))

    def by_email(self, email: str) -> Self:
        """Written as the unique index is, so that it is found by it."""
        known = self.alias(email_lower=Lower("email"))
        return known.filter(email_lower=email.strip().lower()).exclude(email="")


class Customer(SourceRow):
    """Someone who bought or registered. Guests are customers too, known by e-mail."""

    # Lower case; empty once erased.
    email = models.EmailField(max_length=254, blank=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, blank=True)
    is_guest = models.BooleanField(default=False)
    first_ordered_at = models.DateTimeField(null=True, blank=True)
    last_ordered_at = models.DateTimeField(null=True, blank=True)
    acquisition_channel = models.CharField(max_length=60, blank=True)
    # Found to be someone known already: orders moved there, statements count there.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged"
    )
    extra = models.JSONField(default=dict, blank=True)

    objects = CustomerQuerySet.as_manager()  # type: ignore[misc]

    class Meta(SourceRow.Meta):
        constraints = [
            *SourceRow.Meta.constraints,
            models.UniqueConstraint(
                "store",
                Lower("email"),
                condition=~Q(email=""),
                name="shop_customer_email",
            ),
        ]
        indexes = [
            models.Index(
                fields=["store", "-last_ordered_at"], name="shop_customer_recent"
            ),
            models.Index(fields=["store", "updated_at"], name="shop_customer_updated"),
            # Of one person's other rows. SQLite takes any index on a store for as good
            # as that of the column alone, in which most are nobody's.
            models.Index(
                fields=["store", "merged_into"],
                name="shop_customer_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
        ]

    @property
    def is_nobody(self) -> bool:
        """Erased: what was bought is all that is left."""
        return self.woo_id is None and not self.email and self.merged_into_id is None

    @property
    def called(self) -> str:
        """A name, never an e-mail address: pages are read over shoulders, and by
        analysts, who may not write to anybody."""
        full = f"{self.first_name} {self.last_name}".strip()
        return full or f"Customer {self.pk}"

    def __str__(self) -> str:
        full = f"{self.first_name} {self.last_name}".strip()
        return full or self.email or f"Customer {self.pk}"


class CustomerMerge(StoreOwned):
    """Two rows found to be one person, and what was moved, so that it can be undone."""

    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    absorbed = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    # What the absorbed row gave up: {"email": "...", "orders": [1, 2], ...}.
    moved = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)
    merged_at = models.DateTimeField()
    reverted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["store", "-merged_at"], name="shop_merges")]

    def __str__(self) -> str:
        return f"{self.absorbed_id} is {self.kept_id}"


class Address(StoreOwned):
    """Where someone lives, no finer than the postcode: enough to learn from."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="addresses"
    )
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "country", "region", "city", "postcode"],
                name="shop_address_once",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.city, self.country) if part)


class ConsentQuerySet(AppendOnlyQuerySet["Consent"]):
    def by(self, customer: Customer) -> Self:
        """Of the person: under rows merged into this one, too."""
        return self.filter(Q(customer=customer) | Q(customer__merged_into=customer))

    def newest_first(self) -> Self:
        """Of two statements at the same moment the refusal counts."""
        return self.order_by("-stated_at", "is_granted", "-pk")


class Consent(AppendOnly):
    """One statement about one channel and purpose; the newest one counts."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        SMS = "sms", "SMS"
        WHATSAPP = "whatsapp", "WhatsApp"
        TRACKING = "tracking", "Tracking on the site"

    class Purpose(models.TextChoices):
        MARKETING = "marketing", "Marketing"
        TRANSACTIONAL = "transactional", "About an order"
        STATISTICS = "statistics", "Statistics"
        PERSONALIZATION = "personalization", "Personal picks"

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="consents"
    )
    channel = models.CharField(max_length=20, choices=Channel.choices)
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    is_granted = models.BooleanField()
    text_shown = models.TextField()
    text_version = models.CharField(max_length=40)
    surface = models.CharField(max_length=100)
    stated_at = models.DateTimeField()

    objects = ConsentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            # The same statement delivered twice is one.
            models.UniqueConstraint(
                fields=["customer", "channel", "purpose", "stated_at", "is_granted"],
                name="shop_consent_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["store", "customer", "channel", "purpose", "-stated_at"],
                name="shop_consent_latest",
            )
        ]

    def __str__(self) -> str:
        verb = "yes" if self.is_granted else "no"
        return f"{self.channel} {self.purpose}: {verb}"
