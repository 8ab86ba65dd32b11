"""Suppliers and their terms: read only; orders to them come with a later app."""

from __future__ import annotations

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import generics, serializers

from apps.core.store_views import IdFilter, MomentFilter, StoreView
from apps.inventory.models import Supplier, SupplyTerm


class SupplierFilter(filters.FilterSet):
    updated_since = MomentFilter("updated_at", "gte")
    is_active = filters.BooleanFilter()
    country = filters.CharFilter(max_length=2)

    class Meta:
        model = Supplier
        fields: tuple[str, ...] = ()


class SupplierSerializer(serializers.ModelSerializer[Supplier]):
    class Meta:
        model = Supplier
        fields = (
            "id", "name", "email", "country", "currency", "lead_time_days_mean",
            "lead_time_days_sd", "review_period_days", "is_active", "created_at",
            "updated_at",
        )  # fmt: skip


class SupplierView(StoreView):
    queryset = Supplier.objects.none()
    serializer_class = SupplierSerializer

    def get_queryset(self) -> QuerySet[Supplier]:
        return Supplier.objects.of(self.store)


class SupplierList(SupplierView, generics.ListAPIView[Supplier]):
    filterset_class = SupplierFilter


class SupplierDetail(SupplierView, generics.RetrieveAPIView[Supplier]):
    pass


class TermFilter(filters.FilterSet):
    updated_since = MomentFilter("updated_at", "gte")
    supplier = IdFilter("supplier")
    product = IdFilter("product")
    variant = IdFilter("variant")

    class Meta:
        model = SupplyTerm
        fields: tuple[str, ...] = ()


class TermSerializer(serializers.ModelSerializer[SupplyTerm]):
    class Meta:
        model = SupplyTerm
        fields = (
            "id", "supplier", "product", "variant", "unit_cost", "minimum_order",
            "pack_size", "created_at", "updated_at",
        )  # fmt: skip


class TermView(StoreView):
    queryset = SupplyTerm.objects.none()
    serializer_class = TermSerializer

    def get_queryset(self) -> QuerySet[SupplyTerm]:
        return SupplyTerm.objects.of(self.store)


class TermList(TermView, generics.ListAPIView[SupplyTerm]):
    filterset_class = TermFilter


class TermDetail(TermView, generics.RetrieveAPIView[SupplyTerm]):
    pass
