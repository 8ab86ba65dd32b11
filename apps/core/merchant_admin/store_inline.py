from __future__ import annotations

from unfold.admin import TabularInline

from apps.core.merchant_admin.scope import StoreScope


class StoreTabularInline(StoreScope, TabularInline):
    """Rows of the same store below a row."""

    extra = 0
    show_change_link = False
