"""Pages about the visitor: who is signed in for the demonstration, and privacy."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.accounts.models import Store
from apps.demo import cast
from apps.demo.forms import ConsentForm, PersonForm
from apps.demo.pages import CONSENT_COOKIE, PATH, show, storefront
from apps.shop.models import Order

CONSENT_SECONDS = 180 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@storefront
def account(request: HttpRequest, store: Store) -> HttpResponse:
    """Sign in as one of the demo's people: no password, and nobody else is offered."""
    if request.method == "POST":
        return sign_in_or_out(request, store)
    person = cast.signed_in(request, store)
    orders = Order.objects.of(store).placed().filter(customer=person)
    context = {
        "person": person,
        "people": [] if person else cast.people(store),
        "orders": orders.order_by("-placed_at")[:10] if person else [],
    }
    return show(request, store, "demo/account.html", context, is_private=True)


def sign_in_or_out(request: HttpRequest, store: Store) -> HttpResponseRedirect:
    form = PersonForm(request.POST)
    request.session.pop(cast.KEY, None)
    if form.is_valid():
        chosen_id = form.cleaned_data["customer"]
        if any(role.customer.pk == chosen_id for role in cast.people(store)):
            request.session[cast.KEY] = chosen_id
    return redirect("demo:account")


@require_http_methods(["GET", "HEAD", "POST"])
@storefront
def privacy(request: HttpRequest, store: Store) -> HttpResponse:
    """The choice about tracking, changeable at any time and without scripts."""
    if request.method != "POST":
        choice = request.COOKIES.get(CONSENT_COOKIE, "")
        context = {"choice": choice}
        return show(request, store, "demo/privacy.html", context, is_private=True)
    form = ConsentForm(request.POST)
    response = redirect("demo:privacy")
    if form.is_valid():
        response.set_cookie(
            CONSENT_COOKIE,
            form.cleaned_data["choice"],
            max_age=CONSENT_SECONDS,
            path=PATH,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
