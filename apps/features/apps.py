from __future__ import annotations

from django.apps import AppConfig


class FeaturesConfig(AppConfig):
    name = "apps.features"
    verbose_name = "Numbers about customers and products"
