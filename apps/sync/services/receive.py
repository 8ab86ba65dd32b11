"""Take a delivery of the shop in: checked, stored as it came, understood later."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from apps.accounts.services import sealed
from apps.core.errors import LuxeBrainError, UnknownError
from apps.sync.models import Connection, Delivery, Hook
from apps.sync.woo import signing

PING = re.compile(rb"webhook_id=\d{1,20}")
TOPIC = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,39}")
# As secrets.token_urlsafe writes it; PostgreSQL cannot even be asked for a NUL.
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Of a busy shop not every delivery needs to be noted.
HEARD_EVERY = timedelta(minutes=1)


class BadSignatureError(LuxeBrainError):
    code = "bad_signature"
    status = 401


@dataclass(frozen=True)
class Letter:
    """What came: `token` names the connection, `topic` is that of the address."""

    token: str
    topic: str
    signature: str
    body: bytes


def is_ping(letter: Letter) -> bool:
    """Sent while a webhook is made, unsigned; it asks for nothing but a 200."""
    return not letter.signature and PING.fullmatch(letter.body) is not None


def receive(letter: Letter, at: datetime) -> Delivery:
    """The stored delivery. WooCommerce never sends again what it got an answer for, so
    that the answer comes after this."""
    if not (TOKEN.fullmatch(letter.token) and TOPIC.fullmatch(letter.topic)):
        raise UnknownError("Nobody here waits for this.")
    connection = (
        Connection.objects.across_stores()
        .select_related("store")
        .filter(hook_token=letter.token)
        .first()
    )
    if connection is None:
        raise UnknownError("Nobody here waits for this.")
    master = sealed.unseal(bytes(connection.sealed_hook_secret)).decode()
    secret = signing.secret_of(master, letter.topic)
    if not signing.is_signed(secret, letter.body, letter.signature):
        raise BadSignatureError("The signature does not fit.")
    delivery = keep(connection, letter, at)
    heard(connection, letter.topic, at)
    return delivery


def keep(connection: Connection, letter: Letter, at: datetime) -> Delivery:
    digest = hashlib.sha256(letter.body).hexdigest()
    same = Delivery.objects.of(connection.store).filter(
        topic=letter.topic, digest=digest
    )
    try:
        with transaction.atomic():
            return Delivery.objects.create(
                store=connection.store,
                topic=letter.topic,
                digest=digest,
                body=letter.body,
                received_at=at,
                due_at=at,
            )
    except IntegrityError:
        same.update(
            status=Delivery.Status.WAITING,
            times_received=F("times_received") + 1,
            attempts=0,
            received_at=at,
            due_at=at,
        )
        return same.get()


def heard(connection: Connection, topic: str, at: datetime) -> None:
    Hook.objects.of(connection.store).filter(
        Q(delivered_at=None) | Q(delivered_at__lt=at - HEARD_EVERY), topic=topic
    ).update(delivered_at=at)
