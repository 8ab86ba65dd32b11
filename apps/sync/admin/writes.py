from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from celery import current_app
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from unfold.views import ChangeList

from apps.accounts.models import Store, User
from apps.core.merchant_admin import (
    MANAGER,
    Choice,
    Panel,
    Period,
    StoreAdmin,
    Verb,
)
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment
from apps.shop.models import Product, Variant
from apps.sync.models import Write
from apps.sync.services.writing import ask
from apps.sync.woo.fields import as_moment

Status = Write.Status
STATES: dict[str, str | None] = {
    Status.WAITING.label: "info",
    Status.VERIFIED.label: "success",
    Status.REFUSED.label: "danger",
    Status.FAILED.label: "danger",
}
# In the order in which people read them.
NAMES = {
    "code": "Code",
    "discount_type": "Kind",
    "amount": "Worth",
    "regular_price": "Regular price",
    "sale_price": "Sale price",
    "date_on_sale_from_gmt": "Sale from",
    "date_on_sale_to_gmt": "Sale until",
    "date_expires": "Ends",
    "usage_limit": "Uses in all",
    "usage_limit_per_user": "Uses for each customer",
    "minimum_amount": "From a cart of",
    "email_restrictions": "For",
    "meta_data": "Note",
}
TAKE_BACK = (
    "The price, or the note, becomes again what it was before this change. Go on?"
)


class WithNames(ChangeList):
    """Rows of a page know their subjects and people, by three queries for all."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        store: Store = request.store  # type: ignore[attr-defined]
        rows: list[Any] = list(self.result_list)
        self.result_list = rows
        names, people = names_of(store, rows), people_of(store)
        for row in rows:
            row.subject_name, row.people = names.get(row.woo_id, ""), people


def names_of(store: Store, writes: Iterable[Write]) -> dict[int | None, str]:
    ids = [write.woo_id for write in writes if write.woo_id]
    products = Product.objects.of(store).filter(woo_id__in=ids)
    variants = Variant.objects.of(store).filter(woo_id__in=ids)
    names: dict[int | None, str] = {
        row.woo_id: f"{row.product.name} ({row})"
        for row in variants.select_related("product")
    }
    return {**names, **dict(products.values_list("woo_id", "name"))}


def people_of(store: Store) -> dict[str, str]:
    team = User.objects.filter(memberships__store=store)
    return {str(person.pk): str(person) for person in team}


@admin.register(Write)
class WriteAdmin(StoreAdmin):
    page_name = "Changes in the shop"
    empty = "LuxeBrain has changed nothing in your shop yet."
    note = (
        "What LuxeBrain was asked to change in your shop. Each change is read back afterwards: "
        "only what the shop then says itself counts as done."
    )
    list_display = ("what", "about", "asked", "state", "by", "when")
    list_filter = (("kind", Choice), ("status", Choice), ("asked_at", Period))
    search_fields = ("key", "asked_by")
    search_help_text = "Search by who asked, or by key"
    ordering = ("-asked_at", "-pk")
    fields = (
        ("what", "about", "state"), "why", ("by", "when"), ("sent", "settled"), "key",
    )  # fmt: skip
    readonly_fields = (
        "what", "about", "state", "why", "by", "when", "sent", "settled", "key",
    )  # fmt: skip
    verbs = (Verb("revert", "Take it back", "undo", MANAGER, "danger", TAKE_BACK),)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return WithNames

    def search_title(self, row: Write) -> str:
        return f"{row.get_kind_display()}: {self.about(row)}"

    def verbs_for(self, request: HttpRequest, row: Write) -> list[Verb]:
        can = row.status == Status.VERIFIED and bool(row.before)
        return super().verbs_for(request, row) if can else []

    @display(description="What", ordering="kind")
    def what(self, write: Write) -> str:
        return write.get_kind_display()

    @display(description="Of")
    def about(self, write: Write) -> str:
        if write.kind == Write.Kind.COUPON:
            return str(write.values.get("code", ""))
        known = getattr(write, "subject_name", None)
        if known is None:
            known = names_of(write.store, [write]).get(write.woo_id, "")
        return known or f"Number {write.woo_id} in the shop"

    @display(description="Change")
    def asked(self, write: Write) -> str:
        """Before and after, in one line."""
        if write.kind == Write.Kind.STOCK_NOTE:
            return said("meta_data", write.values["meta_data"])[:80]
        if write.kind == Write.Kind.COUPON:
            is_percent = write.values.get("discount_type") == "percent"
            return f"{write.values.get('amount')}{' %' if is_percent else ''} off"
        sale = write.values.get("sale_price")
        after = sale or write.values.get("regular_price") or "no sale"
        old = write.before.get("sale_price") or write.before.get("regular_price")
        return f"{old} \N{RIGHTWARDS ARROW} {after}" if old else str(after)

    @display(description="State", ordering="status", label=STATES)
    def state(self, write: Write) -> str:
        return write.get_status_display()

    @display(description="Why")
    def why(self, write: Write) -> str:
        return write.error or NOTHING

    @display(description="Asked by", ordering="asked_by")
    def by(self, write: Write) -> str:
        kind, _, name = write.asked_by.partition(":")
        if kind == "person" and name.isdigit():
            people = getattr(write, "people", None) or people_of(write.store)
            return people.get(name, "A person who left")
        if kind == "brain":
            return f"LuxeBrain ({name.replace('_', ' ')})"
        return write.asked_by or NOTHING

    @display(description="Asked", ordering="asked_at")
    def when(self, write: Write) -> str:
        return moment(write.asked_at)

    @display(description="Sent")
    def sent(self, write: Write) -> str:
        return moment(write.sent_at)

    @display(description="Settled", ordering="settled_at")
    def settled(self, write: Write) -> str:
        return moment(write.settled_at)

    def panels(self, request: HttpRequest, row: Write) -> Iterable[Panel]:
        rows = [
            (label, said(name, row.before.get(name)), said(name, row.values[name]))
            for name, label in NAMES.items()
            if name in row.values and not (name == "meta_data" and is_coupon(row))
        ]
        yield Panel("What was asked", ("Field", "Before", "Asked"), rows)

    def do_revert(self, request: HttpRequest, row: Write, values: Any) -> str:
        ask.revert(row, asked_by=f"person:{request.user.pk}", at=timezone.now())
        transaction.on_commit(nudge, robust=True)
        return "Asked for. Your shop has it in a few minutes."


def nudge() -> None:
    current_app.send_task("sync.send_writes")


def is_coupon(write: Write) -> bool:
    return bool(write.kind == Write.Kind.COUPON)


def said(name: str, value: Any) -> str:
    """How many people a coupon is for, not who."""
    if name == "email_restrictions" and value:
        return "1 customer" if len(value) == 1 else f"{len(value):,} customers"
    if name == "meta_data":
        value = value[0].get("value") if value else ""
    if value in (None, ""):
        return NOTHING
    return moment(as_moment(value)) if name.startswith("date_") else str(value)
