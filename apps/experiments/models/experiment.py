"""What is tested, where, on whom, and what has become of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import StoreOwned, StoreQuerySet

# A layer's people are cut into so many slots; each test holds a run of them.
SLOTS = 10_000

is_place = RegexValidator(
    r"^[a-z0-9_.-]+(:[a-z0-9_.-]+)*$",
    "Small letters, digits and dashes; a colon before each narrower place, like shelf:home.",
)


class Kind(models.TextChoices):
    HOLDOUT = "holdout", "People left alone"
    SHELF = "shelf", "Shelves of products"
    MESSAGE = "message", "E-mails and messages"
    PRICE = "price", "Prices"
    PAGE = "page", "Parts of a page"


class Unit(models.TextChoices):
    """Who or what is assigned; nobody sees two variants at once."""

    PERSON = "person", "Each person"
    PRODUCT = "product", "Each product"
    PERIOD = "period", "Each stretch of time"


class Policy(models.TextChoices):
    FIXED = "fixed", "Fixed shares, for a verdict"
    THOMPSON = "thompson", "More for what works better (Thompson sampling)"
    EPSILON = "epsilon", "The best so far, and some of each (epsilon-greedy)"


class Metric(models.TextChoices):
    """What is counted for each person, net of refunds."""

    BUYERS = "buyers", "People who ordered"
    ORDERS = "orders", "Orders per person"
    REVENUE = "revenue", "Revenue per person"
    MARGIN = "margin", "Margin per person"
    ORDER_VALUE = "order_value", "Value of an order"
    REFUND_SHARE = "refund_share", "Share of revenue sent back"


class Status(models.TextChoices):
    DRAFT = "draft", "Not started"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused: everybody sees what they saw before"
    STOPPED = "stopped", "Stopped"
    # The winner is what people see, but for a few; it goes back if it turns out worse.
    WATCHING = "watching", "Winner applied, being watched"
    APPLIED = "applied", "Winner applied"
    ROLLED_BACK = "rolled_back", "Winner taken back"


# Where each status may lead. Absent ones are ends.
NEXT: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.RUNNING}),
    Status.RUNNING: frozenset({Status.PAUSED, Status.STOPPED, Status.WATCHING}),
    Status.PAUSED: frozenset({Status.RUNNING, Status.STOPPED}),
    Status.STOPPED: frozenset({Status.WATCHING}),
    Status.WATCHING: frozenset({Status.APPLIED, Status.ROLLED_BACK}),
    Status.APPLIED: frozenset({Status.ROLLED_BACK}),
}
# People are assigned, and those who could see the difference are written down.
ASSIGNING = (Status.RUNNING, Status.WATCHING)
# What people are shown depends on it.
IN_FORCE = (*ASSIGNING, Status.APPLIED)
# Slots of a layer that nobody else may have.
OCCUPYING = (Status.RUNNING, Status.PAUSED)
PRICE_UNITS = (Unit.PRODUCT, Unit.PERIOD)


class Layer(StoreOwned):
    """Tests of one layer never meet in one person; those of two layers meet by chance."""

    name = models.CharField(max_length=80)
    salt = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "name"], name="experiments_layer_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ExperimentQuerySet(StoreQuerySet["Experiment"]):
    def in_force(self) -> Self:
        return self.filter(status__in=IN_FORCE)

    def assigning(self) -> Self:
        return self.filter(status__in=ASSIGNING)

    def holdouts(self) -> Self:
        return self.filter(kind=Kind.HOLDOUT)


class Experiment(StoreOwned):
    """One question put to chance: a test with an end, or a holdout without one.

    `place` is where it acts: shelf:home, message:welcome, page:cart; `shelf` is all
    shelves, empty is everything. A `phase` is one spell of assignments: the test is the
    first, the watch over its winner the second, and nobody's place in one follows from
    the other.
    """

    key = models.SlugField("short name", max_length=60)
    name = models.CharField(max_length=150)
    hypothesis = models.TextField(
        blank=True,
        help_text="What do you expect, and why? For those who read it later.",
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    place = models.CharField(
        max_length=80, blank=True, validators=[is_place], help_text="Empty: everything."
    )
    unit = models.CharField(
        "who or what is assigned",
        max_length=20, choices=Unit.choices, default=Unit.PERSON,
    )  # fmt: skip
    period_hours = models.PositiveSmallIntegerField(
        "hours of a stretch",
        default=24, validators=[MinValueValidator(1), MaxValueValidator(24 * 28)],
    )  # fmt: skip
    # Only with it may two people see two prices at one moment: who holds the coupon.
    coupon = models.CharField(
        "published coupon",
        max_length=100,
        blank=True,
        help_text="Prices by person are allowed only through a coupon that you published for a group of customers.",
    )
    layer = models.ForeignKey(
        Layer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    traffic = models.FloatField(
        "share of people who take part",
        default=1.0,
        validators=[MinValueValidator(0.0001), MaxValueValidator(1.0)],
    )
    slot_from = models.PositiveIntegerField(default=0)
    slot_to = models.PositiveIntegerField(default=0)
    salt = models.CharField(max_length=40)
    policy = models.CharField(
        max_length=20, choices=Policy.choices, default=Policy.FIXED
    )
    metric = models.CharField(
        "decided by", max_length=20, choices=Metric.choices, default=Metric.REVENUE
    )
    # Of Metric; a winner must not make one of them worse.
    guards = models.JSONField(default=list, blank=True)
    matters = models.FloatField(
        "smallest change that matters",
        default=0.02,
        validators=[MinValueValidator(0.0001), MaxValueValidator(1.0)],
        help_text="0.02: what moves less than 2 % is no reason to decide either way.",
    )
    # In each of two equal groups, reckoned before the start: power.people_needed.
    target_people = models.FloatField(null=True, blank=True)
    min_days = models.PositiveSmallIntegerField(
        "days at least",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="Whole weeks: people shop otherwise on Sundays.",
    )
    max_days = models.PositiveSmallIntegerField(
        "days at most",
        default=56,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    applies_winner = models.BooleanField(
        "apply the winner by itself",
        default=False,
        help_text="A clear winner is shown to everybody, watched, and taken back if it turns out worse.",
    )
    watch_days = models.PositiveSmallIntegerField(
        "days of watching",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    status = models.CharField(
        max_length=20, choices=Status.choices, default=Status.DRAFT
    )
    phase = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    # Of the phase that runs or ran last.
    phase_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Of the phase: how long it stood still in all, since when it does, and until when.
    paused_seconds = models.PositiveBigIntegerField(default=0)
    paused_at = models.DateTimeField(null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    winner = models.ForeignKey(
        "Variant", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # What the last look said; its sentence is the reading's.
    verdict = models.CharField(max_length=20, blank=True)
    # Looks in a row, a day apart, that said the same.
    same_looks = models.PositiveSmallIntegerField(default=0)
    looked_at = models.DateTimeField(null=True, blank=True)
    # [{"code": "...", "text": "..."}]: why the figures may mislead.
    flags = models.JSONField(default=list, blank=True)

    objects = ExperimentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "key"], name="experiments_key_once"
            ),
            # One holdout for each place at a time; the one of everything has none.
            models.UniqueConstraint(
                fields=["store", "place"],
                condition=Q(kind="holdout") & ~Q(status="stopped"),
                name="experiments_holdout_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind="price") | ~Q(unit="person") | ~Q(coupon=""),
                name="experiments_one_price_for_all",
            ),
            models.CheckConstraint(
                condition=Q(slot_from__lte=F("slot_to"), slot_to__lte=SLOTS),
                name="experiments_slots",
            ),
            models.CheckConstraint(
                condition=Q(traffic__gt=0, traffic__lte=1), name="experiments_traffic"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "status"], name="experiments_by_status")
        ]

    def __str__(self) -> str:
        return self.name

    def days_in(self, at: datetime) -> float:
        """How long the phase has run by then, without pauses."""
        if self.phase_at is None:
            return 0.0
        still = timedelta(seconds=self.paused_seconds)
        if self.paused_at is not None:
            still += max(at - self.paused_at, timedelta(0))
        return max(at - self.phase_at - still, timedelta(0)) / timedelta(days=1)

    @property
    def is_holdout(self) -> bool:
        return self.kind == Kind.HOLDOUT


class Variant(StoreOwned):
    """One way to do it. The control is what was done before; in a holdout, nothing."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="variants"
    )
    key = models.SlugField("short name", max_length=40)
    name = models.CharField(max_length=100)
    is_control = models.BooleanField(default=False)
    # Of those who take part; weights, so they need not add up to 1.
    share = models.FloatField(default=0.5, validators=[MinValueValidator(0.0001)])
    # Of bandits: the chance with which it is given now. Written by the worker.
    chance = models.FloatField(null=True, blank=True)
    # What it means, in the words of whoever acts: {"show": false}, {"kind": "trending"}.
    config = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "key"], name="experiments_variant_once"
            ),
            models.UniqueConstraint(
                fields=["experiment"],
                condition=Q(is_control=True),
                name="experiments_one_control",
            ),
            models.CheckConstraint(
                condition=Q(share__gt=0), name="experiments_variant_share"
            ),
        ]

    def __str__(self) -> str:
        return self.name
