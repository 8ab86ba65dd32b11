"""What is there: now, and on each day before."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from apps.core.errors import UnknownError
from apps.shop.models import Product, StockChange, StockStatus, Variant


def change_stock(
    variant: Variant, quantity: int | None, at: datetime, reason: str
) -> bool:
    """Set what is there; tell whether that is news. None: there, but not counted."""
    status = StockStatus.OUT_OF_STOCK if quantity == 0 else StockStatus.IN_STOCK
    if quantity is not None and quantity < 0:
        status = StockStatus.ON_BACKORDER
    with transaction.atomic():
        row = lock(variant)
        before = (row.manages_stock, row.stock_quantity, row.stock_status)
        row.manages_stock = quantity is not None
        row.stock_quantity, row.stock_status = quantity, status
        if before != (row.manages_stock, row.stock_quantity, row.stock_status):
            row.save(
                update_fields=[
                    "manages_stock", "stock_quantity", "stock_status", "updated_at",
                ]
            )  # fmt: skip
            follow_variants(row)
        return note_stock(row, at, reason)


def lock(variant: Variant) -> Variant:
    row = (
        Variant.objects.of(variant.store)
        .select_for_update(of=("self",))
        .filter(pk=variant.pk)
        .first()
    )
    if row is None:
        raise UnknownError("There is no such variant.")
    return row


def note_stock(variant: Variant, at: datetime, reason: str) -> bool:
    """Add to the history what the row says, unless the history says so already.

    The newest entry is always what the row says: a moment before it becomes its.
    """
    quantity = variant.pieces_left
    history = StockChange.objects.of(variant.store).filter(variant=variant)
    last = history.order_by("-changed_at", "-pk").first()
    if last and last.quantity == quantity:
        return False
    StockChange.objects.create(
        store=variant.store,
        variant=variant,
        quantity=quantity,
        reason=reason[:60],
        changed_at=max(at, last.changed_at) if last else at,
    )
    return True


def follow_variants(variant: Variant) -> None:
    """A product is in stock while one of its variants is."""
    siblings = Variant.objects.of(variant.store).live().filter(product=variant.product)
    is_there = siblings.in_stock().exists()
    status = StockStatus.IN_STOCK if is_there else StockStatus.OUT_OF_STOCK
    Product.objects.of(variant.store).filter(pk=variant.product_id).exclude(
        stock_status=status
    ).update(stock_status=status)


def days_in_stock(variant: Variant, since: datetime, until: datetime) -> float:
    """For how many days of [since, until) the variant could be bought.

    Before its first entry nothing is known of a variant: it was not there.
    """
    history = StockChange.objects.of(variant.store).filter(variant=variant)
    before = history.filter(changed_at__lte=since).order_by("-changed_at", "-pk")
    inside = history.filter(changed_at__gt=since, changed_at__lt=until)
    opening = before.first()
    changes = list(inside.order_by("changed_at", "pk"))
    moments = [since, *(change.changed_at for change in changes), until]
    states = [opening is not None and opening.is_there, *(c.is_there for c in changes)]
    there = timedelta()
    for is_there, start, end in zip(states, moments, moments[1:], strict=False):
        there += end - start if is_there else timedelta()
    return there / timedelta(days=1)
