"""Pages of the admin that are about no table. Before the admin's own addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from apps.events.views import analytics, live

page = admin.site.admin_view

urlpatterns = [
    path("live/", page(live.page), name="live"),
    path("live/stream", page(live.stream), name="live_stream"),
    path("visitors/", page(analytics.visitors), name="visitors"),
    path("returning/", page(analytics.returning), name="returning"),
    path("searches/", page(analytics.searches), name="searches"),
    path("clicks/", page(analytics.clicks), name="clicks"),
]
