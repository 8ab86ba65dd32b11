"""Which pages may use a store's publishable keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from apps.accounts.models import ApiKey, Store, StoreOrigin


def allow(store: Store, origins: Iterable[str]) -> list[str]:
    """Which of them were not allowed before."""
    return [
        origin
        for origin in sorted(set(origins))
        if StoreOrigin.objects.get_or_create(store=store, origin=origin)[1]
    ]


def withdraw(store: Store, origins: Iterable[str], at: datetime) -> None:
    """Unless a publishable key is left, which may be in use on the same pages."""
    kept = ApiKey.objects.of(store).usable(at).filter(kind=ApiKey.Kind.PUBLISHABLE)
    if not kept.exists():
        StoreOrigin.objects.of(store).filter(origin__in=list(origins)).delete()


def page_of(meta: Mapping[str, Any]) -> str:
    """Of which site the page is that asks; empty where nobody says.

    A page that asks its own site by GET sends no Origin: then its address tells. Pages of
    other sites cannot leave the Origin out of what they may read.
    """
    origin = str(meta.get("HTTP_ORIGIN", ""))
    if origin:
        return origin
    try:
        parts = urlsplit(str(meta.get("HTTP_REFERER", "")))
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
