from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import DropdownFilter

from apps.core.merchant_admin import Cell, Panel, Period, StoreAdmin, link_cell
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment, money
from apps.events.models import Event, Session
from apps.events.models.rollups import money_of
from apps.events.services.enrich import CHANNELS
from apps.shop.models import Product

SHOWN_EVENTS = 300
NAMES = {
    "page_view": "Looked at a page",
    "page_leave": "Left a page",
    "product_view": "Looked at a product",
    "category_view": "Looked at a category",
    "search": "Searched",
    "click": "Clicked",
    "add_to_cart": "Put into the cart",
    "remove_from_cart": "Took out of the cart",
    "cart": "Looked at the cart",
    "checkout_start": "Began to check out",
    "checkout_step": "Went on checking out",
    "order": "Ordered",
    "recommendation_shown": "Saw recommendations",
    "recommendation_clicked": "Clicked a recommendation",
    "message_clicked": "Came by a message",
    "wishlist": "Wish list",
    "review": "Wrote a review",
    "login": "Signed in",
    "rage_click": "Clicked again and again",
    "dead_click": "Clicked where nothing happens",
    "form_error": "A form refused",
}


class ByChannel(DropdownFilter):
    title = "where from"
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(key, label) for key, label in CHANNELS.items() if key]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(channel=self.value()) if self.value() else queryset


class Outcome(DropdownFilter):
    """People, unless robots are asked for."""

    title = "outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("ordered", "Ordered"),
            ("left", "Left a cart behind"),
            ("robots", "Robots"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        people = queryset.filter(is_bot=False)
        match self.value():
            case "ordered":
                return people.exclude(ordered_at=None)
            case "left":
                return people.exclude(carted_at=None).filter(ordered_at=None)
            case "robots":
                return queryset.filter(is_bot=True)
        return people


@admin.register(Session)
class SessionAdmin(StoreAdmin):
    page_name = "Visits"
    empty = "No visits yet. They appear as soon as your shop's pages send events."
    note = "Visits of people who agreed to statistics, newest first."
    list_display = ("begun", "came_from", "began_at", "seen_with", "did", "worth")
    list_filter = (ByChannel, Outcome, ("started_at", Period))
    ordering = ("-started_at", "-pk")
    list_select_related = ("store", "customer")
    # Counting millions takes long; the list is read from its beginning.
    show_full_result_count = False
    fields = (
        ("begun", "lasted"),
        ("who", "came_from"),
        ("began_at", "campaign"),
        ("seen_with", "place"),
        ("did", "worth"),
    )
    readonly_fields = (
        "begun", "lasted", "who", "came_from", "began_at", "campaign", "seen_with",
        "place", "did", "worth",
    )  # fmt: skip

    def search_title(self, row: Session) -> str:
        return self.begun(row)

    @display(description="Begun", ordering="started_at")
    def begun(self, session: Session) -> str:
        return moment(session.started_at)

    @display(description="Time on the site")
    def lasted(self, session: Session) -> str:
        return str(timedelta(milliseconds=session.visible_ms)).split(".", maxsplit=1)[0]

    @display(description="Customer")
    def who(self, session: Session) -> str:
        if session.customer is None:
            return "Not known"
        url = reverse("admin:shop_customer_change", args=[session.customer_id])
        return format_html('<a class="lb-link" href="{}">{}</a>', url, session.customer)

    @display(description="Where from", ordering="channel")
    def came_from(self, session: Session) -> str:
        name = CHANNELS.get(session.channel, session.channel)
        return f"{name} ({session.referrer})" if session.referrer else name

    @display(description="First page")
    def began_at(self, session: Session) -> str:
        return session.landing_path or NOTHING

    @display(description="Campaign")
    def campaign(self, session: Session) -> str:
        parts = (session.utm_campaign, session.utm_source, session.utm_medium)
        return ", ".join(part for part in parts if part) or NOTHING

    @display(description="With")
    def seen_with(self, session: Session) -> str:
        if session.is_bot:
            return f"Robot: {session.browser}"
        parts = (session.device.capitalize(), session.browser, session.system)
        return ", ".join(part for part in parts if part) or NOTHING

    @display(description="Where")
    def place(self, session: Session) -> str:
        parts = (session.region, session.country)
        return ", ".join(part for part in parts if part) or NOTHING

    @display(description="Did")
    def did(self, session: Session) -> str:
        counts = (
            (session.page_views, "page", "pages"),
            (session.product_views, "product", "products"),
            (session.searches, "search", "searches"),
            (session.cart_adds, "into the cart", "into the cart"),
            (session.orders, "ordered", "ordered"),
        )
        said = [f"{n:,} {one if n == 1 else more}" for n, one, more in counts if n]
        return ", ".join(said) or NOTHING

    @display(description="Ordered for", ordering="revenue")
    def worth(self, session: Session) -> str:
        if not session.orders:
            return NOTHING
        return money(money_of(session.revenue), session.store.currency)

    def panels(self, request: HttpRequest, row: Session) -> Iterable[Panel]:
        yield story(row)


def story(session: Session) -> Panel:
    """What was done, in time's order, as far as events are still kept."""
    rows = (
        Event.objects.of(session.store)
        .between(session.started_at, session.last_at + timedelta(microseconds=1))
        .filter(session=session.key)
        .order_by("at", "id")[: SHOWN_EVENTS + 1]
    )
    events = list(rows)
    names = products_of(session, events)
    return Panel(
        "Step by step",
        ("When", "What", "About"),
        [
            (
                moment(event.at),
                NAMES.get(event.type, event.type),
                about(event, names),
            )
            for event in events[:SHOWN_EVENTS]
        ],
        note=f"The first {SHOWN_EVENTS}." if len(events) > SHOWN_EVENTS else "",
        empty="These events are no longer kept, or lie in ClickHouse.",
    )


def products_of(session: Session, events: list[Event]) -> dict[int | None, Product]:
    ids = {event.product_woo_id for event in events if event.product_woo_id}
    found = Product.objects.of(session.store).filter(woo_id__in=ids)
    return {product.woo_id: product for product in found.only("name", "woo_id")}


def about(event: Event, names: dict[int | None, Product]) -> Cell:
    if product := names.get(event.product_woo_id):
        url = reverse("admin:shop_product_change", args=[product.pk])
        return link_cell(product.name, url)
    said = event.properties
    text = said.get("query") or said.get("category") or said.get("element")
    if not text and event.value is not None:
        text = money(event.value, event.currency)
    return Cell(str(text or event.context.get("title") or NOTHING)[:120])
