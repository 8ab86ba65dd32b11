from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from apps.core.merchant_admin import StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import moment, money
from apps.segmentation.models import RfmScore
from apps.segmentation.services.rfm import REGIONS, SCORES, region_of

NOTE = (
    "How lately, how often and for how much each customer bought, from 1 to 5 beside all "
    "your other customers. 5 is best. One order is 1 for how often; an order of the last "
    "30 days is 4 at least for how lately. Worked out every night."
)


class ByScore(DropdownFilter):
    """One of five; the parameter is the field's own name."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(score), str(score)) for score in SCORES]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in [str(score) for score in SCORES]:
            return queryset
        return queryset.filter(**{str(self.parameter_name): int(self.value() or 0)})


class Recency(ByScore):
    title = "how lately"
    parameter_name = "recency"


class Frequency(ByScore):
    title = "how often"
    parameter_name = "frequency"


class Money(ByScore):
    title = "how much"
    parameter_name = "money"


class InRegion(DropdownFilter):
    title = "group"
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(region.key, region.name) for region in REGIONS]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        asked = {
            region.key: Q(recency__range=region.recency, frequency__range=region.frequency)
            for region in REGIONS
        }  # fmt: skip
        return queryset.filter(asked.get(self.value() or "", Q()))


@admin.register(RfmScore)
class RfmScoreAdmin(StoreAdmin):
    page_name = "RFM scores"
    note = NOTE
    empty = "Scores appear after the first night with an order."
    show_full_result_count = False
    list_display = ("person", "code", "group", "last_order", "orders", "in_all")
    list_filter = (InRegion, Recency, Frequency, Money)
    list_select_related = ("customer", "store")
    search_fields = ("customer__first_name", "customer__last_name")
    search_help_text = "Search by name"
    ordering = ("-spent", "-pk")
    fields = (
        ("person", "group", "made"),
        ("recency", "frequency", "money"),
        ("last_order", "orders", "in_all"),
    )
    readonly_fields = (
        "person", "group", "made", "recency", "frequency", "money", "last_order",
        "orders", "in_all",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        """Who was deleted or merged goes with the next night."""
        rows = super().get_queryset(request)
        return rows.filter(customer__deleted_at=None, customer__merged_into=None)

    def search_title(self, row: RfmScore) -> str:
        return self.person(row)

    @display(description="Customer", ordering="customer__last_name")
    def person(self, row: RfmScore) -> str:
        return row.customer.called

    @display(description="Group")
    def group(self, row: RfmScore) -> str:
        return region_of(row.recency, row.frequency).name

    @display(description="As of")
    def made(self, row: RfmScore) -> str:
        return moment(row.as_of)

    @display(description="Since last order", ordering="days")
    def last_order(self, row: RfmScore) -> str:
        return f"{row.days:,} day{'' if row.days == 1 else 's'}"

    @display(description="Spent", ordering="spent")
    def in_all(self, row: RfmScore) -> str:
        return money(row.spent, row.store.currency)
