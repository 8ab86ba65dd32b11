"""Pages of the admin that are about no table. Before the admin's own addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from apps.experiments.views import left_alone

urlpatterns = [
    path("left-alone/", admin.site.admin_view(left_alone.page), name="left_alone"),
]
