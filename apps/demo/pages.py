"""What every storefront page shares: the store, the language, the frame around it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers

from apps.accounts.models import Store
from apps.core.errors import UnknownError
from apps.demo.basket import Basket
from apps.demo.models import DemoShop
from apps.shop.models import Category

LANGUAGES = {"en": "English", "ar": "العربية"}
LANGUAGE_COOKIE = "demo_language"
# Set by static/demo/consent.js, and here by the privacy page.
CONSENT_COOKIE = "luxe_consent"
PATH = "/demo/"
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Store, P], HttpResponse]


def storefront(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a view the demo store and the visitor's language.

    Without a demo store the page says how to make one; while it is being built, how
    far that is.
    """

    @wraps(view)
    def inner(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        language = asked_language(request)
        with translation.override(language):
            response = answer(request, view, *args, **kwargs)
        if request.GET.get("lang") == language:
            response.set_cookie(LANGUAGE_COOKIE, language, path=PATH, samesite="Lax")
        return response

    return inner


def answer(
    request: HttpRequest, view: View[P], *args: P.args, **kwargs: P.kwargs
) -> HttpResponse:
    store = demo_store()
    shop = DemoShop.objects.of(store).first() if store else None
    if store is None or shop is None:
        return frame(request, "demo/absent.html", {}, status=404)
    if not shop.is_ready:
        response = frame(request, "demo/building.html", {"shop": shop})
        patch_cache_control(response, no_store=True)
        if shop.status == DemoShop.Status.BUILDING:
            response.headers["Refresh"] = "3"
        return response
    request.page_key = shop.page_key  # type: ignore[attr-defined]
    try:
        return view(request, store, *args, **kwargs)
    except (Http404, UnknownError):
        return show(request, store, "demo/not_found.html", {}, status=404)


def demo_store() -> Store | None:
    return Store.objects.filter(slug="demo", platform=Store.Platform.DEMO).first()


def asked_language(request: HttpRequest) -> str:
    """`?lang=` first, then what was asked before."""
    for language in (request.GET.get("lang"), request.COOKIES.get(LANGUAGE_COOKIE)):
        if language in LANGUAGES:
            return language
    return "en"


def show(
    request: HttpRequest,
    store: Store,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    is_private: bool = False,
) -> HttpResponse:
    """A page of the shop, with its menu and the visitor's bag.

    Shared caches may keep a page for a visitor without a session for a minute;
    `is_private` pages are kept nowhere.
    """
    roots = Category.objects.of(store).live().filter(parent=None)
    shared = {
        "store": store,
        "menu": roots.order_by("position", "name", "id")[:8],
        "bag_count": len(Basket(request.session)),
    }
    response = frame(request, template, {**shared, **context}, status=status)
    if is_private:
        patch_cache_control(response, private=True, no_store=True)
    elif is_anonymous(request) and status == 200:
        patch_cache_control(response, public=True, max_age=60)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    return response


def is_anonymous(request: HttpRequest) -> bool:
    """Nothing on the page is about the visitor: no session, message or form token."""
    speaking = request.COOKIES.keys() - {CONSENT_COOKIE, LANGUAGE_COOKIE}
    is_plain = "lang" not in request.GET and "CSRF_COOKIE" not in request.META
    return is_plain and not speaking


def frame(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    language = translation.get_language() or "en"
    shared = {
        "language": language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "languages": LANGUAGES,
        "now": timezone.now(),
    }
    return render(request, template, {**shared, **context}, status=status)
