"""Pages of the admin that are about no table. Before the admin's own addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from apps.storefront.views import pick, preview

page = admin.site.admin_view

urlpatterns = [
    path("preview/<slug:what>/", page(preview.page), name="storefront_preview"),
    path("pick/<slug:what>/", page(pick.names), name="storefront_pick"),
]
