from __future__ import annotations

from django.urls import path

from apps.sync.api.webhooks import deliver

urlpatterns = [
    path("webhooks/<slug:topic>", deliver, name="webhooks"),
]
