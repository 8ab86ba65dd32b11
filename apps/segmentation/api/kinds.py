"""The five learned segments, and the one a customer is in with the reason: GET only, for
people from analyst on and for keys that may read."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.store_views import LARGEST_ID, StoreView
from apps.segmentation.api.value import money
from apps.segmentation.models import Code, Place
from apps.segmentation.services import kinds
from apps.segmentation.services.learning.words import say


class KindSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(Code.choices)
    name = serializers.CharField()
    rule = serializers.CharField(help_text="Who belongs there.")
    says = serializers.CharField(help_text="What sets its buyers apart on average.")
    customers = serializers.IntegerField()
    spent = serializers.CharField(
        help_text="What they brought so far, without tax and net of refunds."
    )
    expected_90 = serializers.CharField(
        allow_null=True, help_text="Of the next 90 days; null: not worked out yet."
    )
    churn_risk = serializers.FloatField(allow_null=True, help_text="On average.")


class FiveSerializer(serializers.Serializer[Any]):
    model_version = serializers.CharField()
    currency = serializers.CharField()
    customers = serializers.IntegerField()
    kinds = KindSerializer(many=True)


class PlaceSerializer(serializers.Serializer[Any]):
    customer = serializers.IntegerField()
    code = serializers.ChoiceField(Code.choices)
    name = serializers.CharField()
    reason = serializers.CharField()
    since = serializers.DateTimeField()
    placed_at = serializers.DateTimeField()
    model_version = serializers.CharField()


class KindsOfStore(StoreView):
    queryset = Place.objects.none()
    serializer_class = FiveSerializer
    filter_backends = ()
    pagination_class = None

    @extend_schema(operation_id="segmentation_kinds", responses=FiveSerializer)
    def get(self, request: Request) -> Response:
        """The five, in their order; none before the first night with customers."""
        found = kinds.five(self.store)
        told = {
            "model_version": str(found.version) if found else "",
            "currency": self.store.currency,
            "customers": found.customers if found else 0,
            "kinds": [told_of(one) for one in found.kinds] if found else [],
        }
        return Response(FiveSerializer(told).data)


class KindOfCustomer(StoreView):
    queryset = Place.objects.none()
    serializer_class = PlaceSerializer

    @extend_schema(operation_id="segmentation_customer_kind", responses=PlaceSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Which of the five a customer is in, and why."""
        rows = kinds.places(self.store).filter(customer=pk).select_related("version")
        row = rows.first() if pk <= LARGEST_ID else None
        if row is None:
            raise Http404
        told = {
            "customer": row.customer_id,
            "code": row.code,
            "name": row.get_code_display(),
            "reason": say(row.reason),
            "since": row.since_at,
            "placed_at": row.placed_at,
            "model_version": str(row.version),
        }
        return Response(PlaceSerializer(told).data)


def told_of(one: kinds.Kind) -> dict[str, Any]:
    figures = one.figures
    return {
        "code": one.code,
        "name": one.name,
        "rule": one.rule,
        "says": say(one.facts),
        "customers": figures.customers,
        "spent": money(figures.spent),
        "expected_90": money(figures.expected_90 if figures.valued else None),
        "churn_risk": figures.churn,
    }
