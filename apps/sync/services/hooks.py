"""The webhooks that a shop keeps for us: made, found again, made anew, taken away."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db.models import F

from apps.accounts.services import sealed
from apps.sync.models import Connection, Hook
from apps.sync.woo import signing
from apps.sync.woo.client import Client, Payload
from apps.sync.woo.errors import ShopBrokenError, ThingMissingError
from apps.sync.woo.fields import id_of, text

# Customers are never trashed, so nothing restores them.
TOPICS = (
    "order.created", "order.updated", "order.deleted", "order.restored",
    "product.created", "product.updated", "product.deleted", "product.restored",
    "customer.created", "customer.updated", "customer.deleted",
    "coupon.created", "coupon.updated", "coupon.deleted", "coupon.restored",
)  # fmt: skip
PAGE = 100
# A shop with thousands of webhooks is broken; it shall not hold us.
MOST_PAGES = 20
LOCAL_ENDINGS = (".local", ".localhost", ".test", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True)
class Mended:
    """A webhook that was made anew. `why`: disabled, paused, missing or changed."""

    topic: str
    why: str


def address_of(connection: Connection, topic: str) -> str:
    path = f"/api/v1/webhooks/{topic.replace('.', '-')}"
    return f"{settings.PUBLIC_URL}{path}?to={connection.hook_token}"


def can_arrive(connection: Connection) -> bool:
    """Whether the shop has a way to us: from the internet none leads to localhost."""
    return not is_local(settings.PUBLIC_URL) or is_local(connection.url)


def is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(LOCAL_ENDINGS)


def register(connection: Connection, client: Client, at: datetime) -> list[Mended]:
    """Each topic once, active, with our address. Others' webhooks are left alone.

    For workers and commands only: the shop calls us while it makes a webhook. May be
    called again at any time; a webhook that is as it should be is adopted.
    """
    kept = keep_good(connection, client)
    known = {hook.topic: hook for hook in Hook.objects.of(connection.store)}
    mended = []
    for topic in TOPICS:
        payload, why = kept.get(topic, (None, "missing"))
        if payload is None:
            payload = make(connection, client, topic)
            if topic in known:
                mended.append(Mended(topic, why))
        remember(connection, topic, payload, at)
    Hook.objects.of(connection.store).filter(
        topic__in=[fixed.topic for fixed in mended]
    ).update(repairs=F("repairs") + 1, repaired_at=at)
    return mended


def keep_good(
    connection: Connection, client: Client
) -> dict[str, tuple[Payload | None, str]]:
    """One good webhook of ours per topic; what else is ours goes.

    A disabled one cannot be woken: its count of failures stays, and the next failure
    would disable it again.
    """
    kept: dict[str, tuple[Payload | None, str]] = {}
    for payload in ours(client, connection.hook_token):
        topic, why = str(payload.get("topic")), fault_of(connection, payload)
        if topic in TOPICS and why == "" and kept.get(topic, (None, ""))[0] is None:
            kept[topic] = (payload, "")
            continue
        remove(client, id_of(payload))
        kept.setdefault(topic, (None, why))
    return kept


def fault_of(connection: Connection, payload: Payload) -> str:
    topic, status = str(payload.get("topic")), str(payload.get("status"))
    if payload.get("delivery_url") != address_of(connection, topic):
        return "changed"
    return "" if status == "active" else status


def ours(client: Client, token: str) -> list[Payload]:
    """By the token in their address, also after LuxeBrain itself has moved."""
    found: list[Payload] = []
    for page in range(1, MOST_PAGES + 1):
        rows = client.get(
            "webhooks",
            per_page=PAGE,
            page=page,
            orderby="id",
            order="asc",
            status="all",
        ).rows
        found += [row for row in rows if is_ours(row, token)]
        if len(rows) < PAGE:
            break
    return found


def is_ours(payload: Payload, token: str) -> bool:
    """Somebody else's may have an address that is none, and an id that is none."""
    try:
        parts = urlsplit(str(payload.get("delivery_url")))
        names = parse_qs(parts.query).get("to")
    except ValueError:
        return False
    return names == [token] and id_of(payload) > 0


def make(connection: Connection, client: Client, topic: str) -> Payload:
    secret = sealed.unseal(bytes(connection.sealed_hook_secret)).decode()
    wanted = {
        "name": f"LuxeBrain {topic}",
        "topic": topic,
        "status": "active",
        "delivery_url": address_of(connection, topic),
        "secret": signing.secret_of(secret, topic),
    }
    made = client.post("webhooks", wanted).thing
    if not id_of(made):
        raise ShopBrokenError("The shop does not say which webhook it made.")
    return made


def remove(client: Client, woo_id: int) -> None:
    try:
        client.delete(f"webhooks/{woo_id}", force="true")
    except ThingMissingError:
        return


def remove_all(client: Client, token: str) -> None:
    for payload in ours(client, token):
        remove(client, id_of(payload))


def remember(
    connection: Connection, topic: str, payload: Payload, at: datetime
) -> None:
    seen = {
        "woo_id": id_of(payload),
        "status": text(payload, "status")[:20],
        "seen_at": at,
    }
    Hook.objects.update_or_create(
        store=connection.store,
        topic=topic,
        defaults=seen,
        create_defaults={**seen, "created_at": at},
    )
