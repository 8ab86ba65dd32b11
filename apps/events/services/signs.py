"""Whether a store lives."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from apps.accounts.models import Store
from apps.events.models import Interaction
from apps.shop.models import Order


def last_at(store: Store) -> datetime | None:
    """When a visitor last touched a product, or an order changed; None: never."""
    seen = Interaction.objects.of(store).aggregate(at=Max("at"))["at"]
    sold = Order.objects.of(store).aggregate(at=Max("updated_at"))["at"]
    return max(filter(None, (seen, sold)), default=None)
