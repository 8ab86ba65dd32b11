"""Where the shop's plugin connects itself, asks how it is, and says goodbye."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models.keys import Scope
from apps.accounts.services import limits
from apps.accounts.services.callers import Caller
from apps.core.client import network_of
from apps.core.errors import UnknownError
from apps.sync.services import plugin
from apps.sync.services.plugin_end import end_older
from apps.sync.services.plugin_status import status as status_of


class PluginVersionsSerializer(serializers.Serializer[Any]):
    plugin = serializers.CharField(max_length=40, required=False)
    wordpress = serializers.CharField(max_length=40, required=False)
    woocommerce = serializers.CharField(max_length=40, required=False, allow_blank=True)
    php = serializers.CharField(max_length=40, required=False)


class PluginSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=100)
    home_url = serializers.CharField(max_length=300)
    site_url = serializers.CharField(max_length=300, allow_blank=True)
    consumer_key = serializers.CharField(max_length=120)
    consumer_secret = serializers.CharField(max_length=120)
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    time_zone = serializers.CharField(max_length=64, required=False, allow_blank=True)
    versions = PluginVersionsSerializer(required=False)


class PluginLinkedSerializer(serializers.Serializer[Any]):
    store = serializers.CharField()
    store_name = serializers.CharField()
    secret_key = serializers.CharField()
    publishable_key = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())


class PluginSyncSerializer(serializers.Serializer[Any]):
    state = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)


class PluginHooksSerializer(serializers.Serializer[Any]):
    active = serializers.IntegerField()
    wanted = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)


class PluginStatusSerializer(serializers.Serializer[Any]):
    store = serializers.CharField()
    store_name = serializers.CharField()
    shop = serializers.CharField()
    sync = PluginSyncSerializer()
    webhooks = PluginHooksSerializer()
    last_event_at = serializers.DateTimeField(allow_null=True)
    troubles = serializers.ListField(child=serializers.CharField())
    now = serializers.DateTimeField()


class PluginView(APIView):
    """Connecting needs no signature: the one-time code is the pass."""

    needs = {"GET": Scope.STOREFRONT, "DELETE": Scope.STOREFRONT}

    def get_authenticators(self) -> list[BaseAuthentication]:
        if self.is_connecting():
            return []
        return super().get_authenticators()

    def get_permissions(self) -> Sequence[Any]:
        return [AllowAny()] if self.is_connecting() else super().get_permissions()

    def is_connecting(self) -> bool:
        """None where only the schema is asked for."""
        request = getattr(self, "request", None)
        return request is not None and request.method == "POST"

    @extend_schema(
        request=PluginSerializer,
        responses={
            200: PluginLinkedSerializer,
            404: OpenApiResponse(description="The code works no more."),
            409: OpenApiResponse(description="The store takes no such shop."),
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Connect the shop with a code; the keys are answered this once."""
        network, rate = network_of(request._request), settings.RATE_LIMITS["ip"]
        verdict = limits.spend("plugin", network, rate, time.time())
        if not verdict.is_allowed:
            raise Throttled(verdict.reset)
        asked = PluginSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        code = values.pop("code")
        linked = plugin.link(code, plugin.Shop(**values), timezone.now())
        transaction.on_commit(nudge, robust=True)
        return Response(
            {
                "store": linked.store.slug,
                "store_name": linked.store.name,
                "secret_key": linked.secret_key,
                "publishable_key": linked.publishable_key,
                "warnings": linked.warnings,
            }
        )

    @extend_schema(responses=PluginStatusSerializer)
    def get(self, request: Request) -> Response:
        """How the connection is, in a few words for the shop's own pages."""
        caller = caller_of(request)
        assert caller.store is not None
        now = timezone.now()
        # The plugin asks so as soon as it has its keys.
        end_older(caller.store, now)
        return Response(PluginStatusSerializer(status_of(caller.store, now)).data)

    @extend_schema(
        responses={204: None, 404: OpenApiResponse(description="No plugin's key.")}
    )
    def delete(self, request: Request) -> Response:
        """The plugin leaves: its keys open nothing more. What was copied stays."""
        caller = caller_of(request)
        assert caller.store is not None
        plugin.unlink(caller.store, caller.key_id, timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def caller_of(request: Request) -> Caller:
    caller = request.auth
    if not isinstance(caller, Caller):
        raise UnknownError("Sign the request with the plugin's key.")
    return caller


def nudge() -> None:
    """The first sync, and the webhooks, which a task makes."""
    current_app.send_task("sync.work")
    current_app.send_task("sync.watch_hooks")
