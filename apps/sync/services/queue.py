"""Which passes are due, for every store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from apps.accounts.models import Store
from apps.sync.models import Connection, Run
from apps.sync.services import runs, watermarks


def ask_all(kind: Run.Kind, at: datetime) -> None:
    """Not before the first sync is through: from there a pass looks on."""
    rows = Connection.objects.across_stores().reachable().select_related("store")
    for connection in rows.order_by("pk"):
        if watermarks.reached(connection.store, "orders") is not None:
            runs.ask(connection.store, kind, at)


def open_stores() -> Iterator[Store]:
    yield from Store.objects.filter(status=Store.Status.ACTIVE).order_by("pk")
