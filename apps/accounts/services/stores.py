"""Opening a store and changing what is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.accounts.models import Membership, Role, Store, StoreOrigin, User
from apps.accounts.plans import PlanName
from apps.accounts.services import audit
from apps.core.errors import ConflictError, InvalidInputError

MERCHANT_MAY_CHANGE = ("name", "url", "time_zone", "country", "language")


def open_store(
    *,
    name: str,
    owner: User | None,
    slug: str = "",
    url: str = "",
    settings: Mapping[str, str] | None = None,
) -> Store:
    """A new store with its owner. `settings`: platform, currency, time_zone, country,
    language, plan."""
    store = Store(
        name=name.strip(),
        slug=slug or slugify(name) or "store",
        url=url,
        **{"plan": PlanName.STARTER, **(settings or {})},
    )
    validate(store)
    try:
        with transaction.atomic():
            store.save()
            if owner:
                Membership.objects.create(user=owner, store=store, role=Role.OWNER)
            allow_own_pages(store)
            audit.record("store.opened", store=store, actor=owner, subject=store.slug)
    except IntegrityError as error:
        raise ConflictError("A store with this short name exists.") from error
    return store


def allow_own_pages(store: Store) -> None:
    """The shop's own address may use its publishable key from the first day."""
    parts = urlsplit(store.url)
    if parts.scheme in {"http", "https"} and parts.netloc:
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        StoreOrigin.objects.get_or_create(store=store, origin=origin)


def change(store: Store, values: Mapping[str, str], *, actor: User | None) -> Store:
    """Change what a merchant may change; currency and platform stay as they began."""
    unknown = set(values) - set(MERCHANT_MAY_CHANGE)
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed: {', '.join(sorted(unknown))}."
        )
    changed = {
        field: value
        for field, value in values.items()
        if getattr(store, field) != value
    }
    for field, value in changed.items():
        setattr(store, field, value)
    validate(store)
    with transaction.atomic():
        store.save(update_fields=list(changed))
        if changed:
            audit.record(
                "store.changed", store=store, actor=actor, subject=store.slug,
                detail=changed,
            )  # fmt: skip
    return store


def validate(store: Store) -> None:
    """Fields only: a taken slug is found by the database, not by a look before."""
    try:
        store.clean_fields()
    except ValidationError as error:
        raise InvalidInputError("; ".join(error.messages)) from error
