"""The admin site and the base of every admin page: one store at a time, by role."""

from __future__ import annotations

from apps.core.merchant_admin.filters import Choice, Period, Related
from apps.core.merchant_admin.one_per_store import OnePerStoreAdmin
from apps.core.merchant_admin.panels import (
    Bars,
    Cell,
    Chart,
    Panel,
    Point,
    label_cell,
    link_cell,
)
from apps.core.merchant_admin.roles import ANALYST, MANAGER, OWNER, reaches
from apps.core.merchant_admin.site import MerchantAdminSite, SystemAdmin
from apps.core.merchant_admin.store_admin import StoreAdmin
from apps.core.merchant_admin.store_inline import StoreTabularInline
from apps.core.merchant_admin.verbs import Verb

__all__ = [
    "ANALYST",
    "MANAGER",
    "OWNER",
    "Bars",
    "Cell",
    "Chart",
    "Choice",
    "MerchantAdminSite",
    "OnePerStoreAdmin",
    "Panel",
    "Period",
    "Point",
    "Related",
    "StoreAdmin",
    "StoreTabularInline",
    "SystemAdmin",
    "Verb",
    "label_cell",
    "link_cell",
    "reaches",
]
