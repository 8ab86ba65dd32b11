from __future__ import annotations

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from apps.accounts.models import Store, StoreOwned, StoreQuerySet


class OutcomeSettingsQuerySet(StoreQuerySet["OutcomeSettings"]):
    def for_store(self, store: Store) -> OutcomeSettings:
        """What the merchant chose, or what holds for who chose nothing; not saved."""
        return self.of(store).first() or OutcomeSettings(store=store)


class OutcomeSettings(StoreOwned):
    """By which rules a store's orders are credited."""

    click_days = models.PositiveSmallIntegerField(
        "days from a click to the order",
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text="An order counts for a shelf if the product was clicked on it so many "
        "days before. From 1 to 30.",
    )
    view_through = models.BooleanField(
        "count products that were only seen",
        default=False,
        help_text="Also count orders of products that stood on a shelf and were not "
        "clicked. They are shown apart: most of them would have been bought anyway.",
    )
    view_days = models.PositiveSmallIntegerField(
        "days from being seen to the order",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
        help_text="For products that were only seen. From 1 to 7.",
    )
    journey_days = models.PositiveSmallIntegerField(
        "days of visits before an order",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text="Visits so many days before an order share in it. From 1 to 90.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = OutcomeSettingsQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "rules for results"
        verbose_name_plural = "rules for results"
        constraints = [
            models.UniqueConstraint(fields=["store"], name="outcomes_settings_once"),
            models.CheckConstraint(
                condition=Q(
                    click_days__range=(1, 30),
                    view_days__range=(1, 7),
                    journey_days__range=(1, 90),
                ),
                name="outcomes_settings_days",
            ),
        ]

    def __str__(self) -> str:
        return f"Rules of {self.store}"

    @property
    def click_window(self) -> timedelta:
        return timedelta(days=self.click_days)

    @property
    def view_window(self) -> timedelta:
        return timedelta(days=self.view_days)

    @property
    def journey_window(self) -> timedelta:
        return timedelta(days=self.journey_days)
