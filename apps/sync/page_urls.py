from __future__ import annotations

from django.urls import path

from apps.sync.services.connect import CALLBACK, RETURN
from apps.sync.views import approval
from apps.sync.views.plugin_approval import approve_shop

urlpatterns = [
    path(CALLBACK.lstrip("/"), approval.receive_keys, name="sync_receive_keys"),
    path(RETURN.lstrip("/"), approval.come_back, name="sync_come_back"),
    path("connect/shop/", approve_shop, name="sync_approve_shop"),
]
