"""The shop deleted something: our copy stays, marked, and counts no longer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Store
from apps.shop.models import Order, Refund
from apps.shop.models.source import SourceRow
from apps.shop.services import refunds
from apps.shop.services.recount import recount


def remove(
    model: type[SourceRow], store: Store, woo_id: int, deleted_at: datetime
) -> bool:
    """Mark the row deleted; False where it is unknown, or changed after the deletion.

    A deletion carries no moment of its own in WooCommerce: `deleted_at` is when it was
    learned, by the shop's clock.
    """
    gone = Q(deleted_at=None) | Q(deleted_at__lt=deleted_at)
    older = Q(source_modified_at=None) | Q(source_modified_at__lte=deleted_at)
    rows = model._default_manager.filter(store=store, woo_id=woo_id)
    with transaction.atomic():
        found = list(rows)
        for row in found:
            if isinstance(row, Refund):  # order first, as those who record refunds do
                refunds.lock(row.order)
        marked = rows.filter(gone, older)
        if not marked.update(deleted_at=deleted_at, updated_at=timezone.now()):
            return False
        for row in found:
            follow(row)
    return True


def follow(row: SourceRow) -> None:
    """What was reckoned from the row is reckoned anew."""
    if isinstance(row, Refund):
        refunds.settle(refunds.lock(row.order))
    elif isinstance(row, Order) and row.customer is not None:
        recount(row.customer)
