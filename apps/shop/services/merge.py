"""Two rows are one person: join them, and be able to part them again."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone

from apps.core.errors import ConflictError
from apps.shop.models import Address, Customer, CustomerMerge, Order
from apps.shop.services.recount import recount


def merge(
    kept: Customer,
    absorbed: Customer,
    *,
    at: datetime,
    reason: str,
    takes_email: bool = False,
) -> CustomerMerge:
    """Move orders and addresses over; statements of consent stay, and count for both.

    The absorbed row keeps its e-mail address, so that an order under it finds the
    person, unless the kept row is to have it.
    """
    if kept.store_id != absorbed.store_id or kept.pk == absorbed.pk:
        raise ConflictError("Only two customers of one store can be one person.")
    store = kept.store
    with transaction.atomic():
        rows = Customer.objects.of(store).select_for_update().order_by("pk")
        if any(
            row.merged_into_id for row in rows.filter(pk__in=[kept.pk, absorbed.pk])
        ):
            raise ConflictError("One of the two has been merged already.")
        moved = {
            "orders": move(Order.objects.of(store).filter(customer=absorbed), kept),
            "addresses": move(new_addresses(absorbed, kept), kept),
            "customers": list(
                Customer.objects.of(store)
                .filter(merged_into=absorbed)
                .values_list("pk", flat=True)
            ),
            "email": absorbed.email if takes_email else "",
        }
        Customer.objects.of(store).filter(merged_into=absorbed).update(merged_into=kept)
        absorbed.merged_into = kept
        absorbed.email = "" if takes_email else absorbed.email
        absorbed.save(update_fields=["merged_into", "email", "updated_at"])
        recount(kept)
        return CustomerMerge.objects.create(
            store=store,
            kept=kept,
            absorbed=absorbed,
            moved=moved,
            reason=reason,
            merged_at=at,
        )


def move(
    rows: models.QuerySet[Order] | models.QuerySet[Address], to: Customer
) -> list[int]:
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.model._default_manager.filter(pk__in=ids).update(customer=to)
    return ids


def new_addresses(absorbed: Customer, kept: Customer) -> models.QuerySet[Address]:
    """Addresses that the kept row does not have yet; each customer has one once."""
    fields = ("country", "region", "city", "postcode")
    places = Address.objects.of(kept.store)
    known = set(places.filter(customer=kept).values_list(*fields))
    found = places.filter(customer=absorbed).values_list("pk", *fields)
    return places.filter(
        pk__in=[pk for pk, *place in found if tuple(place) not in known]
    )


def undo(merged: CustomerMerge, *, at: datetime) -> None:
    """Part two rows again: what was moved goes back, what came later stays."""
    store, kept = merged.store, merged.kept
    with transaction.atomic():
        claimed = CustomerMerge.objects.of(store).filter(pk=merged.pk, reverted_at=None)
        if not claimed.update(reverted_at=at):
            raise ConflictError("This merge has been undone already.")
        absorbed = Customer.objects.of(store).get(pk=merged.absorbed_id)
        for model, name in ((Order, "orders"), (Address, "addresses")):
            mine = model._default_manager.filter(store=store, customer=kept)
            mine.filter(pk__in=merged.moved[name]).update(customer=absorbed)
        Customer.objects.of(store).filter(pk__in=merged.moved["customers"]).update(
            merged_into=absorbed, updated_at=timezone.now()
        )
        absorbed.merged_into = None
        email = merged.moved["email"]
        if email and not Customer.objects.of(store).by_email(email).exists():
            absorbed.email = email
        absorbed.save(update_fields=["merged_into", "email", "updated_at"])
        recount(kept)
        recount(absorbed)
        merged.reverted_at = at
