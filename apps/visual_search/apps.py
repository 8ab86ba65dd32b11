from __future__ import annotations

from django.apps import AppConfig


class VisualSearchConfig(AppConfig):
    name = "apps.visual_search"
    verbose_name = "Search by picture"
