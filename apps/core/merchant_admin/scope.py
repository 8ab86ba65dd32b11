"""What an admin page may touch: rows of the chosen store, and what the role allows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest

from apps.core.merchant_admin.roles import ANALYST, reaches

Rows = models.QuerySet[Any]


def has_store_field(model: type[models.Model]) -> bool:
    try:
        model._meta.get_field("store")
    except FieldDoesNotExist:
        return False
    return True


def limit(rows: Rows, store: Any) -> Rows:
    """Rows of the store. What belongs to no store (content types) stays as it is."""
    if store is None:
        return rows.none()
    if hasattr(rows, "of"):
        return rows.of(store)  # type: ignore[no-any-return]
    model = rows.model
    if has_store_field(model):
        return rows.filter(store=store)
    if model is type(store):
        return rows.filter(pk=store.pk)
    if model is get_user_model():
        return rows.filter(memberships__store=store)
    return rows


def belongs(row: Any, store: Any) -> bool:
    if store is None:
        return False
    if isinstance(row, type(store)):
        return bool(row.pk == store.pk)
    return bool(getattr(row, "store_id", store.pk) == store.pk)


class StoreScope:
    """Mixed into model admins and inlines.

    `None` as a role means that nobody may, which is the default for every change:
    a page is read-only until it says otherwise.
    """

    view_role: str | None = ANALYST
    add_role: str | None = None
    change_role: str | None = None
    delete_role: str | None = None

    def get_queryset(self, request: HttpRequest) -> Rows:
        rows: Rows = super().get_queryset(request)  # type: ignore[misc]
        return limit(rows, getattr(request, "store", None))

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Rows:
        rows = super().get_field_queryset(db, db_field, request)  # type: ignore[misc]
        if rows is None:
            rows = db_field.remote_field.model._default_manager.all()
        return limit(rows, getattr(request, "store", None))

    def may(self, request: HttpRequest, role: str | None, row: Any = None) -> bool:
        """`row` may be its id only, as the theme's actions pass it: then it is looked
        up later, in the store."""
        if not reaches(request, role):
            return False
        return not isinstance(row, models.Model) or belongs(
            row,
            request.store,  # type: ignore[attr-defined]
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.view_role, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.change_role, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.delete_role, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, self.add_role, obj)
