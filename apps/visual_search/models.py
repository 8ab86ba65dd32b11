from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, F, Q, When

from apps.accounts.models import Store, StoreOwned, StoreQuerySet
from apps.shop.models import Image, Product, StockStatus


class Color(models.TextChoices):
    """Families that people name; a shade between two belongs to both, in part."""

    BLACK = "black", "Black"
    GRAY = "gray", "Gray"
    WHITE = "white", "White"
    BEIGE = "beige", "Beige"
    BROWN = "brown", "Brown"
    RED = "red", "Red"
    ORANGE = "orange", "Orange"
    YELLOW = "yellow", "Yellow"
    GREEN = "green", "Green"
    TEAL = "teal", "Teal"
    BLUE = "blue", "Blue"
    PURPLE = "purple", "Purple"
    PINK = "pink", "Pink"


class LookQuerySet(StoreQuerySet["Look"]):
    def known(self, maker: str) -> Self:
        """Described, by this maker: only numbers of one maker compare."""
        return self.filter(maker=maker).exclude(made_at=None)

    def due(self, at: datetime) -> Self:
        return self.filter(due_at__lte=at).order_by("due_at", "pk")

    def colored(self, colors: Collection[str]) -> Self:
        return self.filter(Q(color_1__in=colors) | Q(color_2__in=colors))

    def offered(self) -> Self:
        """Of products that are there, as far as one glance tells."""
        return self.filter(
            product__deleted_at=None,
            product__status=Product.Status.PUBLISHED,
            product__is_visible=True,
        ).exclude(product__stock_status=StockStatus.OUT_OF_STOCK)

    def outdated(self) -> Self:
        """The picture, or its product, is gone, or is another one by now."""
        gone = ~Q(image__deleted_at=None) | ~Q(product__deleted_at=None)
        return self.alias(now=source_of("image__")).filter(gone | ~Q(source=F("now")))


def source_of(prefix: str = "") -> Any:
    """Where a picture is read: our own copy of it, else the shop's address."""
    has_none = When(**{f"{prefix}file": ""}, then=F(f"{prefix}url"))
    return Case(has_none, default=F(f"{prefix}file"), output_field=models.CharField())


class Look(StoreOwned):
    """What one picture of a product looks like. It waits for being described while
    `due_at` stands; `problem` tells what went wrong the last time."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    # What was described, or is to be: another address is another picture.
    source = models.CharField(max_length=1000)
    # Which code made the numbers; those of another one are made anew.
    maker = models.CharField(max_length=40, blank=True)
    # 16-bit floats, little end first; one unit long all together.
    numbers = models.BinaryField(default=b"", blank=True)
    color_1 = models.CharField(
        "main color", max_length=10, choices=Color.choices, blank=True, default=""
    )
    color_2 = models.CharField(
        "second color", max_length=10, choices=Color.choices, blank=True, default=""
    )
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=60, blank=True, default="")
    made_at = models.DateTimeField(null=True, blank=True)

    objects = LookQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "image"], name="visual_search_look_once"
            )
        ]
        indexes = [
            models.Index(fields=["store", "color_1"], name="visual_search_color_1"),
            models.Index(fields=["store", "color_2"], name="visual_search_color_2"),
            models.Index(fields=["store", "due_at"], name="visual_search_due"),
        ]

    @property
    def colors(self) -> tuple[Color, ...]:
        """Main ones, the larger first."""
        return tuple(Color(one) for one in (self.color_1, self.color_2) if one)

    def __str__(self) -> str:
        return f"Look of picture {self.image_id}"
