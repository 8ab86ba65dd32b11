from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from apps.core.money import MoneyField
from apps.storefront.models.period import Timed

LEAST_FACTOR, MOST_FACTOR = 0.05, 20.0


class Action(models.TextChoices):
    """What a rule does to a shelf; services/plans.py says what several do together."""

    PIN = "pin", "Show first"
    EXCLUDE = "exclude", "Never show"
    BOOST = "boost", "Move forward"
    BURY = "bury", "Move back"
    ONLY = "only", "Show nothing else"
    BRAND_CAP = "brand_cap", "At most so many of a brand"
    CATEGORY_CAP = "category_cap", "At most so many of a category"
    PRICE = "price", "Only in a range of prices"
    MARGIN = "margin", "Only with enough margin"


class Rule(Timed):
    """The merchant's word about one shelf, some, or all (`places` empty).

    Which products: `products`, `categories` (with those below), `brands` and `new_days`;
    a product must fit each that is said, and within one of them any. Ids are lists rather
    than links: their order is the order of pins, all rules come in one query, and an id
    whose product is gone means nothing.
    """

    name = models.CharField(max_length=120)
    action = models.CharField(max_length=20, choices=Action.choices)
    places = models.JSONField(default=list, blank=True)
    products = models.JSONField(default=list, blank=True)
    categories = models.JSONField(default=list, blank=True)
    brands = models.JSONField(default=list, blank=True)
    # In the shop for so many days at most.
    new_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    # Of boost (above 1) and bury (below 1).
    factor = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST_FACTOR), MaxValueValidator(MOST_FACTOR)],
    )
    # Of the two caps.
    most = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    price_from = MoneyField(null=True, blank=True, validators=[MinValueValidator(0)])
    price_to = MoneyField(null=True, blank=True, validators=[MinValueValidator(0)])
    # Share of the price that is left after the unit cost.
    margin = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(0.99)],
    )

    class Meta(Timed.Meta):
        constraints = [
            *Timed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(factor=None)
                | Q(factor__gte=LEAST_FACTOR, factor__lte=MOST_FACTOR),
                name="storefront_rule_factor",
            ),
            models.CheckConstraint(
                condition=Q(margin=None) | Q(margin__gte=0, margin__lt=1),
                name="storefront_rule_margin",
            ),
            models.CheckConstraint(
                condition=Q(price_from=None)
                | Q(price_to=None)
                | Q(price_to__gte=F("price_from")),
                name="storefront_rule_prices",
            ),
        ]

    def __str__(self) -> str:
        return self.name
