"""Bring what was asked into the shops: each change once, and only into the right shop."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F

from apps.accounts.models import Store
from apps.sync.models import Connection, Write
from apps.sync.services import broken, reach
from apps.sync.services.copy import copy_payloads
from apps.sync.services.kinds import KINDS
from apps.sync.services.writing.batch import COUPONS, Batch, ReadOnlyError, carry_out
from apps.sync.services.writing.settle import (
    LEASE,
    Claim,
    Status,
    postpone,
    settle_all,
    subject_of,
)
from apps.sync.woo.changes import MOST_IN_BATCH, products_path
from apps.sync.woo.client import Payload
from apps.sync.woo.errors import (
    RequestRefusedError,
    ShopBrokenError,
    ShopError,
    ThingMissingError,
)

log = structlog.get_logger(__name__)
# Of one store in one sweep; the rest waits for the next.
MOST_WAITING = 2000
READ_ONLY = "The keys of the shop may only read. Connect it again with keys that write."
MOVED = (
    "The shop says that its address is another one. LuxeBrain writes nothing into a "
    "copy of a shop."
)
REASONS = {
    Connection.Status.PAUSED: "The connection with the shop is paused.",
    Connection.Status.REFUSED: "The shop refuses the keys.",
    Connection.Status.MOVED: MOVED,
}


def send_due(at: datetime, limit: int = 500) -> int:
    """Carry out what is due, in all stores; how many writes were looked at."""
    due = Write.objects.across_stores().due(at).values("store_id")
    stores = list(Store.objects.filter(pk__in=due).order_by("pk"))
    share = max(MOST_IN_BATCH, limit // max(1, len(stores)))
    return sum(send_of(store, at, share) for store in stores)


def send_of(store: Store, at: datetime, limit: int) -> int:
    groups = defaultdict(list)
    for write in next_due(store, at)[:limit]:
        groups[path_of(write)].append(write)
    count = 0
    for path, writes in groups.items():
        for start in range(0, len(writes), MOST_IN_BATCH):
            claim = take(store, writes[start : start + MOST_IN_BATCH], at)
            count += len(claim.open)
            if claim.open:
                keep_promises(claim, path)
    return count


def next_due(store: Store, at: datetime) -> list[Write]:
    """One of each thing: what was asked first is settled before the next is sent."""
    waiting = Write.objects.of(store).filter(status=Status.WAITING).order_by("pk")
    taken, due = set(), []
    for write in waiting[:MOST_WAITING]:
        subject = subject_of(write)
        if subject not in taken and write.due_at <= at:
            due.append(write)
        taken.add(subject)
    return due


def path_of(write: Write) -> str:
    if write.kind == Write.Kind.COUPON:
        return COUPONS
    return products_path(write.parent_woo_id)


def take(store: Store, writes: list[Write], at: datetime) -> Claim:
    """Those that no other worker took since they were read."""
    claim = Claim(store, at, at + LEASE)
    with transaction.atomic():
        for write in writes:
            row = Write.objects.of(store).filter(pk=write.pk, status=Status.WAITING)
            changes = {"due_at": claim.until, "attempts": F("attempts") + 1}
            if row.filter(due_at=write.due_at).update(**changes):
                write.attempts += 1
                claim.open[write.pk] = write
    return claim


def keep_promises(claim: Claim, path: str) -> None:
    connections = Connection.objects.of(claim.store).select_related("store")
    connection = connections.first()
    if connection is None:
        settle_all(claim, Status.REFUSED, "No shop is connected.")
        return
    if reason := refusal(connection):
        settle_all(claim, Status.REFUSED, reason)
        return
    try:
        client = reach.client_of(connection)
        is_home = reach.ask_home(connection, client, claim.at)
        if is_home is None:
            raise ShopBrokenError("The shop does not say what its address is.")
        if not is_home:
            settle_all(claim, Status.REFUSED, MOVED)
            return
        batch = Batch(claim, client, path)
        copy_back(batch, carry_out(batch))
    except ReadOnlyError:
        connections.filter(pk=connection.pk).update(may_write=False)
        settle_all(claim, Status.REFUSED, READ_ONLY)
    except (ThingMissingError, RequestRefusedError) as error:
        settle_all(claim, Status.REFUSED, f"The shop says: {error.message}")
    except ShopError as error:
        reach.note_failure(connection, error, claim.at)
        postpone(claim, error.message)
    except broken.DATABASE_GONE:
        raise
    except Exception as error:  # noqa: BLE001 - told, and given up in the end
        # One shop's strange answer must not keep the writes of the others waiting.
        log.error("sync.write_broke", path=path, reason=broken.where(error))
        postpone(claim, "LuxeBrain could not read what the shop answered.")
    else:
        reach.note_success(connection, claim.at)
        postpone(claim, "The shop had an error of its own.")


def refusal(connection: Connection) -> str:
    if connection.store.status != Store.Status.ACTIVE:
        return "The store is paused or closed in LuxeBrain."
    if connection.may_write is False:
        return READ_ONLY
    return REASONS.get(Connection.Status(connection.status), "")


def copy_back(batch: Batch, payloads: list[Payload]) -> None:
    """Our copy says the same at once, not only after the next poll."""
    kind = batch.path if batch.path in KINDS else "variations"
    if payloads:
        copy_payloads(batch.claim.store, KINDS[kind], payloads, seen_at=batch.seen_at)
