"""The same work as most would write it: a DRF view, serializers and bulk_create.

The same table, store and key, the same server. Loaded by Granian in place of
luxebrain.wsgi; its one address is that of events/track.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luxebrain.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.parsers import BaseParser  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from apps.accounts.authentication import PublishableKeyAuthentication  # noqa: E402
from apps.events.models import Event  # noqa: E402


class TextParser(BaseParser):
    media_type = "text/plain"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None):  # type: ignore[no-untyped-def]
        return json.loads(stream.read())


class EventSerializer(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.UUIDField()
    type = serializers.ChoiceField(["product_view"])
    at = serializers.IntegerField(min_value=946_684_800_000)
    product = serializers.IntegerField(min_value=1)
    price = serializers.DecimalField(max_digits=16, decimal_places=4)
    currency = serializers.RegexField(r"^[A-Z]{3}$")


class BatchSerializer(serializers.Serializer):  # type: ignore[type-arg]
    visitor = serializers.CharField(max_length=64)
    session = serializers.CharField(max_length=64)
    context = serializers.DictField()
    events = EventSerializer(many=True, max_length=1000)


class Track(APIView):
    authentication_classes = (PublishableKeyAuthentication,)
    permission_classes = ()
    throttle_classes = ()
    parser_classes = (TextParser,)

    def post(self, request: Any) -> Response:
        said = BatchSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        batch = said.validated_data
        rows = [
            Event(
                id=UUID(int=event["id"].int),
                store_id=request.auth.store.pk,
                batch_id=0,
                type=event["type"],
                at=datetime.fromtimestamp(event["at"] / 1000, UTC),
                visitor=batch["visitor"],
                session=batch["session"],
                product_woo_id=event["product"],
                value=event["price"],
                currency=event["currency"],
                context=batch["context"],
            )
            for event in batch["events"]
        ]
        Event.objects.bulk_create(rows, ignore_conflicts=True)
        return Response({"accepted": len(rows)})


urlpatterns = [path("api/v1/events/track", Track.as_view())]
settings.ROOT_URLCONF = __name__
# Says how long an answer is.
settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
application = get_wsgi_application()
