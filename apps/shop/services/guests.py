"""Many buyers by e-mail at once: who is known, and a guest's row for who is not."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models.functions import Lower

from apps.accounts.models import Store
from apps.shop.models import Customer
from apps.shop.services.customers import find_or_create


def known(store: Store, emails: set[str]) -> dict[str, Customer]:
    """By lower-case address; a merged row leads to the person it became."""
    rows = (
        Customer.objects.of(store)
        .alias(email_lower=Lower("email"))
        .filter(email_lower__in=emails - {""})
        .select_related("merged_into")
    )
    return {row.email.lower(): row.merged_into or row for row in rows}


def meet(store: Store, people: Mapping[str, Mapping[str, str]]) -> dict[str, Customer]:
    """As customers.find_or_create for each address, in two statements when all are new."""
    found = known(store, set(people))
    fresh = [email for email in people if email and email not in found]
    if fresh:
        Customer.objects.bulk_create(
            [
                Customer(store=store, email=email, is_guest=True, **cut(people[email]))
                for email in sorted(fresh)
            ],
            ignore_conflicts=True,
        )
        found |= known(store, set(fresh))
    for email, values in people.items():
        person = found.get(email)
        if person is not None and lacks(person, values):
            found[email] = find_or_create(store, email, values)[0]
    return found


def cut(values: Mapping[str, str]) -> dict[str, str]:
    limits = {
        name: Customer._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
        for name in values
    }
    return {name: value[: limits[name]] for name, value in values.items()}


def lacks(person: Customer, values: Mapping[str, str]) -> bool:
    """Something is said that the row does not know, or a deleted person came back.

    Of registered customers the shop itself tells, and orders are not asked.
    """
    if person.woo_id is not None and person.deleted_at is None:
        return False
    return person.deleted_at is not None or any(
        value and not getattr(person, name) for name, value in values.items()
    )
