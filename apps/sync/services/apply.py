"""Understand a stored delivery and make our copy follow it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import F

from apps.shop.models import Order
from apps.sync.models import Connection, Delivery
from apps.sync.services import ask_shop, broken, reach
from apps.sync.services.copy import copy_payloads
from apps.sync.services.kinds import KINDS, Kind
from apps.sync.services.pages import Shop
from apps.sync.woo.errors import ShopBrokenError, ShopError
from apps.sync.woo.fields import UnreadableError, woo_id
from apps.sync.woo.pace import Pace

log = structlog.get_logger(__name__)
Status = Delivery.Status
# A worker that takes a delivery has so long, before another may try.
TAKEN = timedelta(minutes=2)
MOST_ATTEMPTS = 8
# The topic's word -> kinds that this may be about; variations come as products.
ABOUT = {
    "order": ("orders",),
    "product": ("products", "variations"),
    "customer": ("customers",),
    "coupon": ("coupons",),
}
UNDIGESTED = ShopBrokenError("LuxeBrain could not read this.")
# The body names the thing and says no more, or says something about another one.
NAMES_ONLY = ("deleted", "restored")


class UselessError(Exception):
    """Nothing to do for this delivery; the text says why."""


def apply_due(clock: Callable[[], datetime], until: datetime, most: int = 500) -> int:
    """Apply what waits, oldest first, until time is up; how many were settled."""
    settled = 0
    for pk in due(clock(), most):
        if clock() >= until:
            break
        settled += apply_one(pk, clock())
    return settled


def due(at: datetime, most: int) -> list[int]:
    rows = Delivery.objects.across_stores().due(at).order_by("due_at", "pk")
    return list(rows.values_list("pk", flat=True)[:most])


def apply_one(pk: int, at: datetime) -> bool:
    """False where somebody else has it, or it must wait."""
    mine = Delivery.objects.across_stores().due(at).filter(pk=pk)
    if not mine.update(due_at=at + TAKEN, attempts=F("attempts") + 1):
        return False
    delivery = Delivery.objects.across_stores().select_related("store").get(pk=pk)
    try:
        carry_out(delivery)
    except UselessError as reason:
        return settle(delivery, Status.IGNORED, at, str(reason))
    except ShopError as error:
        return wait(delivery, error, at)
    except broken.DATABASE_GONE:
        raise
    except Exception as error:  # noqa: BLE001 - told, and given up in the end
        # One that cannot be digested must not stop those behind it, nor come for ever.
        log.error("sync.delivery_broke", pk=pk, reason=broken.where(error))
        return wait(delivery, UNDIGESTED, at)
    return settle(delivery, Status.APPLIED, at)


def carry_out(delivery: Delivery) -> None:
    resource, _, event = delivery.topic.partition(".")
    names = ABOUT.get(resource)
    if names is None:
        raise UselessError("Nothing here follows this topic.")
    payload = read(bytes(delivery.body))
    try:
        thing_id = woo_id(payload)
    except UnreadableError as error:
        raise UselessError("An error in place of a body.") from error
    if event in NAMES_ONLY or len(payload) == 1:
        ask_about(delivery, [KINDS[name] for name in names], thing_id)
        return
    is_variation = resource == "product" and payload.get("parent_id")
    kind = KINDS["variations" if is_variation else names[0]]
    if payload.get("status") in Order.DRAFTS and kind.name == "orders":
        known = kind.copier.live(delivery.store).filter(woo_id=thing_id)
        if not known.exists():
            raise UselessError("An open checkout page is no order yet.")
    tally = copy_payloads(delivery.store, kind, [payload])
    if tally.wanting:
        ask_shop.follow(shop_of(delivery), kind, tally.wanting)
    if kind.name == "orders" and any(ask_shop.unknown_goods(delivery.store, [payload])):
        # The order is kept; with its products it is written again.
        ask_shop.copy_all(shop_of(delivery), kind, [payload], seen_at=None)


def read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UselessError("Not readable.") from error
    if not isinstance(found, dict):
        raise UselessError("Not a thing of the shop.")
    return found


def ask_about(delivery: Delivery, kinds: list[Kind], thing_id: int) -> None:
    """A deletion is only believed when the shop itself says so.

    Trashing a product is also told as the deletion of a coupon, and a late or repeated
    message may be about something that has long been put back.
    """
    store = delivery.store
    shop = shop_of(delivery)
    asked = 0
    for kind in kinds:
        row = kind.copier.mine(store).filter(woo_id=thing_id).first()
        if row is None and (delivery.topic.endswith("deleted") or kind.parent):
            continue
        owner = row.product.woo_id if kind.parent and row is not None else 0
        asked += 1
        ask_shop.ask_again(shop, kind, thing_id, owner)
    if not asked:
        raise UselessError("Not known here.")


def shop_of(delivery: Delivery) -> Shop:
    connection = Connection.objects.of(delivery.store).first()
    if connection is None:
        raise UselessError("The shop is not connected any more.")
    return Shop(
        delivery.store, reach.client_of(connection), Pace(), dict(connection.facts)
    )


def settle(delivery: Delivery, status: str, at: datetime, note: str = "") -> bool:
    """Unless the same bytes came again meanwhile: then they are applied again."""
    rows = Delivery.objects.of(delivery.store).filter(
        pk=delivery.pk, times_received=delivery.times_received
    )
    return bool(rows.update(status=status, settled_at=at, note=note[:300]))


def wait(delivery: Delivery, error: ShopError, at: datetime) -> bool:
    if not error.can_heal or delivery.attempts >= MOST_ATTEMPTS:
        return settle(delivery, Status.FAILED, at, error.message)
    pause = timedelta(seconds=error.retry_after or 15 * 2**delivery.attempts)
    rows = Delivery.objects.of(delivery.store).filter(
        pk=delivery.pk, times_received=delivery.times_received
    )
    rows.update(due_at=at + pause, note=error.message[:300])
    return False
