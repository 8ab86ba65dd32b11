"""From the bag to the order, and the page that says thanks."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError
from apps.demo import cast, luxe
from apps.demo.basket import Basket
from apps.demo.forms import NEWS_TEXT, NEWS_VERSION, CheckoutForm
from apps.demo.pages import show, storefront
from apps.demo.services.check_out import Buyer, check_out
from apps.demo.views.bag import COUPON, bill
from apps.shop.models import Customer, Order
from apps.shop.services.consents import Wording
from apps.storefront.models import Place

ORDERS, TOKENS = "demo_orders", "demo_tokens"
MOST_ORDERS = 20
SURFACE = "demo checkout"


@require_http_methods(["GET", "HEAD", "POST"])
@storefront
def checkout(request: HttpRequest, store: Store) -> HttpResponse:
    if request.method == "POST":
        form = CheckoutForm(request.POST)
        if form.is_valid() and is_ours(request, form):
            return order(request, store, form)
    else:
        person = cast.signed_in(request, store)
        form = CheckoutForm(initial=known_about(person, store))
    context = bill(request, store)
    if not context["lines"] or context["is_short"]:
        return redirect("demo:cart")
    context["token"] = token_for(request, form)
    hidden = {"token", "wants_news"}
    context["fields"] = [field for field in form if field.name not in hidden]
    context["form"] = form
    status = 400 if form.errors else 200
    return show(
        request, store, "demo/checkout.html", context, status=status, is_private=True
    )


def is_ours(request: HttpRequest, form: CheckoutForm) -> bool:
    """Whether this visitor was given the token; of another's the order stays hidden."""
    if str(form.cleaned_data["token"]) in request.session.get(TOKENS, []):
        return True
    form.add_error("token", _("This form is too old. Please send it once more."))
    return False


def token_for(request: HttpRequest, form: CheckoutForm) -> str:
    """The form's own token, so that a corrected form still buys once; else a new one."""
    token = str(form["token"].value())
    known = request.session.get(TOKENS, [])
    if token in known:
        return token
    token = str(uuid.uuid4())
    request.session[TOKENS] = [*known, token][-MOST_ORDERS:]
    return token


def known_about(person: Customer | None, store: Store) -> dict[str, object]:
    """What the shop knows of whom the visitor plays."""
    known: dict[str, object] = {"country": store.country}
    if person is None:
        return known
    known |= {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
    }
    if address := person.addresses.order_by("pk").first():
        known |= {
            "country": address.country,
            "city": address.city,
            "postcode": address.postcode,
        }
    return known


def order(request: HttpRequest, store: Store, form: CheckoutForm) -> HttpResponse:
    """Place it once: a form sent again leads to the order that it placed."""
    now = timezone.now()
    basket = Basket(request.session)
    try:
        placed = check_out(
            store,
            buyer_of(form),
            [(line.variant, line.quantity) for line in basket.lines(store, now)],
            token=form.cleaned_data["token"],
            at=now,
            coupon_code=request.session.get(COUPON, ""),
        )
    except LuxeBrainError as error:
        messages.error(request, error.message)
        return redirect("demo:cart")
    orders = [one for one in request.session.get(ORDERS, []) if one != placed.pk]
    request.session[ORDERS] = [*orders, placed.pk][-MOST_ORDERS:]
    request.session.pop(COUPON, None)
    basket.clear()
    return redirect("demo:thanks", placed.pk)


def buyer_of(form: CheckoutForm) -> Buyer:
    given = {**form.cleaned_data}
    given.pop("token")
    wants_news = given.pop("wants_news")
    language = get_language() or "en"
    wording = Wording(str(NEWS_TEXT), f"{NEWS_VERSION}-{language}", SURFACE)
    return Buyer(**given, language=language, agreed=wording if wants_news else None)


@require_safe
@storefront
def thanks(request: HttpRequest, store: Store, order_id: int) -> HttpResponse:
    """Only for the visitor who ordered."""
    if order_id not in request.session.get(ORDERS, []):
        raise Http404
    placed = Order.objects.of(store).filter(pk=order_id).first()
    if placed is None:
        raise Http404
    lines = placed.lines.select_related("variant__product").order_by("pk")
    bought = [line.variant.product for line in lines if line.variant]
    places = [Place.THANK_YOU]
    context = {
        "order": placed,
        "lines": lines,
        "luxe": luxe.page_of(store, timezone.now(), places, basket=bought),
    }
    return show(request, store, "demo/thanks.html", context, is_private=True)
