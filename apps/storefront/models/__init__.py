from __future__ import annotations

from apps.storefront.models.banner import Banner
from apps.storefront.models.lines import LineSettings
from apps.storefront.models.placement import Place, Placement
from apps.storefront.models.rule import Action, Rule

__all__ = ["Action", "Banner", "LineSettings", "Place", "Placement", "Rule"]
