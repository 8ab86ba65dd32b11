"""Let a shop alone for a while."""

from __future__ import annotations

from datetime import datetime

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.core.errors import ConflictError
from apps.sync.models import Connection, Notice
from apps.sync.services import reach
from apps.sync.woo.address import is_same_address

Status = Connection.Status
RUNNING = (Status.ACTIVE, Status.FAILING, Status.MOVED)


def pause(connection: Connection, person: User | None, at: datetime) -> None:
    """Nothing is asked of the shop until it is resumed."""
    change(connection, RUNNING, Status.PAUSED)
    record("shop.paused", connection, person, at)


def resume(connection: Connection, person: User | None, at: datetime) -> None:
    """What counted as a copy of the shop goes on counting as one, until it was asked."""
    change(connection, (Status.PAUSED,), status_after(connection))
    record("shop.resumed", connection, person, at)


def status_after(connection: Connection) -> str:
    """Into a copy of the shop nothing is written, not even webhooks."""
    home = str(connection.facts.get("home_url") or "")
    warned = Notice.objects.of(connection.store).filter(
        code=reach.MOVED, closed_at=None
    )
    is_strange = home and not is_same_address(home, connection.url)
    if is_strange or connection.facts.get(reach.UNPROVEN) or warned.exists():
        return Status.MOVED
    return Status.ACTIVE


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
