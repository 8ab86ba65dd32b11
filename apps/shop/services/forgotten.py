"""Who was erased: a later payload of the same person must not bring them back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from apps.accounts.models import Store
from apps.shop.models import Customer, Forgotten

SALT = "shop.forgotten"
# A number in the shop (0 for none) and an e-mail address ("" for none).
Person = tuple[int, str]


@dataclass(frozen=True)
class Past:
    """Those of some people who were erased."""

    rows: dict[Person, Forgotten]

    def of(self, person: Person, at: datetime | None) -> Customer | None:
        """The emptied row, for what happened up to the erasing. What comes after it is
        of somebody who came anew."""
        row = self.rows.get(clean(person))
        is_past = row is not None and (at is None or at <= row.forgotten_at)
        return row.customer if row is not None and is_past else None


def find(store: Store, people: Iterable[Person]) -> Past:
    marks: dict[str, list[Person]] = {}
    for person in {clean(one) for one in people}:
        for mark in marks_of(store, person):
            marks.setdefault(mark, []).append(person)
    if not marks:
        return Past({})
    rows = Forgotten.objects.of(store).filter(mark__in=marks)
    found: dict[Person, Forgotten] = {}
    for row in rows.select_related("customer").order_by("forgotten_at"):
        for person in marks[row.mark]:
            found[person] = row
    return Past(found)


def clean(person: Person) -> Person:
    return person[0], person[1].strip().lower()


def marks_of(store: Store, person: Person) -> list[str]:
    """Also by the keys of before, where the secret key was changed."""
    number, email = person
    said = [f"woo:{number}"] if number else []
    said += [f"email:{email}"] if email else []
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [mark(store, what, key) for what in said for key in keys]


def mark(store: Store, what: str, key: str) -> str:
    text = f"{store.pk}:{what}"
    return salted_hmac(SALT, text, secret=key, algorithm="sha256").hexdigest()


def remember(
    store: Store, customer: Customer, people: Iterable[Person], at: datetime
) -> None:
    """The latest erasing counts: who came back and is erased again stays away."""
    fresh = []
    for number, email in {clean(one) for one in people}:
        said = [f"woo:{number}"] if number else []
        said += [f"email:{email}"] if email else []
        fresh += [mark(store, what, settings.SECRET_KEY) for what in said]
    Forgotten.objects.bulk_create(
        [
            Forgotten(store=store, mark=one, customer=customer, forgotten_at=at)
            for one in sorted(set(fresh))
        ],
        update_conflicts=True,
        unique_fields=["store", "mark"],
        update_fields=["customer", "forgotten_at"],
    )
