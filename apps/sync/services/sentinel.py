"""Watches the webhooks: repairs what the shop switched off, and tells the merchant."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Max

from apps.sync.models import Connection, Delivery, Hook, Run, Step
from apps.sync.services import hooks, reach
from apps.sync.services.hooks import Mended
from apps.sync.services.notices import close_notice, open_notice
from apps.sync.woo.client import Client
from apps.sync.woo.errors import NotPermittedError

REPAIRED, NO_WAY = "webhooks.repaired", "webhooks.no_way"
SILENT, FORBIDDEN = "webhooks.silent", "webhooks.forbidden"
HEALTHY_FOR = timedelta(hours=24)
SILENCE = timedelta(hours=6)
# Deliveries take up to a minute, polls find the same change a little later.
GRACE = timedelta(minutes=30)
WHY = {
    "disabled": "WooCommerce switched them off, since LuxeBrain did not answer several times in a row",
    "paused": "somebody paused them in the shop",
    "missing": "somebody deleted them in the shop",
    "changed": "their address was changed",
}


def look(connection: Connection, client: Client, at: datetime) -> list[Mended]:
    """Every webhook is there and works afterwards; what was mended is returned.

    For workers and commands only, as `hooks.register`.
    """
    store = connection.store
    if not connection.facts.get("learned_at"):
        # Approved, or resumed, and not asked since: it may be a copy of the shop.
        reach.learn_facts(connection, client, at)
    elif connection.status != Connection.Status.MOVED:
        reach.ask_home(connection, client, at)
    if connection.status == Connection.Status.MOVED:
        # A copy of the shop: not even webhooks are written there.
        return []
    if not hooks.can_arrive(connection):
        open_notice(store, NO_WAY, no_way(connection), at)
        return []
    close_notice(store, NO_WAY, at)
    try:
        mended = hooks.register(connection, client, at)
    except NotPermittedError:
        open_notice(store, FORBIDDEN, NOT_PERMITTED, at)
        return []
    close_notice(store, FORBIDDEN, at)
    if mended:
        open_notice(store, REPAIRED, tell(mended), at)
    elif is_healthy(connection, at):
        close_notice(store, REPAIRED, at)
    listen(connection, at)
    return mended


NOT_PERMITTED = (
    "The keys may not make webhooks, so LuxeBrain looks for changes every few minutes "
    "instead of hearing of them at once. Connect again with keys of an administrator."
)


def no_way(connection: Connection) -> str:
    return (
        "Your shop cannot reach LuxeBrain, which has no public address, so changes are "
        "found by looking every few minutes instead of at once. To change that, give "
        "LuxeBrain an address on the internet and set it as PUBLIC_URL."
    )


def tell(mended: list[Mended]) -> str:
    """Which, why, and what was done: in that order."""
    by_why: dict[str, list[str]] = defaultdict(list)
    for fixed in mended:
        by_why[fixed.why].append(fixed.topic)
    said = "; ".join(
        f"{', '.join(topics)}: {WHY.get(why, WHY['changed'])}"
        for why, topics in by_why.items()
    )
    return (
        f"Webhooks had stopped and were made anew ({said}). "
        "What changed meanwhile is found by comparing with the shop. "
        "If this comes back, see whether a firewall keeps the shop from LuxeBrain."
    )


def is_healthy(connection: Connection, at: datetime) -> bool:
    """No repair for a day."""
    last = Hook.objects.of(connection.store).aggregate(at=Max("repaired_at"))["at"]
    return last is None or at - last >= HEALTHY_FOR


def listen(connection: Connection, at: datetime) -> None:
    if is_silent(connection, at):
        text = (
            f"No webhook has arrived for {int(SILENCE.total_seconds() // 3600)} hours "
            "although orders changed in the shop. LuxeBrain finds changes by looking "
            "every few minutes meanwhile. “Check the connection” shows what may be in "
            "the way: mostly a firewall, or WP-Cron that does not run."
        )
        open_notice(connection.store, SILENT, text, at)
    elif heard_since(connection, at - SILENCE):
        close_notice(connection.store, SILENT, at)


def is_silent(connection: Connection, at: datetime) -> bool:
    """Orders changed, as polls found, but no delivery came: they get lost on the way.

    A change that was delivered is in our copy before a poll sees it, and a poll counts
    only what it had to change.
    """
    oldest = Hook.objects.of(connection.store).order_by("created_at").first()
    if oldest is None or at - oldest.created_at < SILENCE:
        return False
    return not heard_since(connection, at - SILENCE) and has_missed_orders(
        connection, at
    )


def heard_since(connection: Connection, moment: datetime) -> bool:
    heard_at = last_heard(connection)
    return heard_at is not None and heard_at > moment


def has_missed_orders(connection: Connection, at: datetime) -> bool:
    return (
        Step.objects.of(connection.store)
        .filter(
            run__kind=Run.Kind.POLL,
            run__finished_at__gt=at - SILENCE,
            run__finished_at__lt=at - GRACE,
            kind="orders",
            changed__gt=0,
        )
        .exists()
    )


def last_heard(connection: Connection) -> datetime | None:
    store = connection.store
    of_hooks = Hook.objects.of(store).aggregate(at=Max("delivered_at"))["at"]
    received = Delivery.objects.of(store).aggregate(at=Max("received_at"))["at"]
    return max(filter(None, (of_hooks, received)), default=None)
