"""Answers remembered exactly: under the version of the store's figures, which each
change of them raises. An old answer is never asked for again."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.cache import cache

from apps.accounts.models import Store
from apps.events.models import Freshness
from apps.shop.models import Order

# Figures change every few seconds: a longer memory would only be full.
KEPT_SECONDS = 60
logger = logging.getLogger(__name__)


def remembered(
    store: Store, question: str, asked: dict[str, Any], answer: Callable[[], Any]
) -> Any:
    """`asked` names everything that the answer depends on, but for the rollups."""
    text = json.dumps(asked, sort_keys=True, default=str)
    digest = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    key = f"analytics:{store.pk}:{version_of(store)}:{question}:{digest}"
    return recalled(key, KEPT_SECONDS, answer)


def recalled(key: str, seconds: int, answer: Callable[[], Any]) -> Any:
    """Without a cache it is only slower: a page must not fail for it."""
    try:
        found = cache.get(key)
    except Exception as error:  # noqa: BLE001 - each kind of cache has its own
        logger.warning("The cache does not answer: %s.", type(error).__name__)
        return answer()
    if found is not None:
        return found[0]
    # Boxed, since an answer may be None.
    found = (answer(),)
    try:
        cache.set(key, found, seconds)
    except Exception as error:  # noqa: BLE001
        logger.warning("The cache keeps nothing: %s.", type(error).__name__)
    return found[0]


def version_of(store: Store) -> int:
    found = Freshness.objects.of(store).values_list("version", flat=True).first()
    return found or 0


def rolled_at(store: Store) -> datetime | None:
    return Freshness.objects.of(store).values_list("rolled_at", flat=True).first()


def orders_stamp(store: Store) -> str:
    """Changes with the copy of the shop's orders."""
    rows = Order.objects.of(store).order_by("-updated_at")
    return str(rows.values_list("updated_at", "pk").first())
