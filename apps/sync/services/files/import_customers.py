"""Write a customer of a file: registered by id, a guest by e-mail."""

from __future__ import annotations

from datetime import datetime

from apps.accounts.models import Store
from apps.shop.models import Customer
from apps.shop.services import customers, forgotten
from apps.shop.services.upsert import Outcome
from apps.sync.files.customers import CustomerRow


def write(store: Store, row: CustomerRow, at: datetime) -> Outcome:
    """`at` stands for the moment of change where the file names none."""
    who = (row.id or 0, row.email)
    made_at = row.values.get("source_created_at")
    if forgotten.find(store, [who]).of(who, made_at) is not None:
        return Outcome.UNCHANGED  # erased since: a file does not bring them back
    if row.id is None:
        return write_guest(store, row)
    values = dict(row.values)
    if "email" not in values:  # the file says nothing of it; the verb needs it
        known = Customer.objects.of(store).filter(woo_id=row.id).first()
        values["email"] = known.email if known else ""
    _, outcome = customers.record(store, row.id, row.modified_at or at, values)
    return outcome


def write_guest(store: Store, row: CustomerRow) -> Outcome:
    """Fills in what is not known of the person; changes nothing that is."""
    before = Customer.objects.of(store).by_email(row.email).first()
    person, is_new = customers.find_or_create(store, row.email, row.values)
    if is_new:
        return Outcome.CREATED
    known = before.merged_into or before if before else None
    is_same = known is not None and all(
        getattr(person, name) == getattr(known, name)
        for name in (*row.values, "deleted_at")
    )
    return Outcome.UNCHANGED if is_same else Outcome.UPDATED
