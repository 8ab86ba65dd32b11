from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, Sum
from django.http import HttpRequest
from django.urls import reverse

from apps.core.merchant_admin import (
    MANAGER,
    Cell,
    Panel,
    Period,
    label_cell,
    link_cell,
    reaches,
)
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import day, moment, money
from apps.core.merchant_admin.transfer import Exports, StoreResource
from apps.shop.admin.copied import CopiedAdmin, change_url
from apps.shop.admin.filters import Buys
from apps.shop.admin.orders import TONES
from apps.shop.models import Address, Consent, Customer, Order

PRIVATE = ("email", "phone")
SHOWN_ORDERS = 25
BADGES = {"success": "good", "info": "quiet", "warning": "warn", "danger": "bad"}


class CustomerResource(StoreResource):
    class Meta:
        model = Customer
        fields = (
            "id", "email", "first_name", "last_name", "phone", "language", "is_guest",
            "first_ordered_at", "last_ordered_at", "acquisition_channel",
        )  # fmt: skip
        export_order = fields


@admin.register(Customer)
class CustomerAdmin(Exports, CopiedAdmin):
    """Analysts see no e-mail address and no phone number."""

    export_role = MANAGER
    resource_classes = [CustomerResource]
    list_display = ("person", "email", "first_order", "last_order", "found_by", "kind")
    list_filter = (Buys, ("last_ordered_at", Period), "is_guest")
    search_help_text = "Search by name or e-mail"
    ordering = (F("last_ordered_at").desc(nulls_last=True), "-pk")
    fields = (
        ("person", "kind"), ("email", "phone"), ("first_order", "last_order"),
        ("spent", "language", "found_by"),
    )  # fmt: skip
    readonly_fields = (
        "person", "kind", "email", "phone", "first_order", "last_order", "spent",
        "language", "found_by",
    )  # fmt: skip

    def get_list_display(self, request: HttpRequest) -> list[str]:
        sees_all = reaches(request, MANAGER)
        return [n for n in self.list_display if sees_all or n not in PRIVATE]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        sees_all = reaches(request, MANAGER)
        return [row for row in self.fields if sees_all or not set(row) & set(PRIVATE)]

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        names = ("first_name", "last_name")
        return (*names, "email") if reaches(request, MANAGER) else names

    def search_title(self, row: Customer) -> str:
        return row.called

    @display(description="Customer", ordering="last_name")
    def person(self, customer: Customer) -> str:
        return customer.called

    @display(description="Kind", ordering="is_guest")
    def kind(self, customer: Customer) -> str:
        return "Guest" if customer.is_guest else "With account"

    @display(description="First order", ordering="first_ordered_at")
    def first_order(self, customer: Customer) -> str:
        return day(customer.first_ordered_at)

    @display(description="Last order", ordering="last_ordered_at")
    def last_order(self, customer: Customer) -> str:
        return day(customer.last_ordered_at)

    @display(description="Found you by", ordering="acquisition_channel")
    def found_by(self, customer: Customer) -> str:
        return customer.acquisition_channel.replace("_", " ").capitalize()

    @display(description="Spent, less refunds")
    def spent(self, customer: Customer) -> str:
        bought = customer.bought  # type: ignore[attr-defined]
        return spent_text(bought, customer.store.currency)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: Any = None
    ) -> Any:
        """With what was bought: the theme asks for a field's value several times."""
        customer = super().get_object(request, object_id, from_field)
        store = request.store  # type: ignore[attr-defined]
        customer.store = store
        orders = Order.objects.of(store).earning().filter(customer=customer)
        customer.bought = list(
            orders.order_by("currency")
            .values_list("currency")
            .annotate(orders=Count("pk"), net=Sum(F("total") - F("refunded_total")))
        )
        return customer

    def panels(self, request: HttpRequest, row: Customer) -> Iterable[Panel]:
        yield story_panel(row)
        yield orders_panel(row)
        yield consents_panel(row)
        yield addresses_panel(row)


def spent_text(bought: list[tuple[str, int, Decimal]], own: str) -> str:
    """A sum for each currency, the store's first: nothing adds EUR to USD."""
    rows = sorted(bought, key=lambda row: row[0] != own) or [(own, 0, Decimal(0))]
    return ", ".join(
        f"{money(net, currency)} in {count} order{'' if count == 1 else 's'}"
        for currency, count, net in rows
    )


def story_panel(customer: Customer) -> Panel:
    return Panel(
        "Their story",
        text="What they are worth, whether they stay, and all that happened.",
        link=Cell("Open their story", reverse("customer_story", args=[customer.pk])),
    )


def orders_panel(customer: Customer) -> Panel:
    orders = Order.objects.of(customer.store).placed().filter(customer=customer)
    names = dict(Order.Status.choices)
    rows = [
        (
            link_cell(order, change_url(order)),
            moment(order.placed_at),
            label_cell(*badge(names.get(order.status, order.status))),
            Cell(money(order.total, order.currency), is_number=True),
            Cell(money(order.refunded_total or None, order.currency), is_number=True),
        )
        for order in orders.order_by("-placed_at")[:SHOWN_ORDERS]
    ]
    url = reverse("admin:shop_order_changelist")
    return Panel(
        "Orders",
        ("Order", "When", "Status", "Total", "Refunded"),
        rows,
        note=f"The newest {SHOWN_ORDERS}." if len(rows) == SHOWN_ORDERS else "",
        empty="No orders yet.",
        link=Cell("All orders", url),
    )


def badge(name: Any) -> tuple[str, str]:
    return str(name), BADGES.get(TONES.get(str(name)) or "", "quiet")


def consents_panel(customer: Customer) -> Panel:
    consents: Any = Consent.objects.of(customer.store).filter(customer=customer)
    rows = [
        (
            moment(consent.stated_at),
            label_cell("Yes", "good")
            if consent.is_granted
            else label_cell("No", "bad"),
            consent.get_channel_display(),
            consent.get_purpose_display(),
            consent.surface,
            consent.text_shown,
        )
        for consent in consents.order_by("-stated_at", "-pk")[:50]
    ]
    return Panel(
        "What they agreed to",
        ("When", "Answer", "Channel", "For", "Where", "In these words"),
        rows,
        note="The newest answer for a channel and purpose counts.",
        empty="They have not been asked, so nothing may be sent.",
    )


def addresses_panel(customer: Customer) -> Panel:
    addresses: Any = Address.objects.of(customer.store).filter(customer=customer)
    rows = [(a.city, a.postcode, a.region, a.country) for a in addresses[:20]]
    return Panel(
        "Where they live",
        ("City", "Postcode", "Region", "Country"),
        rows,
        note="No street, no house number: LuxeBrain does not need them.",
        empty="Not known.",
    )
