"""Whom a request is about: rows, numbers in the shop, browsers, and words to look for."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass, field

from django.conf import settings
from django.utils.crypto import salted_hmac

from apps.accounts.models import Store
from apps.accounts.services import sealed
from apps.core.errors import InvalidInputError
from apps.events.services.people.erase import visitors_of
from apps.shop.models import Customer
from apps.shop.services.erase import rows_of
from apps.shop.services.forgotten import Person

# Shorter ones are found where nobody is meant.
LEAST_NAME, LEAST_PHONE = 5, 6


@dataclass(frozen=True)
class Whom:
    emails: list[str] = field(default_factory=list)
    # Of customers in the shop.
    numbers: list[int] = field(default_factory=list)
    # Our rows, the one that counts first.
    customers: list[int] = field(default_factory=list)
    visitors: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    # Makes the new names of visitors; gone with this, nobody finds the old ones.
    salt: str = ""

    def disguise(self, visitor: str) -> str:
        key = bytes.fromhex(self.salt)
        return (
            f"gone-{hmac.new(key, visitor.encode(), hashlib.sha256).hexdigest()[:32]}"
        )

    @property
    def words(self) -> list[str]:
        return [*self.emails, *self.names, *self.phones]

    @property
    def people(self) -> list[Person]:
        pairs: list[Person] = [(number, "") for number in self.numbers]
        return [*pairs, *((0, email) for email in self.emails)]


@dataclass(frozen=True)
class Question:
    """By one of these: an e-mail address, our own id, or the shop's."""

    email: str = ""
    customer: int = 0
    shop_customer: int = 0


def gather(store: Store, asked: Question) -> Whom:
    rows = rows_for(store, asked)
    emails = {row.email for row in rows} | {asked.email.strip().lower()}
    numbers = {row.woo_id for row in rows if row.woo_id} | {asked.shop_customer}
    customers = [row.pk for row in rows]
    return Whom(
        emails=sorted(emails - {""}),
        numbers=sorted(numbers - {0}),
        customers=customers,
        visitors=sorted(visitors_of(store, customers)) if customers else [],
        names=sorted({name for row in rows if len(name := name_of(row)) >= LEAST_NAME}),
        phones=sorted({row.phone for row in rows if len(row.phone) >= LEAST_PHONE}),
        salt=secrets.token_hex(32),
    )


def rows_for(store: Store, asked: Question) -> list[Customer]:
    """All that an address or a number leads to: they may be two people's rows."""
    if not (asked.email or asked.customer or asked.shop_customer):
        raise InvalidInputError("Say whom: by e-mail address or by number.")
    found: dict[int, Customer] = {}
    if asked.shop_customer:
        row = Customer.objects.of(store).filter(woo_id=asked.shop_customer).first()
        if row is not None:
            found |= by_pk(rows_of(store, customer_id=row.pk))
    if asked.customer:
        found |= by_pk(rows_of(store, customer_id=asked.customer))
    if asked.email:
        found |= by_pk(rows_of(store, email=asked.email))
    return list(found.values())


def by_pk(rows: list[Customer]) -> dict[int, Customer]:
    return {row.pk: row for row in rows}


def name_of(row: Customer) -> str:
    """Both names: one alone is many people's."""
    first, last = row.first_name.strip(), row.last_name.strip()
    return f"{first} {last}" if first and last else ""


def mark_of(store: Store, asked: Question) -> str:
    text = f"{store.pk}:{asked.email.strip().lower()}:{asked.customer}:{asked.shop_customer}"
    return salted_hmac(
        "privacy.request", text, secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()


def seal(whom: Whom) -> bytes:
    return sealed.seal(json.dumps(asdict(whom)).encode())


def unseal(kept: bytes | memoryview) -> Whom:
    return Whom(**json.loads(sealed.unseal(bytes(kept))))
