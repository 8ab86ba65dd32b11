"""From what is known to a full shelf: who may stand on it, and who does.

Sources in turn name candidates until the shelf is full; rules, looked up now, remove what
may not be shown; places are filled, now and then by chance.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.decisions.services import log
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import reasons, sources
from apps.recommendations.services.answering.ask import (
    MOST,
    Ask,
    Candidate,
    Chance,
    Place,
)
from apps.recommendations.services.answering.choosing import Caps, Runner, fill
from apps.recommendations.services.answering.reading import Fresh
from apps.recommendations.services.answering.rules import Rules
from apps.recommendations.services.answering.shopper import shopper_of
from apps.recommendations.services.answering.sources import Known, Ranked
from apps.recommendations.services.answering.tested import IN_TIME, Dials

PINNED = "pinned"
# So many times as many candidates as places, for variety and chance to choose from.
CHOICE = 3
# A shorter shelf is given the choice of this one: who ignored its three candidates would
# else see them for ever.
LEAST_SHELF = 5
# Looked up first, in shelves: a quarter may have been sold out; twice as many each time after, since then most are refused.
AT_ONCE = 4
# A later stage's best candidate is worth so much of the earlier one's last.
STEP_DOWN = 0.99
# So many that are what a heading says are a shelf of their own.
ENOUGH = 3
# After so many no stage is looked through to its end.
MOST_LOOKED_UP = 512


def limited(ask: Ask, settings: ShelfSettings) -> Ask:
    return replace(ask, limit=min(MOST, ask.limit or settings.shelf_size))


def known_for(store: Store, ask: Ask, settings: ShelfSettings, at: datetime) -> Known:
    ask = limited(ask, settings)
    return Known(store, ask, at, shopper_of(store, ask, settings, at), Fresh(store, at))


def filled(
    known: Known, dials: Dials, chance: Chance
) -> tuple[list[Runner], list[Place]]:
    """Who could stand on the shelf, and who does."""
    if known.shelves is None:
        known.shelves = known.reading.lists(sources.subjects_of(known), dials.version)
    limit, wishes = known.ask.limit or 0, known.ask.wishes
    runners = runners_of(known, limit)
    pinned = pinned_of(known)
    firsts = {one.card.product for one in pinned}
    others = [one for one in runners if one.card.product not in firsts]
    places = fill(
        others, limit, dials.variety, dials.exploration, chance,
        pinned=pinned, caps=caps_of(known) if wishes.has_caps else None,
    )  # fmt: skip
    return [*pinned, *others][: log.MAX_CANDIDATES], places


def likely(known: Known) -> list[int]:
    """Products that filling will look up first, of the best stage and the merchant's."""
    most = AT_ONCE * max(known.ask.limit or 0, LEAST_SHELF)
    first = within(known, first_named(known))[:most]
    return [*first, *known.ask.wishes.pinned]


def first_named(known: Known) -> Sequence[int]:
    """What the lists name that the shelf is there for."""
    stage = sources.stages_for(known.ask.turns)[0]
    if any(source in sources.ASKING for source in stage):
        return ()
    return known.named(stage, 1.0).products


def within(known: Known, products: Sequence[int]) -> Sequence[int]:
    """Of a category's page, those that lie there: what a whole shop's lists name is
    mostly elsewhere."""
    category = known.ask.category
    if category is None:
        return products
    inside = known.reading.members(category, known.tree)
    return products if inside is None else [one for one in products if one in inside]


def pinned_of(known: Known) -> list[Runner]:
    """What the merchant wants first, where nothing forbids it."""
    pinned = known.ask.wishes.pinned
    if not pinned:
        return []
    rules = rules_of(known)
    look_up(known, pinned)
    found = []
    for product in pinned:
        card = known.looked_up[product]
        if card and not rules.against(product, card):
            one = Candidate(product, 1.0, PINNED, PINNED)
            found.append(Runner(card, one, 1.0))
    return found


def caps_of(known: Known, times: int = 1) -> Caps:
    ask = known.ask
    around = () if ask.category is None else known.tree.above(ask.category)
    brand, category = ask.wishes.most_per_brand, ask.wishes.most_per_category
    return Caps(
        brand and times * brand,
        category and times * category,
        known.tree,
        frozenset(around),
    )


def claimed(ask: Ask, places: list[Place]) -> tuple[list[Place], bool]:
    """What may stand under a heading such as "often bought together", and whether it is
    true of it. A merchant's pin is."""
    if not ask.claims:
        return places, True
    true = [
        place for place in places if place.candidate.source in (*ask.claims, PINNED)
    ]
    if ask.is_strict:
        is_enough = len(true) >= min(ENOUGH, ask.limit or ENOUGH)
        return (true, True) if is_enough else (places, False)
    return places, 2 * len(true) >= len(places)


def rules_of(known: Known) -> Rules:
    return Rules(known.ask, known.shopper, known.tree, known.at)


def runners_of(known: Known, limit: int) -> list[Runner]:
    """Who may stand on the shelf: a choice for it, the best first."""
    rules = rules_of(known)
    share_left = None if known.ask.kind in IN_TIME else rules.share_left
    has_factors = bool(known.ask.wishes.factors)
    found: dict[int, Runner] = {}
    looked_up: set[int] = set()
    most = CHOICE * max(limit, LEAST_SHELF)
    there = known.looked_up
    # Of one brand no more than could ever stand there, or the choice would be no choice.
    caps = caps_of(known, CHOICE) if known.ask.wishes.has_caps else None
    for part in parts_of(known, found, looked_up, most if caps else limit):
        names = [one.product for one in part]
        look_up(known, names)
        looked_up.update(names)
        for one in part:
            card = there[one.product]
            if card is None or one.product in found or rules.against(one.product, card):
                continue
            if caps and caps.are_full(card):
                continue
            if caps:
                caps.count(card)
            value = one.value * (share_left(card) if share_left else 1.0)
            value *= rules.weight(card) if has_factors else 1.0
            found[one.product] = Runner(card, one, value)
        if len(found) >= most:
            break
    ordered = sorted(found.values(), key=lambda one: (-one.value, one.card.product))
    # What is shown is always among the candidates that the log keeps.
    return ordered[: min(most, log.MAX_CANDIDATES)]


def parts_of(
    known: Known, found: Collection[int], looked_up: Collection[int], limit: int
) -> Iterator[list[Candidate]]:
    """Of stage after stage, as many as are looked up at a time."""
    for ranked in stages_of(known, lambda: len(found) >= limit):
        there = within(known, ranked.products)
        fresh = [product for product in there if product not in found]
        start, size = 0, AT_ONCE * max(limit, LEAST_SHELF)
        while start < len(fresh) and not (start and len(looked_up) >= MOST_LOOKED_UP):
            yield ranked.candidates(fresh[start : start + size])
            start, size = start + size, 2 * size


def stages_of(known: Known, is_full: Any) -> Iterator[Ranked]:
    """Stages made of rows that were read are taken together while the shelf is short of
    choice; one that asks the database only while it is not full."""
    height = 1.0
    for stage in sources.stages_for(known.ask.turns):
        if any(source in sources.ASKING for source in stage) and is_full():
            return
        ranked = known.named(stage, height)
        if ranked.products:
            yield ranked
            height = ranked.least * STEP_DOWN


def look_up(known: Known, products: Iterable[int]) -> None:
    missing = [one for one in products if one not in known.looked_up]
    if missing:
        there = known.reading.cards(missing)
        known.looked_up.update({product: there.get(product) for product in missing})


def explained(known: Known, places: Sequence[Place]) -> list[Place]:
    """A product that a shopper may not see is not named to them."""
    about = {one for place in places if (one := place.candidate.about) is not None}
    look_up(known, about)
    names = {
        one: card.name
        for one in about
        if (card := known.looked_up[one]) and card.is_visible
    }
    return [
        Place(
            place.card,
            place.candidate,
            place.propensity,
            place.is_explored,
            reasons.sentence(
                place.candidate.code, names.get(place.candidate.about or 0, "")
            ),
        )
        for place in places
    ]
