"""One person, one row: guests by e-mail, registered customers by the shop's id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from apps.accounts.models import Store
from apps.core.errors import ConflictError, InvalidInputError
from apps.shop.models import Customer
from apps.shop.services import merge
from apps.shop.services.upsert import Outcome, cleaned, is_older, upsert

CHANGED_EMAIL = "The registered customer took this e-mail address."


def find_or_create(
    store: Store, email: str, values: Mapping[str, Any] | None = None
) -> tuple[Customer, bool]:
    """The person with this e-mail address, whatever its letter case; a guest if new.

    `values` fill what is not known yet and change nothing that is: anyone can type
    another's address at a checkout.
    """
    address = email.strip().lower()
    if not address:
        raise InvalidInputError("A customer is known by an e-mail address.")
    clean = cleaned(Customer, values or {})
    row = Customer.objects.of(store).by_email(address).first()
    if row is None:
        try:
            with transaction.atomic():
                fresh = Customer.objects.create(
                    store=store, **{"is_guest": True, **clean, "email": address}
                )
            return fresh, True
        except IntegrityError:  # someone else has just met the same person
            row = Customer.objects.of(store).by_email(address).get()
    person = row.merged_into or row
    fill(person, clean)
    return person, False


def fill(person: Customer, values: Mapping[str, Any]) -> None:
    missing = {
        name: value
        for name, value in values.items()
        if value not in (None, "") and getattr(person, name) in (None, "")
    }
    if person.deleted_at:  # the account went, the person came back: without one
        missing |= {"deleted_at": None, "woo_id": None, "is_guest": True}
    for name, value in missing.items():
        setattr(person, name, value)
    if missing:
        person.save(update_fields=[*missing, "updated_at"])


def record(
    store: Store,
    woo_id: int,
    source_modified_at: datetime | None,
    values: Mapping[str, Any],
    seen_at: datetime | None = None,
) -> tuple[Customer, Outcome]:
    """Write a registered customer's payload; the guest they were becomes this row."""
    email = str(values.get("email", "")).strip().lower()
    for _ in range(2):
        try:
            with transaction.atomic():
                return write(
                    store,
                    woo_id,
                    source_modified_at,
                    {**values, "email": email},
                    seen_at,
                )
        except IntegrityError:  # a guest with this address was met meanwhile
            continue
    raise ConflictError("Two customers claim the same e-mail address.")


def write(
    store: Store,
    woo_id: int,
    source_modified_at: datetime | None,
    values: dict[str, Any],
    seen_at: datetime | None = None,
) -> tuple[Customer, Outcome]:
    """Everyone takes the e-mail address first and the shop's id second.

    In the other order two deliveries of one new customer could wait for each other.
    """
    row, holder = lock(store, woo_id, values["email"])
    if row is not None and is_older(source_modified_at, row):
        return row, Outcome.STALE
    is_new = False
    former = row.email if row is not None else ""
    if holder is not None and holder.woo_id not in (None, woo_id):
        contest(holder, source_modified_at, values)
    elif row is None and values["email"]:
        is_new = adopt(store, holder, woo_id, values["email"])
    elif row is not None and holder is not None and holder.pk != row.pk:
        absorb(row, holder, source_modified_at)
    person, outcome = upsert(
        Customer,
        store,
        woo_id,
        source_modified_at,
        {"is_guest": False, **values},
        seen_at=seen_at,
    )
    if former and person.email != former:
        remember(person, former)
    if row is None and not is_new and outcome is Outcome.UNCHANGED:
        outcome = Outcome.UPDATED  # a guest became registered
    return person, Outcome.CREATED if is_new else outcome


def lock(
    store: Store, woo_id: int, email: str
) -> tuple[Customer | None, Customer | None]:
    """The row with this id and the row with this address: often the same one."""
    people = Customer.objects.of(store)
    # Ids first: databases read a whole table for an OR over two indexes.
    ids = {
        *people.filter(woo_id=woo_id).values_list("pk", flat=True),
        *people.by_email(email).values_list("pk", flat=True),
    }
    rows = list(people.select_for_update().filter(pk__in=ids).order_by("pk"))
    row = next((each for each in rows if each.woo_id == woo_id), None)
    holder = next((each for each in rows if email and each.email == email), None)
    return row, holder


def contest(
    holder: Customer, source_modified_at: datetime | None, values: dict[str, Any]
) -> None:
    """Two registered customers claim one address, which the shop never allows.

    The newer payload tells the truth; the other row waits for its own without one.
    """
    if is_older(source_modified_at, holder):
        values["email"] = ""
    else:
        give_up_email(holder)


def adopt(store: Store, holder: Customer | None, woo_id: int, email: str) -> bool:
    """Give the guest with this address the shop's id; True if there was no such guest."""
    guest, is_new = (holder, False) if holder else find_or_create(store, email)
    if guest.merged_into is not None:
        give_up_email(guest)
        if guest.merged_into.woo_id is None:
            guest = guest.merged_into
        else:  # somebody else's former address: this is another person
            guest, is_new = find_or_create(store, email)
    guest.woo_id = woo_id
    guest.save(update_fields=["woo_id", "updated_at"])
    return is_new


def remember(person: Customer, former: str) -> None:
    """Orders that were placed as a guest keep the address of then: a merged row under
    it leads from there to the person."""
    Customer.objects.bulk_create(
        [Customer(store=person.store, email=former, is_guest=True, merged_into=person)],
        ignore_conflicts=True,
    )


def absorb(
    row: Customer, holder: Customer, source_modified_at: datetime | None
) -> None:
    """The guest whose address a registered customer takes was the same person."""
    if holder.merged_into_id is not None:
        give_up_email(holder)
        return
    at = source_modified_at or row.updated_at
    merge.merge(row, holder, at=at, reason=CHANGED_EMAIL, takes_email=True)


def give_up_email(customer: Customer) -> None:
    customer.email = ""
    customer.save(update_fields=["email", "updated_at"])


def insert_new(
    store: Store,
    people: Mapping[int, tuple[datetime | None, Mapping[str, Any]]],
) -> set[int]:
    """Rows for those whose number and address are both new here, in one statement;
    returns their numbers. The others are for `record`: they may be known as guests."""
    emails = {str(values["email"]).lower() for _, values in people.values()}
    rows = Customer.objects.of(store)
    numbers = set(rows.filter(woo_id__in=people).values_list("woo_id", flat=True))
    lowered = rows.annotate(email_lower=Lower("email"))
    taken = set(
        lowered.filter(email_lower__in=emails).values_list("email_lower", flat=True)
    )
    fresh = []
    for woo_id, (modified_at, values) in people.items():
        email = str(values["email"]).lower()
        if woo_id in numbers or not email or email in taken:
            continue
        taken.add(email)
        fresh.append(
            Customer(
                store=store,
                woo_id=woo_id,
                source_modified_at=modified_at,
                is_guest=False,
                **{**cleaned(Customer, values), "email": email},
            )
        )
    try:
        with transaction.atomic():
            Customer.objects.bulk_create(fresh)
    except IntegrityError:  # somebody else has just met one of them
        return set()
    return {row.woo_id for row in fresh if row.woo_id is not None}
