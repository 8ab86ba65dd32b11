"""Which pages may use a store's publishable keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

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
