"""Where people live, each place once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apps.accounts.models import Store
from apps.shop.models import Address, Customer
from apps.shop.services.upsert import cleaned

FIELDS = ("country", "region", "city", "postcode")
Place = tuple[str, str, str, str]


def find(
    store: Store, wanted: Sequence[tuple[Customer, Mapping[str, str]]]
) -> dict[tuple[int, Place], Address]:
    """The address rows of these people, made where they are new; by customer and place.

    A place without a country says nothing and is left out.
    """
    keys = {
        (person.pk, place_of(said)) for person, said in wanted if said.get("country")
    }
    known = of_people(store, {pk for pk, _ in keys})
    fresh = [
        Address(store=store, customer_id=pk, **dict(zip(FIELDS, place, strict=True)))
        for pk, place in sorted(keys - set(known))
    ]
    if not fresh:
        return known
    Address.objects.bulk_create(fresh, ignore_conflicts=True)
    return of_people(store, {pk for pk, _ in keys})


def of_people(store: Store, ids: set[int]) -> dict[tuple[int, Place], Address]:
    rows = Address.objects.of(store).filter(customer__in=ids)
    return {
        (row.customer_id, (row.country, row.region, row.city, row.postcode)): row
        for row in rows
    }


def place_of(said: Mapping[str, str]) -> Place:
    """As the columns hold it."""
    clean = cleaned(Address, said)
    return (clean["country"], clean["region"], clean["city"], clean["postcode"])
