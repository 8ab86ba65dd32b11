"""The leaves of a step by the plugin's export, and by pages where it does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from apps.sync.models import Step
from apps.sync.services.kinds import Kind
from apps.sync.services.pages import Leaf, Shop, leaves
from apps.sync.woo import export
from apps.sync.woo.errors import ShopError
from apps.sync.woo.export import Batch
from apps.sync.woo.fields import id_of

log = structlog.get_logger(__name__)
PAGE = 100


def can_export(shop: Shop, kind: Kind) -> bool:
    return (
        kind.name in export.FIELDS
        and bool(shop.facts.get("has_plugin"))
        and shop.client.signer is not None
    )


def exported(shop: Shop, kind: Kind, step: Step) -> Iterator[Leaf]:
    """Where a step was left, either way goes on: a place is the last id, and about how
    many came before it."""
    if step.parent_id:  # left inside a list below something: from the start
        step.parent_id = step.last_id = step.offset = 0
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(ask, shop, kind, step.last_id)
        while True:
            try:
                batch = ahead.result()
            except ShopError as error:
                log.warning("sync.export_failed", kind=kind.name, reason=error.code)
                break
            if not batch.is_all:
                ahead = pool.submit(ask, shop, kind, batch.after)
            yield from cut(batch, kind, step, ahead)
            if batch.is_all:
                return
    # By pages, from the place that the last leaf noted.
    yield from leaves(shop, kind, step, {})


def ask(shop: Shop, kind: Kind, after: int) -> Batch:
    """While a batch is written, the shop makes the next one."""
    with shop.client.lane() as client:
        return export.read(client, kind.name, after)


def cut(batch: Batch, kind: Kind, step: Step, ahead: Future[Batch]) -> Iterator[Leaf]:
    """A leaf is one transaction: a hundred at a time, as by pages."""
    for woo_id in batch.broken:
        log.warning("sync.unreadable", kind=kind.name, woo_id=woo_id, reason="export")
    items, offset, low = batch.items, step.offset, step.last_id
    starts = range(0, len(items), PAGE) or range(1)
    try:
        for start in starts:
            part = items[start : start + PAGE]
            is_last = start == starts[-1]
            high = batch.after if is_last else id_of(part[-1])
            offset += len(part)
            place = {"parent_id": 0, "last_id": high, "offset": offset}
            end = None if is_last and batch.is_all else high
            yield Leaf(part, low, end, 0, place, batch.total, batch.shop_at)
            low = high
    except GeneratorExit:
        ahead.cancel()
        raise
