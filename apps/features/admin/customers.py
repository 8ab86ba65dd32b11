from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from unfold.contrib.filters.admin import DropdownFilter

from apps.core.merchant_admin import Cell, Panel, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment
from apps.features.admin.say import amount, days, panels, percent
from apps.features.definitions import CUSTOMER
from apps.features.models import CustomerFeatures

NOTE = (
    "Worked out from orders, returns and visits every night, and again minutes after "
    "something happens. Amounts are for goods, without tax and shipping, less refunds."
)


class LastOrder(DropdownFilter):
    title = "last order"
    parameter_name = "last"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("month", "In the last 30 days"),
            ("quarter", "31 to 90 days ago"),
            ("older", "More than 90 days ago"),
            ("late", "Later than they usually are"),
            ("never", "Never ordered"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        asked = {
            "month": Q(recency_days__lte=30),
            "quarter": Q(recency_days__gt=30, recency_days__lte=90),
            "older": Q(recency_days__gt=90),
            "late": Q(overdue__gt=1),
            "never": Q(orders=0),
        }
        return queryset.filter(asked.get(self.value() or "", Q()))


@admin.register(CustomerFeatures)
class CustomerFeaturesAdmin(StoreAdmin):
    page_name = "Customer numbers"
    note = NOTE
    empty = "Numbers appear after the first night, or minutes after the first order."
    show_full_result_count = False
    list_display = (
        "person", "how_many", "in_all", "an_order", "last_order", "sent_back",
        "reduced", "looks",
    )  # fmt: skip
    list_filter = (LastOrder,)
    list_select_related = ("customer", "store")
    search_fields = ("customer__first_name", "customer__last_name")
    search_help_text = "Search by name"
    ordering = ("-spent", "-pk")
    fields = (("person", "made"),)
    readonly_fields = ("person", "made")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Who was deleted or merged goes with the next night."""
        rows = super().get_queryset(request)
        return rows.filter(customer__deleted_at=None, customer__merged_into=None)

    def search_title(self, row: CustomerFeatures) -> str:
        return self.person(row)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: Any = None
    ) -> Any:
        row = super().get_object(request, object_id, from_field)
        row.store = request.store  # type: ignore[attr-defined]
        return row

    def panels(self, request: HttpRequest, row: CustomerFeatures) -> Iterable[Panel]:
        url = reverse("customer_story", args=[row.customer_id])
        story = Panel(
            "Their story",
            text="What they are worth, whether they stay, and all that happened.",
            link=Cell("Open their story", url),
        )
        return [story, *panels(CUSTOMER, row)]

    @display(description="Customer", ordering="customer__last_name")
    def person(self, row: CustomerFeatures) -> str:
        return row.customer.called

    @display(description="As of")
    def made(self, row: CustomerFeatures) -> str:
        return moment(row.as_of)

    @display(description="Orders", ordering="orders")
    def how_many(self, row: CustomerFeatures) -> str:
        return f"{row.orders:,}"

    @display(description="Spent", ordering="spent")
    def in_all(self, row: CustomerFeatures) -> str:
        return amount(row.spent, row.store.currency)

    @display(description="Average order", ordering="average_order")
    def an_order(self, row: CustomerFeatures) -> str:
        return amount(row.average_order, row.store.currency)

    @display(description="Since last order", ordering="recency_days")
    def last_order(self, row: CustomerFeatures) -> str:
        return NOTHING if row.recency_days is None else days(row.recency_days)

    @display(description="Sent back", ordering="return_share")
    def sent_back(self, row: CustomerFeatures) -> str:
        return NOTHING if row.return_share is None else percent(row.return_share)

    @display(description="Bought reduced", ordering="reduced_share")
    def reduced(self, row: CustomerFeatures) -> str:
        return NOTHING if row.reduced_share is None else percent(row.reduced_share)

    @display(description="Views, 30 days", ordering="views_30")
    def looks(self, row: CustomerFeatures) -> str:
        return f"{row.views_30:,}"
