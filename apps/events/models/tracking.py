from __future__ import annotations

import secrets

from django.core.validators import MinValueValidator
from django.db import models

from apps.accounts.models import Store, StoreOwned, StoreQuerySet


def new_mask() -> int:
    return secrets.randbits(62)


class TrackingQuerySet(StoreQuerySet["Tracking"]):
    def for_store(self, store: Store) -> Tracking:
        """The store's settings; the first who asks makes them."""
        return self.get_or_create(store=store)[0]


class Tracking(StoreOwned):
    """What a store keeps of its visitors."""

    # Mixed into ids of events, so that two stores' events never share one, even where
    # one store's owner copies the other's ids.
    id_mask = models.BigIntegerField(default=new_mask, editable=False)
    keeps_whole_ip = models.BooleanField(
        "keep whole addresses",
        default=False,
        help_text="Of visitors who agreed to personal picks. Otherwise the last part of "
        "an internet address is cut off before anything is stored.",
    )
    days_kept = models.PositiveIntegerField(
        "days to keep",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Empty: as long as the plan allows. Counts and totals stay.",
    )
    # Events before it were dropped: days up to it cannot be counted anew, whatever is
    # kept now.
    forgotten_to_at = models.DateTimeField(null=True, editable=False)

    objects = TrackingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "tracking settings"
        verbose_name_plural = "tracking settings"
        constraints = [
            models.UniqueConstraint(fields=["store"], name="events_tracking_once")
        ]

    def __str__(self) -> str:
        return f"Tracking of {self.store}"
