"""Who is signed in on a page, said by the shop's server.

    v1.<public part of a secret key>.<customer's id in the shop>.<expiry>.<signature>

docs/identity.md says how one is made; tests/fixtures/customer_token_vectors.json is
what every client that makes them is tested against.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import structlog

from apps.accounts.models import Store
from apps.accounts.models.keys import Scope
from apps.accounts.services import keys, sealed, signing

log = structlog.get_logger(__name__)

TOKEN = re.compile(
    r"v1\.(sk_[A-Za-z0-9]{12})\.([1-9][0-9]{0,15})\.([1-9][0-9]{0,11})\.([0-9a-f]{64})"
)
# Beyond it a number means something else in JavaScript.
LAST_ID = (1 << 53) - 1
# How long a process believes what it read about a key: so soon a revoked one's tokens
# are dead everywhere.
BELIEVED = timedelta(seconds=10)
MOST_REMEMBERED = 1_000


class Purpose(Enum):
    """What a token is good for. Mails are forwarded: theirs signs nobody in."""

    PAGE = b"luxebrain-customer-v1\n"
    EMAIL = b"luxebrain-email-v1\n"


@dataclass(frozen=True)
class Known:
    """What was read about a key. None signs nothing."""

    signing_key: bytes | None
    expires_at: datetime | None
    read_at: datetime

    def is_fresh(self, at: datetime) -> bool:
        return timedelta(0) <= at - self.read_at < BELIEVED

    def key(self, at: datetime) -> bytes | None:
        has_ended = self.expires_at is not None and self.expires_at <= at
        return None if has_ended else self.signing_key


remembered: dict[tuple[int, str], Known] = {}


def mint(
    secret_key: str,
    customer: int,
    expires_at: datetime,
    purpose: Purpose = Purpose.PAGE,
) -> str:
    """`secret_key` as it was shown, `customer` the shop's id of who is signed in."""
    prefix = secret_key.rsplit("_", 1)[0]
    said = f"v1.{prefix}.{customer}.{int(expires_at.timestamp())}"
    signing_key = signing.derive(secret_key)
    return f"{said}.{signing.sign(signing_key, purpose.value + said.encode())}"


def verify(
    store: Store, text: str, at: datetime, purpose: Purpose = Purpose.PAGE
) -> int | None:
    """The shop's id of the customer; None for whatever is not sure to be one."""
    found = TOKEN.fullmatch(text)
    if found is None:
        return None
    prefix, customer, expiry, signature = found.groups()
    if int(customer) > LAST_ID or int(expiry) <= at.timestamp():
        return None
    signing_key = key_of(store, prefix, at)
    said = purpose.value + text.rpartition(".")[0].encode()
    if signing_key is None or not signing.is_signed(signing_key, said, signature):
        return None
    return int(customer)


def key_of(store: Store, prefix: str, at: datetime) -> bytes | None:
    name = (store.pk, prefix)
    known = remembered.get(name)
    if known is None or not known.is_fresh(at):
        if len(remembered) >= MOST_REMEMBERED:
            # Filled by made-up keys: what is true is soon read again.
            remembered.clear()
        known = remembered[name] = read(store, prefix, at)
    return known.key(at)


def read(store: Store, prefix: str, at: datetime) -> Known:
    key = keys.find_secret(prefix, at)
    if key is None or key.store_id != store.pk or Scope.EVENTS not in key.scopes:
        return Known(None, None, at)
    try:
        return Known(sealed.unseal(bytes(key.signing_key)), key.expires_at, at)
    except sealed.UnreadableSecretError:
        # What visitors do is kept all the same: only who they are stays unknown.
        log.error("customer_token_key_unreadable", key=prefix)
        return Known(None, None, at)
