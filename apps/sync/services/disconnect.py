"""Leave the shop as it was: our webhooks and keys go, what was copied stays."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import audit
from apps.sync.models import Connection, Hook, Notice, Run
from apps.sync.services import hooks, reach
from apps.sync.services.plugin_end import end_link
from apps.sync.woo.errors import ShopError
from apps.sync.woo.hasty import within

log = structlog.get_logger(__name__)
PATIENCE = 20.0


def disconnect(connection: Connection, person: User | None, at: datetime) -> bool:
    """True if the shop let its webhooks be removed; a shop that is gone cannot.

    The keys themselves can only be revoked by the merchant, in the shop.
    """
    is_clean = remove_hooks(connection)
    disconnect_here(connection, person, at, is_clean=is_clean)
    return is_clean


def disconnect_here(
    connection: Connection, person: User | None, at: datetime, *, is_clean: bool
) -> None:
    """Forget the shop without asking it anything. Its plugin's keys end with it."""
    store, url, ending = connection.store, connection.url, connection.key_ending
    with transaction.atomic():
        end_link(store, person, at)
        Run.objects.of(store).open().update(
            status=Run.Status.STOPPED,
            finished_at=at,
            error="The shop was disconnected.",
        )
        Hook.objects.of(store).delete()
        Notice.objects.of(store).filter(closed_at=None).update(closed_at=at)
        Connection.objects.of(store).filter(pk=connection.pk).delete()
        audit.record(
            "shop.disconnected",
            store=store,
            actor=person,
            subject=url,
            detail={"key_ending": ending, "webhooks_removed": is_clean},
        )


def remove_hooks(connection: Connection) -> bool:
    client, token = reach.hasty_client_of(connection), connection.hook_token
    try:
        within(PATIENCE, lambda: hooks.remove_all(client, token))
    except ShopError as error:
        log.info("sync.hooks_left_behind", store=connection.store_id, code=error.code)
        return False
    return True
