"""A shelf for this visitor, as a part of a page that everybody gets alike."""

from __future__ import annotations

import random
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from apps.accounts.models import Store
from apps.demo import shelves
from apps.demo.forms import PicksForm
from apps.demo.pages import frame, storefront
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask, Place
from apps.shop.models import Product

CHANCE = random.SystemRandom()


@require_safe
@storefront
def picks(request: HttpRequest, store: Store) -> HttpResponse:
    """Asked by static/demo/picks.js after consent; a decision each, so never cached."""
    form = PicksForm(request.GET)
    if not form.is_valid():
        raise Http404
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
    found = {card.id: card for card in shelves.cards(store, rows, now)}
    return [
        (found[place.card.product], place.sentence)
        for place in places
        if place.card.product in found
    ]
