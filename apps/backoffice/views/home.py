"""The home page: how the shop is doing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.backoffice.services import layout
from apps.backoffice.services.period import LENGTHS, USUAL, last_days
from apps.backoffice.views.cards import BUILDERS, Builder


def context(request: HttpRequest) -> dict[str, Any]:
    """What the template of the home page needs, in at most a dozen queries."""
    store, user = request.store, request.user  # type: ignore[attr-defined]
    chosen = request.GET.get("days", "")
    days = int(chosen) if chosen.isdigit() and len(chosen) < 4 else USUAL
    assert isinstance(user, User)
    builder = Builder(store, last_days(store, timezone.now(), days), timezone.now())
    cards = [BUILDERS[name](builder) for name in layout.chosen(store, user)]
    return {
        "cards": cards,
        "periods": [
            {"days": n, "name": name, "is_chosen": n == builder.period.days}
            for n, name in LENGTHS.items()
        ],
        "layout_url": reverse("home_cards"),
        "left_out": builder.left_out(),
        "has_orders": builder.sales[0].orders or builder.sales[1].orders,
    }


def choose_cards(request: HttpRequest) -> HttpResponse:
    """Tick the cards to see and number their order."""
    store, user = request.store, request.user  # type: ignore[attr-defined]
    if store is None or not isinstance(user, User):
        return redirect("admin:index")
    if request.method == "POST":
        wanted = [name for name in layout.CARDS if request.POST.get(f"show_{name}")]
        layout.choose(
            store, user, sorted(wanted, key=lambda name: place(request, name))
        )
        messages.success(request, "Your home page is as you wish.")
        return redirect("admin:index")
    shown = layout.chosen(store, user)
    rest = [name for name in layout.CARDS if name not in shown]
    rows = [
        {
            "name": name,
            "title": layout.CARDS[name],
            "place": n,
            "is_shown": name in shown,
        }
        for n, name in enumerate([*shown, *rest], 1)
    ]
    page = {
        **admin.site.each_context(request),
        "title": "Choose your cards",
        "rows": rows,
    }
    return TemplateResponse(request, "admin/home_cards.html", page)


def place(request: HttpRequest, name: str) -> int:
    text = request.POST.get(f"place_{name}", "")
    return int(text) if text.isdigit() and len(text) < 4 else 999
