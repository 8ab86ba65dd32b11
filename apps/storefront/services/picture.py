"""The shelf that a picture fills: what looks like it, as cards.

What the merchant's rules leave out stays out; nothing is moved or pinned, since people
look for what is most alike. The picture itself goes no further than its description,
which is gone with the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from apps.accounts.models import Store
from apps.core.errors import UnknownError
from apps.decisions.models import Decision
from apps.decisions.services import log
from apps.decisions.services.sentence import because
from apps.experiments.services.assign import Who
from apps.recommendations.services.answer import Page
from apps.recommendations.services.answering.ask import Ask, Candidate, Card
from apps.recommendations.services.answering.ask import Place as Stands
from apps.recommendations.services.answering.cards import sellable, tree_of
from apps.recommendations.services.answering.reading import Remembered
from apps.recommendations.services.answering.rules import Rules
from apps.recommendations.services.answering.shopper import Shopper
from apps.recommendations.services.answering.tested import HELD_OUT
from apps.shop.models import Product
from apps.storefront.models import Place
from apps.storefront.models.placement import MOST_PICKS
from apps.storefront.services.page.compose import Body, pick
from apps.storefront.services.page.faces import faces_of, forget_changed
from apps.storefront.services.page.visit import Visit
from apps.storefront.services.plans import Plan, plans_of
from apps.visual_search.services import search
from apps.visual_search.services.describe import MAKER, Described
from apps.visual_search.services.search import ANSWERED, Found, Results
from apps.visual_search.services.words import code, sentence

PLACE = Place.PICTURE_SEARCH
USUAL = 12
SOURCE = "picture"
Look = Callable[[QuerySet[Product], int], Results]


def looking_like(store: Store, wanted: Described, visit: Visit, at: datetime) -> Body:
    """Of the store's products, those that look like a picture."""
    return shelf(
        store, visit, at,
        lambda offered, limit: search.search(
            store, wanted, offered, limit, visit.exclude
        ),
    )  # fmt: skip


def looking_alike(store: Store, product: int, visit: Visit, at: datetime) -> Body:
    """Those that look like one of them."""
    return shelf(
        store, visit, at,
        lambda offered, limit: search.similar(
            store, product, offered, limit, visit.exclude
        ),
    )  # fmt: skip


def shelf(store: Store, visit: Visit, at: datetime, look: Look) -> Body:
    plan = plans_of(store, at)[PLACE]
    if not plan.is_on:
        raise UnknownError("This shop has no search by picture.")
    forget_changed(store, at)
    page = Page(store, at, Remembered(store, at), Who(visit.visitor, visit.customer))
    ask = Ask(
        visitor=visit.visitor, customer=visit.customer, product=visit.product,
        placement=PLACE, wishes=plan.wishes,
    )  # fmt: skip
    limit = min(plan.limit or USUAL, visit.limit or MOST_PICKS)
    # Some fall to rules that only a product's card tells.
    results = look(sellable(store, ask, at, tree_of(store)), 2 * limit)
    places = places_of(page, ask, results)[:limit]
    is_shown = not places or page.may_show(PLACE)
    places = places if is_shown else []
    decision = decided(page, ask, results, places, is_shown)
    page.decisions.append(decision)
    page.write_down()
    return told(store, plan, places, at) | {
        "decision": str(decision.pk),
        "held_out": not is_shown,
    }


def places_of(page: Page, ask: Ask, results: Results) -> list[Stands]:
    cards = page.reading.cards([one.product for one in results.found])
    rules = Rules(ask, Shopper(), tree_of(page.store), page.at)
    return [
        stands(cards[one.product], one)
        for one in results.found
        if one.product in cards and not rules.against(one.product, cards[one.product])
    ]


def stands(card: Card, found: Found) -> Stands:
    candidate = Candidate(found.product, found.score, SOURCE, code(found.alike))
    return Stands(card, candidate, 1.0, False, sentence(found.alike))


def decided(
    page: Page, ask: Ask, results: Results, places: list[Stands], is_shown: bool
) -> Decision:
    """Of a shopper's picture the log learns which colors it was looked for by."""
    reason = because("looks_alike", colors=list(results.colors))
    return log.build(
        page.store,
        ANSWERED,
        ask.subject,
        chosen={
            "placement": PLACE.value,
            "products": [one.card.product for one in places],
            "places": [
                {
                    "product": one.card.product,
                    "score": one.candidate.value,
                    "code": one.candidate.code,
                }
                for one in places
            ],
        },
        candidates=[[product, score, SOURCE] for product, score in results.compared],
        context={"product": ask.product, "colors": list(results.colors)},
        policy=MAKER,
        arm="best" if is_shown else HELD_OUT,
        reason=reason if is_shown else because("holdout"),
        is_plain=True,
        at=page.at,
    )


def told(store: Store, plan: Plan, places: list[Stands], at: datetime) -> Body:
    faces = faces_of(store, {one.card.product for one in places}, at)
    return {
        "place": PLACE.value,
        "title": plan.heading,
        "kind": SOURCE,
        "limit": plan.limit,
        "picks": [
            pick(one, faces, store.currency) | {"score": one.candidate.value}
            for one in places
        ],
    }
