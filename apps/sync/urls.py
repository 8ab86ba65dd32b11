from __future__ import annotations

from django.urls import path

from apps.sync.api.plugin import PluginView
from apps.sync.api.webhooks import deliver

urlpatterns = [
    path("connect/plugin/", PluginView.as_view(), name="plugin"),
    path("webhooks/<slug:topic>", deliver, name="webhooks"),
]
