"""One person, one row: guests by e-mail, registered customers by the shop's id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

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
    if person.deleted_at:  # the account went, the person came back
        missing["deleted_at"] = None
    for name, value in missing.items():
        setattr(person, name, value)
    if missing:
        person.save(update_fields=[*missing, "updated_at"])


def record(
    store: Store,
    woo_id: int,
    source_modified_at: datetime | None,
    values: Mapping[str, Any],
) -> tuple[Customer, Outcome]:
    """Write a registered customer's payload; the guest they were becomes this row."""
    email = str(values.get("email", "")).strip().lower()
    for _ in range(2):
        try:
            with transaction.atomic():
                return write(
                    store, woo_id, source_modified_at, {**values, "email": email}
                )
        except IntegrityError:  # a guest with this address was met meanwhile
            continue
    raise ConflictError("Two customers claim the same e-mail address.")


def write(
    store: Store,
    woo_id: int,
    source_modified_at: datetime | None,
    values: dict[str, Any],
) -> tuple[Customer, Outcome]:
    row = Customer.objects.of(store).filter(woo_id=woo_id).first()
    if row is not None and is_older(source_modified_at, row):
        return row, Outcome.STALE
    holder = Customer.objects.of(store).by_email(values["email"]).first()
    if holder is not None and holder.woo_id != woo_id:
        settle(holder, row, woo_id, source_modified_at, values)
    person, outcome = upsert(
        Customer, store, woo_id, source_modified_at, {"is_guest": False, **values}
    )
    if row is None and outcome is Outcome.UNCHANGED:
        outcome = Outcome.UPDATED  # a guest became registered
    return person, outcome


def settle(
    holder: Customer,
    row: Customer | None,
    woo_id: int,
    source_modified_at: datetime | None,
    values: dict[str, Any],
) -> None:
    """Decide who of two keeps the e-mail address; `values` is changed where it is lost.

    Registered customers never share one, so that the newer payload tells the truth and
    the other row waits without an address for its own payload.
    """
    if holder.woo_id is not None:
        if is_older(source_modified_at, holder):
            values["email"] = ""
        else:
            holder.email = ""  # until its own payload says what it is now
            holder.save(update_fields=["email", "updated_at"])
    elif row is None:
        holder.woo_id = woo_id
        holder.save(update_fields=["woo_id", "updated_at"])
    else:
        at = source_modified_at or row.updated_at
        merge.merge(row, holder, at=at, reason=CHANGED_EMAIL, takes_email=True)
