"""What the pages about copied rows share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.core.merchant_admin import StoreAdmin
from apps.shop.models import Image

COPY = (
    "This is a copy of your shop, kept up to date by itself. "
    "Change it in the shop and you will see it here."
)


class CopiedAdmin(StoreAdmin):
    """Everything is read-only; what the shop deleted, or what was merged into
    another row, is kept for its history, not shown."""

    note = COPY

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.live()


def change_url(row: Any) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


def picture(image: Image | None) -> str:
    """The address of our copy, or else of the shop's."""
    if image is None:
        return ""
    return image.file.url if image.file else image.url
