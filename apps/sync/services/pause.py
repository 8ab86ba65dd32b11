"""Let a shop alone for a while."""

from __future__ import annotations

from datetime import datetime

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.core.errors import ConflictError
from apps.sync.models import Connection
from apps.sync.services import reach

Status = Connection.Status
RUNNING = (Status.ACTIVE, Status.FAILING, Status.MOVED)


def pause(connection: Connection, person: User | None, at: datetime) -> None:
    """Nothing is asked of the shop until it is resumed."""
    change(connection, RUNNING, Status.PAUSED)
    record("shop.paused", connection, person, at)


def resume(connection: Connection, person: User | None, at: datetime) -> None:
    """Whether it is still the same shop is asked before anything is written."""
    change(connection, (Status.PAUSED,), Status.ACTIVE)
    record("shop.resumed", connection, person, at)


def change(connection: Connection, before: tuple[str, ...], after: str) -> None:
    row = Connection.objects.of(connection.store).filter(pk=connection.pk)
    if not row.filter(status__in=before).update(status=after):
        raise ConflictError("The connection is in another state by now.")
    reach.reread(connection)


def record(
    action: str, connection: Connection, person: User | None, at: datetime
) -> None:
    audit.record(
        action, store=connection.store, actor=person, subject=connection.url,
        detail={"at": at.isoformat()},
    )  # fmt: skip
