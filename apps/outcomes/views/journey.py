"""The way of one customer to one order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.accounts.models import Store
from apps.core.merchant_admin import Cell, Panel
from apps.core.merchant_admin.pages import for_analysts, show
from apps.core.merchant_admin.show import NOTHING, moment, money
from apps.outcomes.models import Rule
from apps.outcomes.services.figures import label
from apps.outcomes.services.journey import Touch, journey
from apps.outcomes.words import RULES
from apps.shop.models import Order


@for_analysts
def page(request: HttpRequest, store: Store, pk: int) -> HttpResponse:
    order = get_object_or_404(Order.objects.of(store).live(), pk=pk)
    found = journey(order)
    return show(
        request,
        "outcomes/journey",
        f"The way to order {order}",
        order_url=reverse("admin:shop_order_change", args=[order.pk]),
        worth=money(order.net_total, order.currency),
        placed=moment(order.placed_at),
        rules=[(rule.label, RULES[rule]) for rule in Rule],
        panel=Panel(
            "What the customer did before",
            ("When", "Came by", *(rule.label for rule in Rule)),
            [row(touch) for touch in found.touches],
            note="So much of the order each rule gives to it.",
            empty="No visit is known: they came unknown to us, or did not want to be known.",
        ),
    )


def row(touch: Touch) -> tuple[Cell, ...]:
    shares = (touch.weights.get(rule) for rule in Rule)
    return (
        Cell(moment(touch.at)),
        Cell(label(touch.channel)),
        *(
            Cell(NOTHING if one is None else f"{one:.0%}", is_number=True)
            for one in shares
        ),
    )
