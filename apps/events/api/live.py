from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.store_views import StoreView
from apps.events.services.live import snapshot


class Live(StoreView):
    """What happens in the shop right now; a second old at most."""

    serializer_class = serializers.Serializer[Any]

    @extend_schema(operation_id="analytics_live", responses=dict)
    def get(self, request: Request) -> Response:
        """Visitors, carts, orders and the funnel of today."""
        return Response(snapshot(self.store, timezone.now()))
