"""What each plan includes. A quota warns; it never drops data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import models


class PlanName(models.TextChoices):
    STARTER = "starter", "Starter"
    GROWTH = "growth", "Growth"
    PRO = "pro", "Pro"
    ENTERPRISE = "enterprise", "Enterprise"


@dataclass(frozen=True)
class Plan:
    """`None` means without limit."""

    monthly_price_usd: Decimal
    events_per_month: int | None
    sites: int | None
    # Of raw events. Decisions stay for over a year on every plan: a holdout and a
    # season are compared with the same weeks of the year before (docs/decisions/0004).
    retention_days: int | None
    decision_days: int | None = 400


PLANS = {
    PlanName.STARTER: Plan(Decimal(49), 100_000, 1, 7),
    PlanName.GROWTH: Plan(Decimal(199), 1_000_000, 3, 90),
    PlanName.PRO: Plan(Decimal(499), 10_000_000, 10, 365, 800),
    PlanName.ENTERPRISE: Plan(Decimal(0), None, None, None, None),
}
