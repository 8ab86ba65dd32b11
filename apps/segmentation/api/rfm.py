"""The grid of recency and frequency, and one customer's scores: GET only, for people
from analyst on and for keys that may read."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.store_views import LARGEST_ID, StoreView
from apps.segmentation.models import RfmScore
from apps.segmentation.services import rfm

REGIONS = [region.key for region in rfm.REGIONS]


class SquareSerializer(serializers.Serializer[Any]):
    recency = serializers.IntegerField(
        help_text="1 to 5; 5 bought last. 4 at least within 30 days of an order."
    )
    frequency = serializers.IntegerField(
        help_text="1 to 5; 5 buys most often. One order: 1."
    )
    region = serializers.ChoiceField(REGIONS)
    customers = serializers.IntegerField()
    share = serializers.FloatField(help_text="Of all customers with an order.")
    spent = serializers.CharField()


class RegionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="As squares name it.")
    name = serializers.CharField()
    says = serializers.CharField()
    customers = serializers.IntegerField()
    spent = serializers.CharField()


class GridSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateTimeField(
        allow_null=True, help_text="Null where nothing was scored yet."
    )
    currency = serializers.CharField()
    customers = serializers.IntegerField()
    squares = SquareSerializer(many=True)
    regions = RegionSerializer(many=True)


class ScoreSerializer(serializers.ModelSerializer[RfmScore]):
    region = serializers.SerializerMethodField()

    class Meta:
        model = RfmScore
        fields: tuple[str, ...] = (
            "customer", "code", "recency", "frequency", "money", "region", "days",
            "orders", "spent", "as_of",
        )  # fmt: skip
        read_only_fields = fields

    def get_region(self, row: RfmScore) -> str:
        return rfm.region_of(row.recency, row.frequency).key


class RfmGrid(StoreView):
    queryset = RfmScore.objects.none()
    serializer_class = GridSerializer
    filter_backends = ()
    pagination_class = None

    @extend_schema(operation_id="segmentation_rfm", responses=GridSerializer)
    def get(self, request: Request) -> Response:
        """How many customers bought how lately and how often, and what they brought."""
        found = rfm.grid(self.store)
        squares = [
            {
                "recency": one.recency,
                "frequency": one.frequency,
                "region": one.region.key,
                "customers": one.customers,
                "share": round(one.share, 6),
                "spent": str(one.spent),
            }
            for one in found.squares
        ]
        regions = [
            {
                "key": region.key,
                "name": region.name,
                "says": region.says,
                "customers": sum(one.customers for one in found.of(region)),
                "spent": str(sum(one.spent for one in found.of(region))),
            }
            for region in rfm.REGIONS
        ]
        return Response(
            {
                "as_of": found.as_of.isoformat() if found.as_of else None,
                "currency": self.store.currency,
                "customers": found.customers,
                "squares": squares,
                "regions": regions,
            }
        )


class RfmOfCustomer(StoreView):
    queryset = RfmScore.objects.none()
    serializer_class = ScoreSerializer

    @extend_schema(operation_id="segmentation_rfm_customer", responses=ScoreSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One customer's scores; who never ordered has none."""
        rows = RfmScore.objects.of(self.store).filter(
            customer__deleted_at=None, customer__merged_into=None
        )
        row = rows.filter(customer=pk).first() if pk <= LARGEST_ID else None
        if row is None:
            raise Http404
        return Response(ScoreSerializer(row).data)
