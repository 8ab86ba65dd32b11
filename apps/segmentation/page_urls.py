"""Pages of the admin that are about no table. Before the admin's own addresses."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
