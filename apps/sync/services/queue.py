"""Which passes are due, for every store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from apps.accounts.models import Store
from apps.sync.models import Connection, Run
from apps.sync.services import runs, watermarks


def connected() -> Iterator[Store]:
    """Stores whose shop may be asked. A copy of a shop is read, too."""
    statuses = (
        Connection.Status.ACTIVE,
        Connection.Status.FAILING,
        Connection.Status.MOVED,
    )
    rows = Connection.objects.across_stores().filter(
        status__in=statuses, store__status=Store.Status.ACTIVE
    )
    for connection in rows.select_related("store").order_by("pk"):
        yield connection.store


def polls(at: datetime) -> None:
    """Not before the first sync is through: from there a poll looks on."""
    for store in connected():
        if watermarks.reached(store, "orders") is not None:
            runs.ask(store, Run.Kind.POLL, at)


def proofs(at: datetime) -> None:
    for store in connected():
        if watermarks.reached(store, "orders") is not None:
            runs.ask(store, Run.Kind.PROOF, at)


def open_stores() -> Iterator[Store]:
    yield from Store.objects.filter(status=Store.Status.ACTIVE).order_by("pk")
