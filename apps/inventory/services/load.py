"""Many suppliers and terms at once: imports and the demo shop."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.models import Store
from apps.inventory.models import Supplier, SupplyTerm


def insert_suppliers(rows: Sequence[Supplier]) -> list[Supplier]:
    """Insert suppliers and return them with their ids."""
    return Supplier.objects.bulk_create(rows)


def insert_terms(rows: Sequence[SupplyTerm]) -> list[SupplyTerm]:
    """Insert terms and return them with their ids."""
    with transaction.atomic():
        return SupplyTerm.objects.bulk_create(rows, batch_size=2_000)


def clear(store: Store) -> None:
    """Remove every supplier of a store with its terms: the demo shop is rebuilt."""
    SupplyTerm.objects.of(store).delete()
    Supplier.objects.of(store).delete()
