"""One kind of work in every store that is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from apps.accounts.models import Store

log = structlog.get_logger(__name__)
Work = Callable[[Store, datetime], int]


def in_each_store(name: str, work: Work, clock: Callable[[], datetime]) -> None:
    """One store's trouble keeps no other one waiting. `work` says how much it did."""
    for store in Store.objects.filter(status=Store.Status.ACTIVE):
        try:
            count = work(store, clock())
        except Exception:
            log.exception("store.broke", work=name, store_id=store.pk)
            continue
        if count:
            log.info(name, store_id=store.pk, count=count)
