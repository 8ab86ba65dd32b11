from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from apps.accounts.models import Store, StoreOwned, StoreQuerySet


class ShelfSettingsQuerySet(StoreQuerySet["ShelfSettings"]):
    def for_store(self, store: Store) -> ShelfSettings:
        """What the merchant chose, or what holds for who chose nothing; not saved."""
        return self.of(store).first() or ShelfSettings(store=store)


class ShelfSettings(StoreOwned):
    """How a store's shelves are filled."""

    exploration_share = models.FloatField(
        "share of places for trying out",
        default=0.05,
        validators=[MinValueValidator(0.0), MaxValueValidator(0.5)],
        help_text="So many places show a product by chance, 0.05 for one in twenty: "
        "otherwise what was never shown could never become a favorite.",
    )
    shelf_size = models.PositiveSmallIntegerField(
        "products on a shelf",
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text="Where the page does not say how many it wants.",
    )
    bought_days = models.PositiveSmallIntegerField(
        "days without what was bought",
        default=30,
        validators=[MaxValueValidator(730)],
        help_text="A customer is not shown a product again for so long after buying it.",
    )
    fatigue_days = models.PositiveSmallIntegerField(
        "days that showings count",
        default=14,
        validators=[MaxValueValidator(90)],
        help_text="A product that somebody saw again and again without a click moves "
        "back. After so many days it is forgotten; 0: never moves back.",
    )
    variety = models.FloatField(
        default=0.3,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="0: the best ones, however alike. 1: as different as can be.",
    )

    objects = ShelfSettingsQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "shelf settings"
        verbose_name_plural = "shelf settings"
        constraints = [
            models.UniqueConstraint(
                fields=["store"], name="recommendations_settings_once"
            ),
            models.CheckConstraint(
                condition=Q(exploration_share__gte=0, exploration_share__lte=0.5),
                name="recommendations_exploration",
            ),
            models.CheckConstraint(
                condition=Q(variety__gte=0, variety__lte=1),
                name="recommendations_variety",
            ),
        ]

    def __str__(self) -> str:
        return f"Shelves of {self.store}"
