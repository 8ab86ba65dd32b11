from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from apps.accounts.models import Store, StoreOwned, StoreQuerySet


def bounds(least: int, most: int) -> list[Callable[[Any], None]]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class LineSettingsQuerySet(StoreQuerySet["LineSettings"]):
    def for_store(self, store: Store) -> LineSettings:
        """What the merchant chose, or what holds for who chose nothing; not saved."""
        return self.of(store).first() or LineSettings(store=store)


class LineSettings(StoreOwned):
    """Which facts stand under a price, and from which number on.

    A line is given only while it is true; no setting can change a number that it tells.
    """

    shows_stock = models.BooleanField("stock that runs out", default=True)
    few_left = models.PositiveSmallIntegerField(
        "from so few pieces on", default=5, validators=bounds(1, 20)
    )
    shows_sold = models.BooleanField("what was sold of late", default=True)
    sold_day = models.PositiveSmallIntegerField(
        "sold within a day, at least", default=5, validators=bounds(2, 1000)
    )
    sold_week = models.PositiveSmallIntegerField(
        "sold within a week, at least", default=10, validators=bounds(2, 1000)
    )
    # Off at first: a number about people, even a true one, is the merchant's to want.
    shows_viewers = models.BooleanField("who looks at it now", default=False)
    viewers = models.PositiveSmallIntegerField(
        "people in the last hour, at least", default=5, validators=bounds(3, 1000)
    )
    shows_lowered = models.BooleanField("a lowered price", default=True)
    shows_back = models.BooleanField("back in stock", default=True)
    back_days = models.PositiveSmallIntegerField(
        "days that it counts as back", default=7, validators=bounds(1, 60)
    )
    most = models.PositiveSmallIntegerField(
        "lines at a time", default=2, validators=bounds(1, 5)
    )

    objects = LineSettingsQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "line settings"
        verbose_name_plural = "line settings"
        constraints = [
            models.UniqueConstraint(fields=["store"], name="storefront_lines_once")
        ]

    def __str__(self) -> str:
        return f"Lines of {self.store}"
