"""Customers who seem to be one person.

Names and addresses are compared by digests: a million customers are eight megabytes,
and only those whose digest is there twice are read again.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.shop.models import Address, Customer
from apps.sync.services.quality.check import Check, Oddity

# Mailboxes that let what stands behind a plus, and at Google dots, be anything.
PLUS = frozenset(
    [
        "gmail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "icloud.com",
        "me.com",
        "fastmail.com",
        "protonmail.com",
        "proton.me",
    ]
)
# Shorter ones are extensions, or "000".
SHORTEST_PHONE = 7
# The same number with and without the country's code ends alike.
PHONE_DIGITS = 9
MOST_GROUPS = 5_000
MOST_NAMED = 5
Rows = Callable[[], Iterator[tuple[Any, ...]]]


def same_phone(store: Store, at: datetime) -> Iterator[Oddity]:
    def rows() -> Iterator[tuple[Any, ...]]:
        people = Customer.objects.of(store).live().exclude(phone="").order_by("pk")
        return people.values_list("pk", "phone").iterator()

    return told(rows, phone_key, "have the same phone number")


def same_email(store: Store, at: datetime) -> Iterator[Oddity]:
    def rows() -> Iterator[tuple[Any, ...]]:
        people = Customer.objects.of(store).live().exclude(email="").order_by("pk")
        return people.values_list("pk", "email").iterator()

    return told(rows, email_key, "have e-mail addresses of one mailbox")


def same_name(store: Store, at: datetime) -> Iterator[Oddity]:
    def rows() -> Iterator[tuple[Any, ...]]:
        homes = Address.objects.of(store).exclude(postcode="").order_by("customer_id")
        people = homes.filter(
            customer__deleted_at=None, customer__merged_into=None
        ).exclude(customer__last_name="")
        names = ("first_name", "last_name")
        return people.values_list(
            "customer_id",
            *(f"customer__{name}" for name in names),
            "country",
            "postcode",
        ).iterator()

    return told(rows, name_key, "have the same name and postcode")


def phone_key(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    return digits[-PHONE_DIGITS:] if len(digits) >= SHORTEST_PHONE else ""


def email_key(email: str) -> str:
    name, _, host = email.strip().lower().rpartition("@")
    host = {"googlemail.com": "gmail.com"}.get(host, host)
    if host in PLUS:
        name = name.partition("+")[0]
    if host == "gmail.com":
        name = name.replace(".", "")
    return f"{name}@{host}"


def name_key(first: str, last: str, country: str, postcode: str) -> str:
    if not first.strip():
        return ""
    place = re.sub(r"\W", "", postcode)
    return "\n".join(part.strip().casefold() for part in (first, last, country, place))


def told(rows: Rows, key: Callable[..., str], what: str) -> Iterator[Oddity]:
    """`rows` is asked twice: first for what repeats, then for whose it is."""
    twice = repeated(rows, key)
    groups: dict[int, list[int]] = {}
    for pk, *parts in rows() if twice else ():
        digest = hash(key(*parts))
        if digest in twice:
            people = groups.setdefault(digest, [])
            if pk not in people[-1:]:
                people.append(pk)
    for people in sorted(groups.values()):
        if len(people) > 1:
            yield Oddity(f"customer:{people[0]}", f"{listed(people)} {what}.")


def repeated(rows: Rows, key: Callable[..., str]) -> set[int]:
    digests = array("q")
    for _, *parts in rows():
        if text := key(*parts):
            digests.append(hash(text))
    twice: set[int] = set()
    last = None
    for digest in sorted(digests):
        if digest == last:
            twice.add(digest)
            if len(twice) == MOST_GROUPS:
                break
        last = digest
    return twice


def listed(people: list[int]) -> str:
    named = ", ".join(str(pk) for pk in people[: MOST_NAMED - 1])
    rest = people[MOST_NAMED - 1 :]
    end = str(rest[0]) if len(rest) == 1 else f"{len(rest):,} more"
    if not rest:
        named, _, end = named.rpartition(", ")
    return f"The customers with the numbers {named} and {end}"


FIX = (
    "Look at them under Customers here. If they are one person, close all accounts but "
    "one in your shop, so that mails do not go out twice."
)
CHECKS = (
    Check("customers.same_phone", "Customers with one phone", FIX, same_phone),
    Check("customers.same_email", "Customers with one mailbox", FIX, same_email),
    Check("customers.same_name", "Customers with one name and home", FIX, same_name),
)
