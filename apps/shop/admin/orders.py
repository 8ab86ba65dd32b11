from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from import_export import fields

from apps.core.merchant_admin import (
    ANALYST,
    Cell,
    Panel,
    Period,
    reaches,
)
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.roles import MANAGER
from apps.core.merchant_admin.show import NOTHING, moment, money, share
from apps.core.merchant_admin.transfer import Exports, StoreResource
from apps.shop.admin.copied import CopiedAdmin, change_url
from apps.shop.admin.filters import OrderStatus
from apps.shop.models import Customer, Order, OrderLine, Refund
from apps.shop.services.margin import order_margin

TONES: dict[str, str | None] = {
    "Completed": "success",
    "Processing": "info",
    "On hold": "warning",
    "Waiting for payment": "warning",
    "Payment failed": "danger",
    "Cancelled": "danger",
    "Refunded": "danger",
}


class OrderResource(StoreResource):
    customer_id = fields.Field(attribute="customer_id", column_name="customer")

    class Meta:
        model = Order
        name = "Orders"
        fields = (
            "number", "placed_at", "status", "customer_id", "currency", "total",
            "discount_total", "shipping_total", "tax_total", "refunded_total",
            "payment_method",
        )  # fmt: skip
        export_order = fields


class OrderLineResource(StoreResource):
    number = fields.Field(attribute="order__number", column_name="order")
    placed_at = fields.Field(attribute="order__placed_at", column_name="placed_at")
    currency = fields.Field(attribute="order__currency", column_name="currency")

    class Meta:
        model = OrderLine
        name = "Order lines"
        fields = (
            "number", "placed_at", "name", "sku", "quantity", "subtotal", "total",
            "tax", "unit_cost", "currency",
        )  # fmt: skip
        export_order = fields

    def export(self, queryset: Any = None, **kwargs: Any) -> Any:
        """The lines of the orders that the list shows."""
        lines = OrderLine.objects.of(self.store).select_related("order")
        orders = queryset.order_by().values("pk")
        return super().export(
            queryset=lines.filter(order__in=orders).order_by("-order__placed_at", "pk"),
            **kwargs,
        )


@admin.register(Order)
class OrderAdmin(Exports, CopiedAdmin):
    export_role = ANALYST
    resource_classes = [OrderResource, OrderLineResource]
    list_display = (
        "name_of", "placed", "buyer", "status_name", "amount", "refunded", "paid_by"
    )  # fmt: skip
    list_filter = (OrderStatus, ("placed_at", Period))
    list_select_related = ("customer", "shipping_address")
    search_help_text = "Search by number, name or e-mail"
    date_hierarchy = None
    ordering = ("-placed_at", "-pk")
    fieldsets = (
        (None, {"fields": (("name_of", "status_name"), ("placed", "buyer_link"))}),
        (
            "Money",
            {
                "fields": (
                    ("amount", "refunded", "net"),
                    ("discount", "shipping", "tax"),
                    ("margin", "coupons", "paid_by"),
                )
            },
        ),
        ("Where it came from", {"fields": (("goes_to", "came_from"),)}),
    )
    readonly_fields = (
        "name_of", "status_name", "placed", "buyer_link", "amount", "refunded", "net",
        "discount", "shipping", "tax", "margin", "coupons", "paid_by", "goes_to",
        "came_from",
    )  # fmt: skip

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        names = ("number", "customer__first_name", "customer__last_name")
        return (*names, "customer__email") if reaches(request, MANAGER) else names

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(status__in=Order.NOT_PLACED)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: Any = None
    ) -> Any:
        """With its margin: the theme asks for a field's value several times."""
        order = super().get_object(request, object_id, from_field)
        found = Order.objects.of(order.store).with_money().get(pk=order.pk)
        order.reckoned = order_margin(found)
        return order

    @display(description="Order", ordering="number")
    def name_of(self, order: Order) -> str:
        return str(order)

    @display(description="When", ordering="placed_at")
    def placed(self, order: Order) -> str:
        return moment(order.placed_at)

    @display(description="Customer")
    def buyer(self, order: Order) -> str:
        return named(order.customer)

    @display(description="Customer")
    def buyer_link(self, order: Order) -> str:
        if order.customer is None:
            return NOTHING
        url, name = change_url(order.customer), named(order.customer)
        return format_html('<a class="lb-link" href="{}">{}</a>', url, name)

    @display(description="Status", ordering="status", label=TONES)
    def status_name(self, order: Order) -> str:
        return str(dict(Order.Status.choices).get(order.status, order.status))

    @display(description="Total", ordering="total")
    def amount(self, order: Order) -> str:
        return money(order.total, order.currency)

    @display(description="Refunded", ordering="refunded_total")
    def refunded(self, order: Order) -> str:
        return money(order.refunded_total or None, order.currency)

    @display(description="Stayed with you")
    def net(self, order: Order) -> str:
        return money(order.net_total, order.currency)

    @display(description="Discount")
    def discount(self, order: Order) -> str:
        return money(order.discount_total, order.currency)

    @display(description="Shipping")
    def shipping(self, order: Order) -> str:
        return money(order.shipping_total, order.currency)

    @display(description="Tax")
    def tax(self, order: Order) -> str:
        return money(order.tax_total, order.currency)

    @display(description="Margin")
    def margin(self, order: Order) -> str:
        """Of the goods alone: what stayed of their price, less the cost of what stayed."""
        net = order.reckoned  # type: ignore[attr-defined]
        if net.margin is None:
            return "Not known: a unit cost is missing"
        return f"{money(net.margin, order.currency)} ({share(net.margin, net.revenue)})"

    @display(description="Coupons")
    def coupons(self, order: Order) -> str:
        return ", ".join(map(str, order.coupon_codes))

    @display(description="Paid by", ordering="payment_method")
    def paid_by(self, order: Order) -> str:
        return order.payment_method.replace("_", " ").capitalize()

    @display(description="Goes to")
    def goes_to(self, order: Order) -> str:
        return str(order.shipping_address or "")

    @display(description="Came from")
    def came_from(self, order: Order) -> str:
        return ", ".join(str(part) for part in order.attribution.values() if part)

    def panels(self, request: HttpRequest, row: Order) -> Iterable[Panel]:
        yield lines_panel(row)
        yield refunds_panel(row)


def named(customer: Customer | None) -> str:
    return NOTHING if customer is None else customer.called


def lines_panel(order: Order) -> Panel:
    rows = [
        (
            product_cell(line),
            str(line.variant or ""),
            line.sku,
            Cell(str(line.quantity), is_number=True),
            amount_cell(line.subtotal, order),
            amount_cell(line.total, order),
            amount_cell(line.unit_cost, order),
        )
        for line in order.lines.select_related("product", "variant").order_by("pk")
    ]
    return Panel(
        "What was bought",
        (
            "Product",
            "Size and color",
            "SKU",
            "Pieces",
            "Before discount",
            "Paid",
            "Unit cost",
        ),
        rows,
        note="Without tax. The unit cost is the one of the day of the sale.",
    )


def amount_cell(amount: Decimal | None, order: Order) -> Cell:
    return Cell(money(amount, order.currency), is_number=True)


def product_cell(line: OrderLine) -> Cell:
    is_there = line.product is not None and line.product.deleted_at is None
    return Cell(line.name, url=change_url(line.product) if is_there else "")


def refunds_panel(order: Order) -> Panel:
    refunds: Any = Refund.objects.of(order.store).filter(order=order)
    rows = [
        (
            moment(refund.refunded_at),
            Cell(money(refund.amount, order.currency), is_number=True),
            ", ".join(
                f"{line.quantity} of {line.order_line.name}"
                for line in refund.lines.all()
                if line.order_line
            ),
            refund.reason,
        )
        for refund in refunds.prefetch_related("lines__order_line").order_by(
            "refunded_at"
        )
    ]
    return Panel(
        "Refunds",
        ("When", "Amount", "What came back", "Reason"),
        rows,
        empty="Nothing was refunded.",
    )
