"""Numbers about customers and products, in the merchant's words."""

from __future__ import annotations

from apps.features.admin.customers import CustomerFeaturesAdmin
from apps.features.admin.products import ProductFeaturesAdmin

__all__ = ["CustomerFeaturesAdmin", "ProductFeaturesAdmin"]
