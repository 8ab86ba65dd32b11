"""Products, variants and categories: read all, change what the shop does not know."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.store_views import (
    IdFilter,
    MomentFilter,
    StoreView,
    caller_of,
    refuse_unknown,
)
from apps.shop.models import Category, Image, Product, StockStatus, Variant
from apps.shop.services.costs import change_cost
from apps.shop.services.prices import lowest_price

PRICES = ("price", "regular_price", "sale_price", "sale_from_at", "sale_to_at")
STOCK = ("manages_stock", "stock_quantity", "stock_status")
TIMES = ("source_modified_at", "created_at", "updated_at")


class SellableFilter(filters.FilterSet):
    updated_since = MomentFilter("updated_at", "gte")
    sku = filters.CharFilter(max_length=100)
    stock_status = filters.ChoiceFilter(choices=StockStatus.choices)
    in_stock = filters.BooleanFilter(method="filter_in_stock")
    on_sale = filters.BooleanFilter(method="filter_on_sale")

    def filter_in_stock(self, rows: Any, name: str, value: bool) -> Any:
        out = {"stock_status": StockStatus.OUT_OF_STOCK}
        return rows.exclude(**out) if value else rows.filter(**out)

    def filter_on_sale(self, rows: Any, name: str, value: bool) -> Any:
        reduced = rows.model.objects.of(caller_of(self).store).on_sale()
        ids = reduced.values("pk")
        return rows.filter(pk__in=ids) if value else rows.exclude(pk__in=ids)


class ProductFilter(SellableFilter):
    status = filters.ChoiceFilter(choices=Product.Status.choices)
    kind = filters.ChoiceFilter(choices=Product.Kind.choices)
    brand = filters.CharFilter(max_length=100)
    category = IdFilter("categories")
    tag = IdFilter("tags")

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()


class VariantFilter(SellableFilter):
    product = IdFilter("product")
    size = filters.CharFilter(max_length=60)
    color = filters.CharFilter(max_length=60)

    class Meta:
        model = Variant
        fields: tuple[str, ...] = ()


class ImageSerializer(serializers.ModelSerializer[Image]):
    class Meta:
        model = Image
        fields = ("id", "url", "alt", "color", "position")


class ProductSerializer(serializers.ModelSerializer[Product]):
    images = ImageSerializer(many=True, read_only=True)

    class Meta:
        model = Product
        fields: tuple[str, ...] = (
            "id", "woo_id", "name", "slug", "sku", "kind", "status", "is_visible",
            "brand", "short_description", "permalink", "currency", *PRICES, "cost",
            *STOCK, "published_at", "categories", "tags", "images", *TIMES,
        )  # fmt: skip
        read_only_fields = fields


class ProductDetailSerializer(ProductSerializer):
    lowest_price_30_days = serializers.SerializerMethodField(
        help_text="The prior price that a price reduction must show in the EU."
    )

    class Meta(ProductSerializer.Meta):
        fields = (
            *ProductSerializer.Meta.fields, "description", "lowest_price_30_days",
        )  # fmt: skip
        read_only_fields = fields

    def get_lowest_price_30_days(self, product: Product) -> str | None:
        lowest = lowest_price(product, at=timezone.now())
        return None if lowest is None else str(lowest)


class VariantSerializer(serializers.ModelSerializer[Variant]):
    class Meta:
        model = Variant
        fields = (
            "id", "woo_id", "product", "sku", "size", "color", "options", *PRICES,
            "cost", *STOCK, "position", *TIMES,
        )  # fmt: skip
        read_only_fields = fields


class CategorySerializer(serializers.ModelSerializer[Category]):
    class Meta:
        model = Category
        fields = ("id", "woo_id", "name", "slug", "parent", "position", *TIMES)


class CostSerializer(serializers.Serializer[Any]):
    """The one fact of a product that is kept here and not in WooCommerce."""

    cost = serializers.DecimalField(
        max_digits=16, decimal_places=4, min_value=0, allow_null=True
    )


class ProductView(StoreView):
    queryset = Product.objects.none()
    serializer_class = ProductSerializer

    def get_queryset(self) -> QuerySet[Product]:
        images = Image.objects.of(self.store).live().order_by("position", "id")
        return (
            Product.objects.of(self.store)
            .live()
            .prefetch_related("categories", "tags", Prefetch("images", images))
        )


class ProductList(ProductView, generics.ListAPIView[Product]):
    filterset_class = ProductFilter


class ProductDetail(ProductView, generics.RetrieveAPIView[Product]):
    serializer_class = ProductDetailSerializer

    @extend_schema(request=CostSerializer, responses=ProductDetailSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Change the unit cost."""
        product = get_object_or_404(Product.objects.of(self.store).live(), pk=pk)
        change_cost(product, asked_cost(request))
        return self.retrieve(request, pk=pk)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class VariantView(StoreView):
    queryset = Variant.objects.none()
    serializer_class = VariantSerializer

    def get_queryset(self) -> QuerySet[Variant]:
        return Variant.objects.of(self.store).live().filter(product__deleted_at=None)


class VariantList(VariantView, generics.ListAPIView[Variant]):
    filterset_class = VariantFilter


class VariantDetail(VariantView, generics.RetrieveAPIView[Variant]):
    @extend_schema(request=CostSerializer, responses=VariantSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Change the unit cost; null: the product's cost counts."""
        change_cost(self.get_object(), asked_cost(request))
        return self.retrieve(request, pk=pk)


def asked_cost(request: Request) -> Any:
    """A number, or None to forget the cost."""
    form = CostSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    refuse_unknown(request.data, {"cost"})
    return form.validated_data["cost"]


class CategoryView(StoreView):
    queryset = Category.objects.none()
    serializer_class = CategorySerializer

    def get_queryset(self) -> QuerySet[Category]:
        return Category.objects.of(self.store).live()


class CategoryFilter(filters.FilterSet):
    parent = IdFilter("parent")
    slug = filters.CharFilter(max_length=200)

    class Meta:
        model = Category
        fields: tuple[str, ...] = ()


class CategoryList(CategoryView, generics.ListAPIView[Category]):
    filterset_class = CategoryFilter


class CategoryDetail(CategoryView, generics.RetrieveAPIView[Category]):
    pass
