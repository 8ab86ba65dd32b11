"""`/connect/shop/`: which store of mine is the shop that asks?"""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.models import Store, User
from apps.core.errors import LuxeBrainError
from apps.sync.services import plugin_approval
from apps.sync.services.plugin_approval import Asked

PAGE = "sync/plugin_approval.html"


@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def approve_shop(request: HttpRequest) -> HttpResponse:
    """Asked for by GET, approved by POST. The way back is a link: browsers are told to
    send forms nowhere else, and the person sees where they go."""
    person = request.user
    assert isinstance(person, User)
    try:
        asked = read(request)
    except LuxeBrainError as error:
        context = {"title": "This does not work", "trouble": error.message}
        return render(request, PAGE, context, status=error.status)
    stores = plugin_approval.stores_of(person, asked.site)
    if request.method == "POST":
        return approve(request, person, asked, stores)
    return ask(request, asked, stores)


def read(request: HttpRequest) -> Asked:
    given = request.GET
    return plugin_approval.read(
        given.get("site", ""), given.get("back", ""), given.get("state", "")
    )


def ask(
    request: HttpRequest, asked: Asked, stores: list[Store], trouble: str = ""
) -> HttpResponse:
    context = {
        "title": "Connect your shop",
        "asked": asked,
        "stores": stores,
        "trouble": trouble,
    }
    return render(request, PAGE, context, status=409 if trouble else 200)


def approve(
    request: HttpRequest, person: User, asked: Asked, stores: list[Store]
) -> HttpResponse:
    chosen = request.POST.get("store", "")
    store = next((known for known in stores if known.slug == chosen), None)
    if store is None:
        return ask(request, asked, stores, "Choose one of your stores.")
    try:
        way_back = plugin_approval.approve(asked, store, person, timezone.now())
    except LuxeBrainError as error:
        return ask(request, asked, stores, error.message)
    context = {"title": "Back to your shop", "asked": asked, "way_back": way_back}
    return render(request, PAGE, {**context, "store": store})
