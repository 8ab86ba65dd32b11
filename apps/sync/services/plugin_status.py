"""What the plugin shows in the shop: a few cheap looks, nothing is asked of the shop."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from apps.accounts.models import Store
from apps.events.models import Session
from apps.sync.models import Connection, Delivery, Hook, Notice, Run
from apps.sync.services import hooks

Status = Connection.Status
WORDS = {
    Run.Status.WAITING: "The first sync waits for its turn.",
    Run.Status.RUNNING: "The first sync is under way.",
    Run.Status.DONE: "Everything is copied, and changes follow by themselves.",
    Run.Status.FAILED: "The first sync was given up: {}",
    Run.Status.STOPPED: "The first sync was stopped.",
}
TROUBLE = {
    Status.FAILING: "Your shop does not answer LuxeBrain; it is tried again by itself.",
    Status.REFUSED: "Your shop refuses LuxeBrain's keys. Disconnect and connect again.",
    Status.MOVED: "Your shop says that its address is another one than the one connected.",
    Status.PAUSED: "Somebody paused the connection in LuxeBrain.",
}
MOST_TROUBLES = 5


def status(store: Store, at: datetime) -> dict[str, Any]:
    connection = Connection.objects.of(store).first()
    return {
        "store": store.slug,
        "store_name": store.name,
        "shop": connection.url if connection else "",
        "sync": of_sync(store),
        "webhooks": of_hooks(store),
        "last_event_at": Session.objects.of(store).aggregate(at=Max("last_at"))["at"],
        "troubles": troubles(store, connection),
        # Its clock is told from ours.
        "now": at,
    }


def of_sync(store: Store) -> dict[str, Any]:
    run = (
        Run.objects.of(store).filter(kind=Run.Kind.FIRST).order_by("-asked_at").first()
    )
    if run is None:
        return {"state": "none", "text": "Nothing is copied yet.", "at": None}
    text = WORDS[Run.Status(run.status)].format(run.error)
    return {"state": run.status, "text": text, "at": run.finished_at or run.started_at}


def of_hooks(store: Store) -> dict[str, Any]:
    """As the sentinel last saw them."""
    seen = Hook.objects.of(store).aggregate(
        active=Count("pk", filter=Q(status="active")), delivered=Max("delivered_at")
    )
    received = Delivery.objects.of(store).aggregate(at=Max("received_at"))["at"]
    return {
        "active": seen["active"],
        "wanted": len(hooks.TOPICS),
        "last_at": max(filter(None, (seen["delivered"], received)), default=None),
    }


def troubles(store: Store, connection: Connection | None) -> list[str]:
    """One sentence each, the newest first."""
    if connection is None:
        return ["LuxeBrain is not connected to this shop any more. Connect again."]
    notices = Notice.objects.of(store).filter(closed_at=None).order_by("-opened_at")
    told = [notice.text for notice in notices[:MOST_TROUBLES]]
    state = TROUBLE.get(Status(connection.status))
    return told if told or not state else [state]
