"""Segments that a merchant writes down, and who was in them when."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Store, StoreOwned, StoreQuerySet
from apps.shop.models import Customer


class SegmentQuerySet(StoreQuerySet["Segment"]):
    def live(self) -> Self:
        """Kept up; the others are archived."""
        return self.filter(is_live=True)


class Segment(StoreOwned):
    """Customers of whom the same conditions hold."""

    name = models.CharField(max_length=120)
    # By which campaigns and callers name it; it stays when the name changes.
    code = models.SlugField(max_length=60)
    about = models.TextField("what it is for", max_length=1_000, blank=True)
    # As services/conditions reads them.
    conditions = models.JSONField(default=dict)
    is_live = models.BooleanField("kept up", default=True)
    # All customers have to be looked at: it is new or changed, or too much happened.
    is_due = models.BooleanField(default=True)
    # Of everybody in it at `as_of`.
    members = models.PositiveIntegerField(default=0)
    as_of = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = SegmentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "code"], name="segmentation_segment_code"
            )
        ]

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(StoreQuerySet["Member"]):
    def inside(self) -> Self:
        return self.filter(left_at=None)

    def present(self) -> Self:
        """Of customers who are there still, under this row. Who is not leaves with the
        next count, but a segment in the archive is counted no more."""
        there = self.filter(customer__deleted_at=None, customer__merged_into=None)
        return there.exclude(customer__woo_id=None, customer__email="")


class Member(StoreOwned):
    """A customer's time in a segment. Who comes back gets another row."""

    # Written by the hundred thousand: its indexes below are all it needs.
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"],
                condition=Q(left_at=None),
                name="segmentation_member_once",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")),
                name="segmentation_member_times",
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], name="segmentation_member_customer"),
            models.Index(
                fields=["segment", "entered_at"], name="segmentation_member_entered"
            ),
            models.Index(
                fields=["segment", "left_at"],
                condition=Q(left_at__isnull=False),
                name="segmentation_member_left",
            ),
        ]

    def __str__(self) -> str:
        return f"Customer {self.customer_id} in segment {self.segment_id}"


class Following(StoreOwned):
    """How far a store's changes were followed: the row that who writes members locks."""

    # What was written before this has been looked at.
    seen_to_at = models.DateTimeField(null=True, blank=True)
    # Somebody is at work until then, or has died of it.
    claimed_to_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store"], name="segmentation_following_once"
            )
        ]

    def __str__(self) -> str:
        return f"Store {self.store_id}"
