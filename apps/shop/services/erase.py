"""Empty a person's rows: what was sold stays, to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.models import Store
from apps.shop.models import (
    Address,
    Consent,
    Customer,
    CustomerMerge,
    Order,
    Refund,
)
from apps.shop.services import forgotten

EMPTY: dict[str, Any] = {
    "woo_id": None, "email": "", "first_name": "", "last_name": "", "phone": "",
    "language": "", "is_guest": True, "extra": {}, "source_created_at": None,
    "source_modified_at": None, "merged_into": None,
}  # fmt: skip


def rows_of(store: Store, *, email: str = "", customer_id: int = 0) -> list[Customer]:
    """Everything that is this person, the row that counts first."""
    people = Customer.objects.of(store)
    found = people.by_email(email) if email else people.filter(pk=customer_id)
    first = found.select_related("merged_into").first()
    if first is None:
        return []
    kept = first.merged_into or first
    return [kept, *people.filter(merged_into=kept).order_by("pk")]


def erase(
    store: Store,
    customers: Sequence[int],
    known: Sequence[forgotten.Person],
    at: datetime,
) -> dict[str, int]:
    """Done twice, it finds what came in between, and else nothing."""
    with transaction.atomic():
        rows = list(
            Customer.objects.of(store)
            .select_for_update()
            .filter(pk__in=customers)
            .order_by("pk")
        )
        if rows and known:
            forgotten.remember(store, kept_of(rows, customers), known, at)
        orders = Order.objects.of(store).filter(customer__in=customers)
        count = {
            "customers": Customer.objects.of(store)
            .filter(pk__in=[row.pk for row in rows])
            .update(**EMPTY, updated_at=timezone.now()),
            "orders": orders.count(),
            "addresses": coarsen(store, customers),
            "refund_reasons": Refund.objects.of(store)
            .filter(order__in=orders)
            .exclude(reason="")
            .update(reason=""),
            "consents": drop(Consent.objects.of(store).filter(customer__in=customers)),
        }
        CustomerMerge.objects.of(store).filter(
            Q(kept__in=customers) | Q(absorbed__in=customers)
        ).delete()
    return count


def kept_of(rows: Sequence[Customer], customers: Sequence[int]) -> Customer:
    return next((row for row in rows if row.pk == customers[0]), rows[0])


def drop(statements: QuerySet[Consent]) -> int:
    """History is never changed, but it goes with whom it is about."""
    return int(statements._raw_delete(statements.db) or 0)


def coarsen(store: Store, customers: Sequence[int]) -> int:
    """Of where somebody lives the country stays: sums by country do."""
    places = Address.objects.of(store).filter(customer__in=customers)
    fine = places.exclude(region="", city="", postcode="")
    count = 0
    for place in fine.order_by("pk"):
        only, _ = Address.objects.get_or_create(
            store=store, customer_id=place.customer_id, country=place.country,
            region="", city="", postcode="",
        )  # fmt: skip
        Order.objects.of(store).filter(shipping_address=place).update(
            shipping_address=only
        )
        place.delete()
        count += 1
    return count
