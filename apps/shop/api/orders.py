"""Orders with what came back, refunds, coupons: read only."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from rest_framework import generics, serializers

from apps.core.store_views import IdFilter, MomentFilter, StoreView
from apps.shop.models import Coupon, Order, OrderLine, Refund, RefundLine

TIMES = ("source_modified_at", "created_at", "updated_at")


class OrderFilter(filters.FilterSet):
    updated_since = MomentFilter("updated_at", "gte")
    placed_since = MomentFilter("placed_at", "gte")
    placed_until = MomentFilter("placed_at", "lt")
    # Plugins add statuses of their own.
    status = filters.CharFilter(max_length=40)
    number = filters.CharFilter(max_length=60)
    customer = IdFilter("customer")
    product = IdFilter("lines__product", distinct=True)

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()


class OrderLineSerializer(serializers.ModelSerializer[OrderLine]):
    class Meta:
        model = OrderLine
        fields = (
            "id", "woo_id", "product", "variant", "name", "sku", "quantity",
            "subtotal", "total", "tax", "unit_cost",
        )  # fmt: skip


class RefundLineSerializer(serializers.ModelSerializer[RefundLine]):
    class Meta:
        model = RefundLine
        fields = ("id", "woo_id", "order_line", "quantity", "total", "tax")


class RefundSerializer(serializers.ModelSerializer[Refund]):
    lines = RefundLineSerializer(many=True, read_only=True)

    class Meta:
        model = Refund
        fields = (
            "id", "woo_id", "order", "amount", "extras_total", "reason",
            "refunded_at", "lines", *TIMES,
        )  # fmt: skip


class OrderSerializer(serializers.ModelSerializer[Order]):
    lines = OrderLineSerializer(many=True, read_only=True)
    net_total = serializers.DecimalField(
        max_digits=16,
        decimal_places=4,
        read_only=True,
        help_text="The total less what was refunded.",
    )

    class Meta:
        model = Order
        fields = (
            "id", "woo_id", "number", "status", "customer", "currency", "total",
            "discount_total", "shipping_total", "tax_total", "fee_total",
            "refunded_total", "net_total", "coupon_codes", "payment_method",
            "created_via", "attribution", "placed_at", "paid_at", "completed_at",
            "lines", *TIMES,
        )  # fmt: skip


class OrderView(StoreView):
    """Open checkout pages and orders in the bin are no orders."""

    queryset = Order.objects.none()
    serializer_class = OrderSerializer

    def get_queryset(self) -> QuerySet[Order]:
        lines = OrderLine.objects.of(self.store).order_by("id")
        rows = Order.objects.of(self.store).placed()
        return rows.prefetch_related(Prefetch("lines", lines))


class OrderList(OrderView, generics.ListAPIView[Order]):
    filterset_class = OrderFilter


class OrderDetail(OrderView, generics.RetrieveAPIView[Order]):
    pass


class RefundFilter(filters.FilterSet):
    updated_since = MomentFilter("updated_at", "gte")
    refunded_since = MomentFilter("refunded_at", "gte")
    order = IdFilter("order")

    class Meta:
        model = Refund
        fields: tuple[str, ...] = ()


class RefundView(StoreView):
    queryset = Refund.objects.none()
    serializer_class = RefundSerializer

    def get_queryset(self) -> QuerySet[Refund]:
        lines = RefundLine.objects.of(self.store).order_by("id")
        rows = Refund.objects.of(self.store).live()
        return rows.prefetch_related(Prefetch("lines", lines))


class RefundList(RefundView, generics.ListAPIView[Refund]):
    filterset_class = RefundFilter


class RefundDetail(RefundView, generics.RetrieveAPIView[Refund]):
    pass


class CouponFilter(filters.FilterSet):
    updated_since = MomentFilter("updated_at", "gte")
    code = filters.CharFilter(max_length=100, lookup_expr="iexact")
    kind = filters.ChoiceFilter(choices=Coupon.Kind.choices)

    class Meta:
        model = Coupon
        fields: tuple[str, ...] = ()


class CouponSerializer(serializers.ModelSerializer[Coupon]):
    class Meta:
        model = Coupon
        fields = (
            "id", "woo_id", "code", "kind", "amount", "usage_limit",
            "usage_limit_per_customer", "usage_count", "minimum_amount",
            "starts_at", "expires_at", *TIMES,
        )  # fmt: skip


class CouponView(StoreView):
    queryset = Coupon.objects.none()
    serializer_class = CouponSerializer

    def get_queryset(self) -> QuerySet[Coupon]:
        return Coupon.objects.of(self.store).live()


class CouponList(CouponView, generics.ListAPIView[Coupon]):
    filterset_class = CouponFilter


class CouponDetail(CouponView, generics.RetrieveAPIView[Coupon]):
    pass
