from __future__ import annotations

from apps.storefront.admin.banners import BannerAdmin
from apps.storefront.admin.lines import LineSettingsAdmin
from apps.storefront.admin.placements import PlacementAdmin
from apps.storefront.admin.rules import RuleAdmin

__all__ = ["BannerAdmin", "LineSettingsAdmin", "PlacementAdmin", "RuleAdmin"]
