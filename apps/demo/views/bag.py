"""The bag: what is in it, and every way to change it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import Store
from apps.core.errors import InvalidInputError, LuxeBrainError
from apps.demo import luxe
from apps.demo.basket import Basket, BasketLine
from apps.demo.forms import AddForm, CouponForm, LineForm
from apps.demo.pages import show, storefront
from apps.shop.models import Product, Variant
from apps.shop.services import coupons, place_order
from apps.storefront.models import Place

COUPON = "demo_coupon"


@require_safe
@storefront
def cart(request: HttpRequest, store: Store) -> HttpResponse:
    context = bill(request, store)
    lying = [line.variant.product for line in context["lines"]]
    # What goes with an empty bag nobody knows.
    places = [Place.CART_CROSS_SELL if lying else Place.TRENDING, Place.RECENTLY_VIEWED]
    context["luxe"] = luxe.page_of(store, timezone.now(), places, basket=lying)
    return show(request, store, "demo/cart.html", context, is_private=True)


def bill(request: HttpRequest, store: Store) -> dict[str, Any]:
    """The bag's lines and what they cost, reckoned as the order will be."""
    now = timezone.now()
    lines = Basket(request.session).lines(store, now)
    subtotal = sum((line.total for line in lines), Decimal(0))
    code, discount = request.session.get(COUPON, ""), Decimal(0)
    if code and lines:
        try:
            discount = discount_of(store, code, lines, now)
        except LuxeBrainError as error:
            request.session.pop(COUPON)
            messages.error(request, error.message)
            code = ""
    return {
        "lines": lines,
        "is_short": any(line.is_short for line in lines),
        "subtotal": subtotal,
        "coupon": code,
        "discount": discount,
        "total": subtotal - discount,
    }


def discount_of(
    store: Store, code: str, lines: list[BasketLine], at: datetime
) -> Decimal:
    rows = [place_order.as_line(line.variant, line.quantity) for line in lines]
    subtotal = sum((row.subtotal for row in rows), Decimal(0))
    coupon = coupons.find(store, code, subtotal=subtotal, at=at)
    currency = lines[0].variant.product.currency
    return sum(coupons.reductions(coupon, rows, currency), Decimal(0))


@require_POST
@storefront
def add(request: HttpRequest, store: Store) -> HttpResponse:
    form = AddForm(request.POST)
    try:
        given = cleaned(form)
        variant = find_variant(store, given["variant"])
        Basket(request.session).add(variant, given["quantity"])
    except InvalidInputError as error:
        messages.error(request, error.message)
        return redirect(page_of(request.POST.get("slug", "")))
    text = _("%(name)s is in your bag.") % {"name": variant.product.name}
    messages.success(request, text)
    return redirect("demo:cart")


def page_of(slug: str) -> str:
    """Where the visitor came from; the bag for what cannot be a product's page."""
    try:
        return reverse("demo:product", args=[slug[:400]])
    except NoReverseMatch:
        return reverse("demo:cart")


@require_POST
@storefront
def change(request: HttpRequest, store: Store) -> HttpResponse:
    basket = Basket(request.session)
    try:
        given = cleaned(LineForm(request.POST))
        if given["quantity"] == 0:
            basket.remove(given["variant"])
        else:
            basket.put(find_variant(store, given["variant"]), given["quantity"])
    except InvalidInputError as error:
        messages.error(request, error.message)
    return redirect("demo:cart")


@require_POST
@storefront
def coupon(request: HttpRequest, store: Store) -> HttpResponse:
    """Keep a code that fits; an empty one takes the kept one away."""
    request.session.pop(COUPON, None)
    try:
        code = cleaned(CouponForm(request.POST))["code"]
        lines = Basket(request.session).lines(store, timezone.now())
        if code and lines:
            discount_of(store, code, lines, timezone.now())
            request.session[COUPON] = code
    except LuxeBrainError as error:
        messages.error(request, error.message)
    return redirect("demo:cart")


def cleaned(form: Form) -> dict[str, Any]:
    """The form's values, or its first complaint as a sentence."""
    if not form.is_valid():
        complaints = next(iter(form.errors.values()))
        raise InvalidInputError(str(complaints[0]))
    return form.cleaned_data


def find_variant(store: Store, variant_id: int) -> Variant:
    variant = (
        Variant.objects.of(store)
        .live()
        .filter(
            pk=variant_id, product__in=Product.objects.of(store).visible(timezone.now())
        )
        .select_related("product")
        .first()
    )
    if variant is None:
        raise Http404
    return variant
