from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.core.merchant_admin import Choice, Period, StoreAdmin
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import moment
from apps.sync.models import Delivery, Hook

TOPICS = {
    "created": "is new", "updated": "changed", "deleted": "was deleted",
    "restored": "came back",
}  # fmt: skip
HEALTH: dict[str, str | None] = {
    "Works": "success",
    "Off": "danger",
    "Paused": "warning",
}
STATES: dict[str, str | None] = {
    Delivery.Status.WAITING.label: "info",
    Delivery.Status.APPLIED.label: "success",
    Delivery.Status.FAILED.label: "danger",
}


def plain(topic: str) -> str:
    """order.updated: Order changed."""
    thing, _, event = topic.partition(".")
    return f"{thing.capitalize()} {TOPICS.get(event, event)}"


@admin.register(Hook)
class HookAdmin(StoreAdmin):
    page_name = "Webhooks"
    empty = "No webhooks yet. They are made within minutes after a shop is connected, if the shop can reach LuxeBrain."
    note = "By a webhook your shop tells LuxeBrain at once that something changed. WooCommerce switches one off after some failures in a row; LuxeBrain sees that and makes it anew."
    list_display = ("title", "health", "delivered", "seen", "repaired", "repairs")
    fields = readonly_fields = list_display
    ordering = ("topic",)

    def search_title(self, row: Hook) -> str:
        return self.title(row)

    @display(description="When", ordering="topic")
    def title(self, hook: Hook) -> str:
        return plain(hook.topic)

    @display(description="State", ordering="status", label=HEALTH)
    def health(self, hook: Hook) -> str:
        return {"active": "Works", "paused": "Paused"}.get(hook.status, "Off")

    @display(description="Arrived last", ordering="delivered_at")
    def delivered(self, hook: Hook) -> str:
        return moment(hook.delivered_at)

    @display(description="Looked at", ordering="seen_at")
    def seen(self, hook: Hook) -> str:
        return moment(hook.seen_at)

    @display(description="Made anew", ordering="repaired_at")
    def repaired(self, hook: Hook) -> str:
        return moment(hook.repaired_at)


@admin.register(Delivery)
class DeliveryAdmin(StoreAdmin):
    """Without the body, which holds what shoppers typed."""

    page_name = "Deliveries"
    empty = "Nothing has arrived yet."
    note = "What your shop sent, newest first, and what became of it. Names and addresses in it are not shown here."
    list_display = (
        "title",
        "state",
        "received",
        "settled",
        "times_received",
        "note_shown",
    )
    fields = readonly_fields = list_display
    list_filter = (("status", Choice), ("received_at", Period))
    ordering = ("-received_at", "-pk")

    def search_title(self, row: Delivery) -> str:
        return self.title(row)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("body")

    @display(description="What", ordering="topic")
    def title(self, delivery: Delivery) -> str:
        return plain(delivery.topic)

    @display(description="State", ordering="status", label=STATES)
    def state(self, delivery: Delivery) -> str:
        return delivery.get_status_display()

    @display(description="Arrived", ordering="received_at")
    def received(self, delivery: Delivery) -> str:
        return moment(delivery.received_at)

    @display(description="Settled", ordering="settled_at")
    def settled(self, delivery: Delivery) -> str:
        return moment(delivery.settled_at)

    @display(description="Note")
    def note_shown(self, delivery: Delivery) -> str:
        return delivery.note
