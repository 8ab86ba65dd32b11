"""What a piece costs the merchant: the one fact that the shop's copy owns."""

from __future__ import annotations

from decimal import Decimal

from apps.core.errors import InvalidInputError
from apps.shop.models import Product, Variant


def change_cost(subject: Product | Variant, cost: Decimal | None) -> bool:
    """Set the unit cost; None forgets it. Lines sold before keep the cost of then."""
    if cost is not None and cost < 0:
        raise InvalidInputError("A cost cannot be negative.")
    if subject.cost == cost:
        return False
    subject.cost = cost
    subject.save(update_fields=["cost", "updated_at"])
    return True
