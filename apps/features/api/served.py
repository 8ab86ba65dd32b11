"""The numbers that serve, by customer and by product."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.store_views import LARGEST_ID, MomentFilter, StoreView
from apps.features.definitions import CUSTOMER, KINDS, PRODUCT, Feature, Kind, Unit
from apps.features.models import CustomerFeatures, ProductFeatures

WHOLE = (Unit.COUNT, Unit.REFERENCE, Unit.HOUR, Unit.WEEKDAY)


class ShareSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    share = serializers.FloatField()


def field_of(feature: Feature) -> serializers.Field[Any, Any, Any, Any]:
    """As the documents of the API show it."""
    said: dict[str, Any] = {
        "help_text": f"{feature.label}: {feature.words}.",
        "allow_null": feature.default is None,
    }
    if feature.unit in WHOLE:
        return serializers.IntegerField(**said)
    if feature.unit == Unit.TEXT:
        return serializers.CharField(**said)
    if feature.unit == Unit.FLAG:
        return serializers.BooleanField(**said)
    if feature.unit == Unit.SHARES:
        return ShareSerializer(many=True, **said)
    if feature.unit == Unit.MONTHS:
        return serializers.ListField(child=serializers.FloatField(), **said)
    return serializers.FloatField(**said)


class NumbersSerializer(serializers.Serializer[Any]):
    """A field for each declared number."""

    kind: Kind
    as_of = serializers.DateTimeField(help_text="What was known before this moment.")

    def get_fields(self) -> dict[str, Any]:
        own = super().get_fields()
        keys = {key: serializers.IntegerField() for key in self.kind.keys}
        declared = {f.name: field_of(f) for f in self.kind.features}
        return {**keys, **own, **declared}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        keys = {key: getattr(instance, f"{key}_id") for key in self.kind.keys}
        numbers = {f.name: instance.value(f.name) for f in self.kind.features}
        return {**keys, "as_of": instance.as_of, **numbers}


class CustomerNumbersSerializer(NumbersSerializer):
    kind = CUSTOMER


class ProductNumbersSerializer(NumbersSerializer):
    kind = PRODUCT


class DefinitionSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    group = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.ChoiceField([unit.value for unit in Unit])
    label = serializers.CharField()  # type: ignore[assignment]
    words = serializers.CharField()


class NumbersFilter(filters.FilterSet):
    as_of_since = MomentFilter("as_of", "gte")


class NumbersView(StoreView):
    filterset_class = NumbersFilter
    key: str

    def get_object(self) -> Any:
        """By the id of whom the numbers are about."""
        subject = self.kwargs["pk"]
        if subject > LARGEST_ID:
            raise Http404
        row = self.get_queryset().filter(**{self.key: subject}).first()
        if row is None:
            raise Http404
        return row


class CustomerNumbersView(NumbersView):
    queryset = CustomerFeatures.objects.none()
    serializer_class = CustomerNumbersSerializer
    key = "customer"

    def get_queryset(self) -> QuerySet[CustomerFeatures]:
        return CustomerFeatures.objects.of(self.store).filter(
            customer__deleted_at=None, customer__merged_into=None
        )


class CustomerNumbersList(CustomerNumbersView, generics.ListAPIView[CustomerFeatures]):
    pass


class CustomerNumbersDetail(
    CustomerNumbersView, generics.RetrieveAPIView[CustomerFeatures]
):
    pass


class ProductNumbersView(NumbersView):
    queryset = ProductFeatures.objects.none()
    serializer_class = ProductNumbersSerializer
    key = "product"

    def get_queryset(self) -> QuerySet[ProductFeatures]:
        return ProductFeatures.objects.of(self.store).filter(product__deleted_at=None)


class ProductNumbersList(ProductNumbersView, generics.ListAPIView[ProductFeatures]):
    pass


class ProductNumbersDetail(
    ProductNumbersView, generics.RetrieveAPIView[ProductFeatures]
):
    pass


class Definitions(StoreView):
    """What numbers there are, and what each says."""

    queryset = CustomerFeatures.objects.none()
    serializer_class = DefinitionSerializer

    @extend_schema(responses=DefinitionSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = [
            {
                "kind": kind.name,
                "group": group.name,
                "name": feature.name,
                "unit": feature.unit.value,
                "label": feature.label,
                "words": feature.words,
            }
            for kind in KINDS.values()
            for group in kind.groups
            for feature in group.features
        ]
        return Response(rows)
