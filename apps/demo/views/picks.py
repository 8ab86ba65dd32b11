"""A shelf for this visitor, as a part of a page that everybody gets alike."""

from __future__ import annotations

import random
import time
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from apps.accounts.models import Store
from apps.accounts.services import limits
from apps.core.client import ip_of, network_around
from apps.demo import shelves
from apps.demo.forms import PicksForm
from apps.demo.pages import frame, storefront
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask, Place
from apps.shop.models import Product

CHANCE = random.SystemRandom()


def is_too_much(request: HttpRequest) -> bool:
    """Each shelf is a row of the log: as with the API's, from one network so many."""
    network = network_around(ip_of(request.META))
    rate = settings.RATE_LIMITS["page"]
    verdict = limits.spend("demo_picks", network, rate, time.time())
    return not verdict.is_allowed


@require_safe
@storefront
def picks(request: HttpRequest, store: Store) -> HttpResponse:
    """Asked by static/demo/picks.js after consent; a decision each, so never cached."""
    form = PicksForm(request.GET)
    if not form.is_valid():
        raise Http404
    if is_too_much(request):
        return HttpResponse(status=429)
    said, now = form.cleaned_data, timezone.now()
    woo_ids = [*said["viewed"], *([said["product"]] if said["product"] else [])]
    ours = dict(
        Product.objects.of(store).filter(woo_id__in=woo_ids).values_list("woo_id", "pk")
    )
    ask = Ask(
        kind=said["kind"],
        visitor=said["visitor"],
        product=ours.get(said["product"]),
        viewed=tuple(ours[one] for one in said["viewed"] if one in ours),
        limit=said["limit"],
        placement=said["placement"],
    )
    found = answer(store, ask, now, CHANCE, explains=True)
    context = {
        "picks": cards(store, found.places, now),
        "placement": said["placement"],
        "decision": str(found.decision_id),
        "is_held_out": found.facts["is_held_out"],
    }
    response = frame(request, "demo/_picks.html", context)
    patch_cache_control(response, private=True, no_store=True)
    return response


def cards(
    store: Store, places: tuple[Place, ...], now: datetime
) -> list[tuple[shelves.Card, str]]:
    """Each with why it stands there, in the order of the places."""
    ids = [place.card.product for place in places]
    rows = Product.objects.of(store).visible(now).filter(pk__in=ids)
    # Without the shop's number no event could name it.
    rows = rows.exclude(woo_id=None)
    found = {card.id: card for card in shelves.cards(store, rows, now)}
    return [
        (found[place.card.product], place.sentence)
        for place in places
        if place.card.product in found
    ]
