from __future__ import annotations

from unfold.admin import TabularInline

from apps.core.merchant_admin.scope import StoreScope
from apps.core.merchant_admin.widgets import MoneyWidget
from apps.core.money import MoneyField


class StoreTabularInline(StoreScope, TabularInline):
    """Rows of the same store below a row."""

    formfield_overrides = {MoneyField: {"widget": MoneyWidget}}
    extra = 0
    show_change_link = False
