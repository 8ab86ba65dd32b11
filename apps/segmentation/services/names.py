"""What a customer is called on pages, never by an e-mail address."""

from __future__ import annotations

from apps.shop.models import Customer


def named(customer: Customer, *, is_told: bool) -> str:
    """Names are for managers; others read a number."""
    full = f"{customer.first_name} {customer.last_name}".strip() if is_told else ""
    return full or f"Customer {customer.pk}"
