from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from celery import current_app
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts.services import limits
from apps.core.errors import ConflictError, LuxeBrainError
from apps.core.merchant_admin import (
    MANAGER,
    OWNER,
    Panel,
    StoreAdmin,
    Verb,
    reaches,
)
from apps.core.merchant_admin.columns import display
from apps.core.merchant_admin.show import NOTHING, moment
from apps.sync.models import Connection, Notice
from apps.sync.services import connect, pause, plugin_codes, reach
from apps.sync.services.disconnect import disconnect
from apps.sync.services.doctor.check import Check, State
from apps.sync.services.doctor.examine import examine
from apps.sync.woo.advice import plain
from apps.sync.woo.errors import ShopError

Status = Connection.Status
TRIES = "6/min"
STATES: dict[str, str | None] = {
    Status.ACTIVE.label: "success",
    Status.FAILING.label: "warning",
    Status.REFUSED.label: "danger",
    Status.MOVED.label: "danger",
    Status.PAUSED.label: None,
}
TONES = {State.OK: "good", State.WARN: "warn", State.BAD: "bad"}
WORDS = {State.OK: "Well", State.WARN: "Look at this", State.BAD: "Not well"}
DISCONNECT = (
    "LuxeBrain removes its webhooks from the shop and forgets the keys. What was copied stays here. "
    "Afterwards revoke the key in WooCommerce → Settings → Advanced → REST API. Disconnect?"
)
CODE = (
    "Install the LuxeBrain plugin in WordPress first. Then make a code here and paste it there, under "
    "WooCommerce → LuxeBrain. It works once and for 30 minutes. Make a code?"
)
PAUSE = "Nothing is asked of your shop and nothing is written to it until you resume. Changes meanwhile are found afterwards. Pause?"


class AddressForm(forms.Form):
    url = forms.CharField(
        label="Address of your shop",
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text="As your shoppers see it, like https://shop.example. Without https, write http:// before it.",
    )


class KeysForm(AddressForm):
    """A password field keeps the secret off the screen and out of the page."""

    key = forms.CharField(
        label="Consumer key",
        max_length=120,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Begins with ck_. Make one in WooCommerce → Settings → Advanced → REST API, for an administrator, with “Read/Write”.",
    )
    secret = forms.CharField(
        label="Consumer secret",
        max_length=120,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text="Begins with cs_. WooCommerce shows it once, beside the key.",
    )


PLUGIN = Verb(
    "plugin", "Connect with the plugin", "extension", MANAGER, "primary", CODE
)
APPROVE = Verb("approve", "Connect by approval", "handshake", MANAGER, form=AddressForm)  # fmt: skip
PASTE = Verb("paste", "Paste keys", "key", MANAGER, form=KeysForm)


@admin.register(Connection)
class ConnectionAdmin(StoreAdmin):
    page_name = "Connection"
    empty = "Not connected. Connecting takes a few minutes, and nothing in your shop is changed."
    list_display = ("url", "state", "reached")
    fields = (
        ("address", "state"), ("reached", "connected"), ("key_shown", "may_change"), "trouble",
    )  # fmt: skip
    readonly_fields = (
        "address", "state", "reached", "connected", "key_shown", "may_change", "trouble",
    )  # fmt: skip
    list_verbs = (PLUGIN, APPROVE, PASTE)
    verbs = (
        Verb("check", "Check the connection", "stethoscope", MANAGER, "primary"),
        Verb("pause", "Pause", "pause", MANAGER, question=PAUSE),
        Verb("resume", "Resume", "play_arrow", MANAGER),
        Verb("reconnect", "Other keys", "key", MANAGER),
        Verb("disconnect", "Disconnect", "link_off", OWNER, "danger", DISCONNECT),
    )

    def verbs_for(self, request: HttpRequest, row: Connection) -> list[Verb]:
        is_paused = row.status == Status.PAUSED
        hidden = "pause" if is_paused else "resume"
        if row.status == Status.REFUSED:
            hidden = "pause resume"
        if connect.unfit(row.store):
            hidden += " reconnect"
        return [v for v in super().verbs_for(request, row) if v.name not in hidden]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<path:object_id>/doctor/",
                wrap(self.doctor_view),
                name="sync_connection_doctor",
            ),
            path("again/", wrap(self.again_view), name="sync_connection_again"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """A store has one connection: its page is the page."""
        row = self.get_queryset(request).first()
        if row is not None:
            return HttpResponseRedirect(self.back_to(row))
        reason = connect.unfit(request.store)  # type: ignore[attr-defined]
        told = {"note": reason} if reason else {}
        return super().changelist_view(request, {**told, **(extra_context or {})})

    def again_view(self, request: HttpRequest) -> HttpResponse:
        """The two ways to connect, while one is connected."""
        buttons = [(verb, self.verb_url(verb)) for verb in self.list_verbs_for(request)]
        context = {
            **self.admin_site.each_context(request),
            **self.page_context(),
            "title": "Other keys",
            "opts": self.opts,
            "list_verbs": buttons,
        }
        return TemplateResponse(request, "sync/again.html", context)

    def verb_initial(
        self, request: HttpRequest, verb: Verb, row: Any
    ) -> dict[str, Any]:
        known = self.get_queryset(request).first()
        store = request.store  # type: ignore[attr-defined]
        return {"url": known.url if known else store.url}

    def list_verbs_for(self, request: HttpRequest) -> list[Verb]:
        """Approval needs an https address of ours, which a first trial has not."""
        if connect.unfit(request.store):  # type: ignore[attr-defined]
            return []
        offered = super().list_verbs_for(request)
        return [v for v in offered if v.name != "approve" or connect.can_approve()]

    def page_context(self, row: Any = None) -> dict[str, Any]:
        note = "" if connect.can_approve() else no_approval()
        return {**super().page_context(row), "note": note if row is None else ""}

    @display(description="State", label=STATES)
    def state(self, connection: Connection) -> str:
        return connection.get_status_display()

    @display(description="Your shop")
    def address(self, connection: Connection) -> str:
        return format_html(
            '<a class="lb-link" href="{}" rel="noreferrer">{}</a>',
            connection.url,
            connection.url,
        )

    @display(description="Answered last")
    def reached(self, connection: Connection) -> str:
        return moment(connection.reached_at)

    @display(description="Connected")
    def connected(self, connection: Connection) -> str:
        return moment(connection.connected_at)

    @display(description="Key")
    def key_shown(self, connection: Connection) -> str:
        return f"…{connection.key_ending}"

    @display(description="May change your shop")
    def may_change(self, connection: Connection) -> str:
        return {True: "Yes", False: "No, only read"}.get(
            connection.may_write,  # type: ignore[arg-type]
            "Not known",
        )

    @display(description="What is wrong")
    def trouble(self, connection: Connection) -> str:
        return connection.error or NOTHING

    def panels(self, request: HttpRequest, row: Connection) -> Iterable[Panel]:
        notices = Notice.objects.of(row.store).filter(closed_at=None)
        rows = [(n.text, moment(n.opened_at)) for n in notices.order_by("-opened_at")]
        yield Panel(
            "What you should know", ("Notice", "Since"), rows, empty="No notices."
        )
        yield Panel(
            "What your shop says",
            ("Fact", "Value"),
            said(row.facts),
            empty="Nothing yet; it is asked when the first sync begins.",
        )

    def do_plugin(self, request: HttpRequest, row: None, _: Any) -> HttpResponse:
        """The only page that ever shows this code."""
        code = plugin_codes.make(
            request.store,  # type: ignore[attr-defined]
            request.user,  # type: ignore[arg-type]
            timezone.now(),
        )
        context = {
            **self.admin_site.each_context(request),
            **self.page_context(),
            "title": "Connect with the plugin",
            "opts": self.opts,
            "code": code,
            "minutes": int(plugin_codes.LASTS.total_seconds() // 60),
            "back_url": self.back_to(None),
        }
        response = TemplateResponse(request, "sync/plugin_code.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    def do_approve(
        self, request: HttpRequest, row: None, values: dict[str, Any]
    ) -> HttpResponse:
        """A page with a link: browsers are told to send forms nowhere else."""
        address = connect.begin(
            request.store,  # type: ignore[attr-defined]
            values["url"],
            request.user,  # type: ignore[arg-type]
            timezone.now(),
        )
        context = {
            **self.admin_site.each_context(request),
            **self.page_context(),
            "title": "Say yes in your shop",
            "opts": self.opts,
            "address": address,
            "minutes": int(connect.ATTEMPT_LASTS.total_seconds() // 60),
            "back_url": self.back_to(None),
        }
        return TemplateResponse(request, "sync/approve.html", context)

    def do_paste(
        self, request: HttpRequest, row: None, values: dict[str, Any]
    ) -> HttpResponse | str:
        refuse_haste(request)
        try:
            connection = connect.paste(
                request.store,  # type: ignore[attr-defined]
                values["url"],
                values["key"],
                values["secret"],
                person=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except ShopError as error:
            raise LuxeBrainError(plain(error)) from error
        transaction.on_commit(nudge, robust=True)
        if connection.status == Status.MOVED:
            return "Connected, but only for reading: see the notice below."
        if reach.other_currency(connection.store, connection.facts):
            return "Connected, but its orders count in no sum: see the notice below."
        return "Your shop is connected. The first sync begins in a moment; “Syncs” shows how far it is."

    def do_check(self, request: HttpRequest, row: Connection, _: Any) -> HttpResponse:
        return HttpResponseRedirect(self.doctor_url(row))

    def do_reconnect(
        self, request: HttpRequest, row: Connection, _: Any
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:sync_connection_again"))

    def do_pause(self, request: HttpRequest, row: Connection, _: Any) -> str:
        pause.pause(row, request.user, timezone.now())  # type: ignore[arg-type]
        return "Paused. Nothing is asked of your shop."

    def do_resume(self, request: HttpRequest, row: Connection, _: Any) -> str:
        pause.resume(row, request.user, timezone.now())  # type: ignore[arg-type]
        transaction.on_commit(nudge, robust=True)
        return "LuxeBrain looks after your shop again."

    def do_disconnect(
        self, request: HttpRequest, row: Connection, _: Any
    ) -> HttpResponse | str:
        is_clean = disconnect(row, request.user, timezone.now())  # type: ignore[arg-type]
        row.pk = None
        if is_clean:
            return "Disconnected. Now revoke the key in your shop, too."
        return "Disconnected here. Your shop did not answer, so delete the webhooks named “LuxeBrain” and the key there yourself."

    def doctor_url(self, row: Connection) -> str:
        return reverse("admin:sync_connection_doctor", args=[row.pk])

    def doctor_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asking takes up to 20 seconds, so it is done by POST and the page says so."""
        row = self.get_object(request, object_id)
        if not reaches(request, MANAGER):
            return HttpResponseRedirect(self.back_to(row))
        checks: list[Check] = []
        if request.method == "POST":
            try:
                refuse_haste(request)
            except ConflictError as error:
                messages.warning(request, error.message)
                return HttpResponseRedirect(self.back_to(row))
            checks = examine(row, timezone.now())
        context = {
            **self.admin_site.each_context(request),
            **self.page_context(row),
            "title": "Check the connection",
            "opts": self.opts,
            "original": row,
            "checks": worst_first(checks),
            "verdict": verdict(checks),
            "back_url": self.back_to(row),
        }
        return TemplateResponse(request, "sync/doctor.html", context)


def no_approval() -> str:
    return (
        "Connecting by approval needs an https address of LuxeBrain, since shops hand keys over to no other. "
        f"Yours is {settings.PUBLIC_URL}, so use the plugin, or paste keys."
    )


def refuse_haste(request: HttpRequest) -> None:
    """Each try may hold a thread of the web for 20 seconds."""
    store = request.store  # type: ignore[attr-defined]
    if not limits.spend("shop", str(store.pk), TRIES, time.time()).is_allowed:
        raise ConflictError("That was often. Please wait a minute, then try again.")


def nudge() -> None:
    """The first sync, and the webhooks, which a task makes."""
    current_app.send_task("sync.work")
    current_app.send_task("sync.watch_hooks")


def worst_first(checks: list[Check]) -> list[tuple[Check, str, str]]:
    """Each with its word and tone."""
    order = [State.BAD, State.WARN, State.OK]
    return [
        (check, WORDS[check.state], TONES[check.state])
        for check in sorted(checks, key=lambda check: order.index(check.state))
    ]


def verdict(checks: list[Check]) -> str:
    bad = sum(check.state == State.BAD for check in checks)
    warned = sum(check.state == State.WARN for check in checks)
    if bad:
        return f"{bad} of {len(checks)} checks found something that must be mended."
    if warned:
        return f"It works. {warned} of {len(checks)} checks found something to look at."
    return f"All {len(checks)} checks are well." if checks else ""


def said(facts: dict[str, Any]) -> list[tuple[str, str]]:
    if not facts:
        return []
    zone = facts.get("time_zone") or f"UTC{facts.get('gmt_offset') or 0:+g}"
    rows = [
        ("Name", facts.get("name")),
        ("Address", facts.get("home_url")),
        ("WooCommerce", facts.get("woocommerce")),
        ("WordPress", facts.get("wordpress")),
        ("PHP", facts.get("php")),
        ("Currency", facts.get("currency")),
        ("Time zone", zone),
        ("Page caches", ", ".join(facts.get("page_caches") or [])),
        (
            "LuxeBrain plugin",
            "Installed" if facts.get("has_plugin") else "Not installed",
        ),
    ]
    return [(name, str(value)) for name, value in rows if value]
