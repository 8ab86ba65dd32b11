"""Who uses which device, how that was found out, and the button for where it is wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

from apps.core.errors import ConflictError
from apps.core.merchant_admin import MANAGER, Choice, Period, StoreAdmin, Verb
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import moment
from apps.events.models import IdentityChange, Link
from apps.events.services.people.undo import undo
from apps.shop.models import Customer

DEVICES = (
    "A device is one browser. LuxeBrain links it to a customer who signs in, places an "
    "order or comes by a link in an e-mail. Where several people sign in on one device, "
    "what is done there belongs to whoever signed in last."
)
LEDGER = (
    "Each time a device was linked to a customer, or no longer was, and why. Nothing "
    "here can be changed or deleted, but a link that is wrong can be undone."
)
NOT_THEM = (
    "What was done on this device until now will no longer count for this customer. "
    "The customer's orders and details stay as they are. If they sign in on it again, "
    "it is linked again. You can take this back. Go on?"
)
COUNT_AGAIN = "What was undone will count again, as if it had never been undone. Go on?"


def device_of(row: Link | IdentityChange) -> str:
    """Enough of the name to tell two apart."""
    return f"Device {row.visitor[-8:]}"


def person_of(customer: Customer) -> str:
    return (customer.merged_into or customer).called


@admin.register(Link)
class DeviceAdmin(StoreAdmin):
    note = DEVICES
    empty = "No visitor has signed in or ordered yet."
    list_display = ("device", "person", "how", "since", "last_seen", "state")
    list_filter = (("evidence", Choice), ("last_at", Period))
    list_select_related = ("customer__merged_into",)
    search_fields = ("customer__first_name", "customer__last_name", "visitor")
    search_help_text = "Search by customer or device"
    ordering = ("-last_at", "-pk")
    fields = readonly_fields = list_display
    verbs = (Verb("part", "This is not them", "link_off", MANAGER, "danger", NOT_THEM),)

    @display(description="Device")
    def device(self, row: Link) -> str:
        return device_of(row)

    @display(description="Customer")
    def person(self, row: Link) -> str:
        return person_of(row.customer)

    @display(description="Known by", ordering="evidence")
    def how(self, row: Link) -> str:
        return row.get_evidence_display()

    @display(description="First seen with them", ordering="first_at")
    def since(self, row: Link) -> str:
        return moment(row.first_at)

    @display(description="Last seen with them", ordering="last_at")
    def last_seen(self, row: Link) -> str:
        return moment(row.last_at)

    @display(description="Now", label={"Theirs": "success", "Someone else's": "info"})
    def state(self, row: Link) -> str:
        return "Theirs" if row.ended_at is None else "Someone else's"

    def do_part(self, request: HttpRequest, row: Link, values: dict[str, Any]) -> Any:
        made = IdentityChange.objects.of(row.store).filter(
            visitor=row.visitor,
            customer=row.customer_id,
            kind=IdentityChange.Kind.LINKED,
            reverted_at=None,
        )
        change = made.order_by("pk").last()
        if change is None:
            raise ConflictError("This was undone already.")
        undo(change, request.user, timezone.now())  # type: ignore[arg-type]
        messages.success(request, "This device is no longer linked to them.")
        # The row's own page is no more.
        return redirect(self.back_to(None))


@admin.register(IdentityChange)
class IdentityChangeAdmin(StoreAdmin):
    note = LEDGER
    empty = "No visitor has been recognized yet."
    list_display = ("when", "device", "what", "person", "why", "by")
    list_filter = (("kind", Choice), ("reason", Choice), ("made_at", Period))
    list_select_related = ("customer__merged_into", "actor")
    search_fields = ("customer__first_name", "customer__last_name", "visitor")
    search_help_text = "Search by customer or device"
    ordering = ("-made_at", "-pk")
    fields = readonly_fields = (*list_display, "rows_moved", "state")
    verbs = (
        Verb("undo", "This is not them", "link_off", MANAGER, "danger", NOT_THEM),
        Verb("restore", "Count it again", "undo", MANAGER, question=COUNT_AGAIN),
    )

    def verbs_for(self, request: HttpRequest, row: IdentityChange) -> list[Verb]:
        fits = {
            IdentityChange.Kind.LINKED: "undo",
            IdentityChange.Kind.UNDONE: "restore",
        }.get(IdentityChange.Kind(row.kind))
        shown = super().verbs_for(request, row)
        return [v for v in shown if v.name == fits and row.reverted_at is None]

    @display(description="When", ordering="made_at")
    def when(self, row: IdentityChange) -> str:
        return moment(row.made_at)

    @display(description="Device")
    def device(self, row: IdentityChange) -> str:
        return device_of(row)

    @display(description="What")
    def what(self, row: IdentityChange) -> str:
        return row.get_kind_display()

    @display(description="Customer")
    def person(self, row: IdentityChange) -> str:
        return person_of(row.customer)

    @display(description="Why")
    def why(self, row: IdentityChange) -> str:
        how = row.get_evidence_display() if row.evidence else ""
        return how or row.get_reason_display()

    @display(description="By")
    def by(self, row: IdentityChange) -> str:
        return str(row.actor or "LuxeBrain")

    @display(description="Visits and actions that moved")
    def rows_moved(self, row: IdentityChange) -> int:
        return int(row.moved.get("rows", 0))

    @display(description="State")
    def state(self, row: IdentityChange) -> str:
        undone = f"Undone on {moment(row.reverted_at)}"
        return "Counts" if row.reverted_at is None else undone

    def do_undo(
        self, request: HttpRequest, row: IdentityChange, values: dict[str, Any]
    ) -> str:
        undo(row, request.user, timezone.now())  # type: ignore[arg-type]
        return "This device is no longer linked to them."

    def do_restore(
        self, request: HttpRequest, row: IdentityChange, values: dict[str, Any]
    ) -> str:
        undo(row, request.user, timezone.now())  # type: ignore[arg-type]
        return "It counts again."
