"""Keys of a store: made, found, rotated with overlap, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import ApiKey, Store, User
from apps.accounts.models.keys import Scope
from apps.accounts.services import audit, sealed, signing
from apps.core.errors import ConflictError, InvalidInputError

ALPHABET = string.ascii_letters + string.digits
OVERLAP = timedelta(hours=24)
USE_IS_NOTED_EVERY = timedelta(minutes=1)
PUBLISHABLE_SCOPES = (Scope.EVENTS, Scope.STOREFRONT)


def create(
    store: Store,
    kind: str,
    name: str,
    scopes: Iterable[str] = (),
    *,
    actor: User | None = None,
) -> tuple[ApiKey, str]:
    """The row and the key itself, which nobody can read again."""
    key, shown = build(store, kind, name.strip(), list(scopes))
    with transaction.atomic():
        key.save()
        audit.record(
            "key.created", store=store, actor=actor, subject=key.prefix,
            detail={"name": key.name, "scopes": key.scopes},
        )  # fmt: skip
    return key, shown


def build(store: Store, kind: str, name: str, scopes: list[str]) -> tuple[ApiKey, str]:
    if kind not in ApiKey.Kind.values:
        raise InvalidInputError("A key is publishable (pk) or secret (sk).")
    if kind == ApiKey.Kind.PUBLISHABLE:
        scopes = list(PUBLISHABLE_SCOPES)
    unknown = set(scopes) - set(Scope.values)
    if not name or unknown:
        raise InvalidInputError("A key needs a name and scopes that exist.")
    prefix, shown = mint(kind)
    is_secret = kind == ApiKey.Kind.SECRET
    key = ApiKey(
        store=store,
        kind=kind,
        name=name[:100],
        prefix=prefix,
        digest=digest(shown),
        signing_key=sealed.seal(signing.derive(shown)) if is_secret else b"",
        scopes=sorted(scopes or Scope.values),
    )
    return key, shown


def mint(kind: str) -> tuple[str, str]:
    """The public prefix and the whole key."""
    if kind == ApiKey.Kind.PUBLISHABLE:
        shown = f"pk_{letters(24)}"
        return shown[:11], shown
    prefix = f"sk_{letters(12)}"
    return prefix, f"{prefix}_{letters(32)}"


def letters(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def digest(shown: str) -> str:
    return hashlib.sha256(shown.encode()).hexdigest()


def find_secret(prefix: str, at: datetime) -> ApiKey | None:
    """A usable secret key by its public prefix."""
    return (
        ApiKey.objects.across_stores()
        .usable(at)
        .filter(prefix=prefix, kind=ApiKey.Kind.SECRET)
        .select_related("store")
        .first()
    )


def find_publishable(shown: str, at: datetime) -> ApiKey | None:
    return (
        ApiKey.objects.across_stores()
        .usable(at)
        .filter(digest=digest(shown), kind=ApiKey.Kind.PUBLISHABLE)
        .select_related("store")
        .first()
    )


def note_use(key: ApiKey, at: datetime) -> None:
    """At most one write a minute, however often the key calls."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - USE_IS_NOTED_EVERY)
    if key.last_used_at is None or key.last_used_at < at - USE_IS_NOTED_EVERY:
        ApiKey.objects.of(key.store).filter(stale, pk=key.pk).update(last_used_at=at)


def rotate(
    key: ApiKey,
    at: datetime | None = None,
    *,
    overlap: timedelta = OVERLAP,
    actor: User | None = None,
) -> tuple[ApiKey, str]:
    """A new key; the old one works until the overlap ends. Of two at once one wins."""
    now = at or timezone.now()
    new, shown = build(key.store, key.kind, key.name, list(key.scopes))
    with transaction.atomic():
        new.save()
        rotated = (
            ApiKey.objects.of(key.store)
            .usable(now)
            .filter(pk=key.pk, replaced_by=None)
            .update(replaced_by=new, expires_at=now + overlap)
        )
        if not rotated:
            raise ConflictError("This key was rotated or revoked already.")
        audit.record(
            "key.rotated", store=key.store, actor=actor, subject=key.prefix,
            detail={"new": new.prefix},
        )  # fmt: skip
    return new, shown


def revoke(
    key: ApiKey, at: datetime | None = None, *, actor: User | None = None
) -> None:
    """It opens nothing from the next request on, but that pages are believed for some
    seconds more (services/pages.py). Twice is harmless."""
    with transaction.atomic():
        revoked = (
            ApiKey.objects.of(key.store)
            .filter(pk=key.pk, revoked_at=None)
            .update(revoked_at=at or timezone.now())
        )
        if revoked:
            audit.record(
                "key.revoked", store=key.store, actor=actor, subject=key.prefix
            )
