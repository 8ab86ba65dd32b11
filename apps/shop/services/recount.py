"""When someone first and last ordered, from the orders themselves."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, Min

from apps.shop.models import Customer, Order


def recount(customer: Customer) -> None:
    """Set the dates of the first and last order that earned.

    The row is locked first: of two orders at once, the second to count sees both.
    """
    people = Customer.objects.of(customer.store)
    with transaction.atomic():
        row = people.select_for_update().get(pk=customer.pk)
        orders = Order.objects.of(customer.store).earning().filter(customer=row)
        span = orders.aggregate(first=Min("placed_at"), last=Max("placed_at"))
        customer.first_ordered_at = span["first"]
        customer.last_ordered_at = span["last"]
        if (row.first_ordered_at, row.last_ordered_at) != (span["first"], span["last"]):
            customer.save(
                update_fields=["first_ordered_at", "last_ordered_at", "updated_at"]
            )
