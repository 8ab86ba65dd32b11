"""The stores between which a person may switch, for every page's head."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.accounts.models import Membership, Role, Store, User

SHOWN = 50


def context(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    store = getattr(request, "store", None)
    if not isinstance(user, User) or store is None:
        return {"stores": [], "current_store": None}
    return {
        "stores": stores_of(user),
        "current_store": store,
        "current_role": Role(request.role).name.capitalize(),  # type: ignore[attr-defined]
    }


def stores_of(user: User) -> list[Store]:
    if user.is_superuser:
        return list(Store.objects.order_by("name")[:SHOWN])
    mine = Membership.objects.filter(user=user).select_related("store")
    return [membership.store for membership in mine.order_by("store__name")[:SHOWN]]
