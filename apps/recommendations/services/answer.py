"""What to show now: rows of the night, the visitor's last click, the stock of this moment.

1. Who it is for: last views, purchases, what they tired of, their sizes.
2. Sources in turn name candidates until the shelf is full.
3. Rules remove what may not be shown, each looked up this moment.
4. Places are filled, now and then by chance.
5. The decision is a row before the answer leaves: an answer that nobody remembers could
   be joined with no click. So is who could see for the first time what a test changes.

Runs in the web: rows only, no numpy and no models.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import Store
from apps.decisions.models import Decision
from apps.decisions.services import log
from apps.decisions.services.sentence import because
from apps.experiments.services.assign import Who, expose
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import cards, reasons, sources
from apps.recommendations.services.answering.ask import (
    MOST,
    Answer,
    Ask,
    Candidate,
    Card,
    Chance,
    Place,
)
from apps.recommendations.services.answering.choosing import Runner, fill
from apps.recommendations.services.answering.remembered import settings_of
from apps.recommendations.services.answering.rules import Rules
from apps.recommendations.services.answering.shopper import shopper_of
from apps.recommendations.services.answering.sources import Known
from apps.recommendations.services.answering.tested import (
    HELD_OUT,
    IN_TIME,
    Dials,
    Meant,
    meant_for,
)

DECISION = "recommendations.served"
# So many times as many candidates as places, for variety and chance to choose from.
CHOICE = 3
# A shorter shelf is given the choice of this one: who ignored its three candidates would
# else see them for ever.
LEAST_SHELF = 5
# Looked up first, in shelves: a quarter may have been sold out; twice as many each time after, since then most are refused.
AT_ONCE = 4
# A later stage's best candidate is worth so much of the earlier one's last.
STEP_DOWN = 0.99
# After so many no stage is looked through to its end.
MOST_LOOKED_UP = 512


def answer(
    store: Store, ask: Ask, at: datetime, chance: Chance, *, explains: bool = False
) -> Answer:
    settings = settings_of(store)
    meant = meant_for(store, ask, settings)
    known = known_for(store, meant.ask, settings, at)
    runners, places = filled(known, meant.dials, chance)
    has_any, places = bool(places), places if meant.is_shown else []
    if explains:
        places = explained(store, places, at)
    decision = decided(known, runners, places, meant)
    # Of an empty shelf nobody misses anything: no difference could be seen.
    seats = [seat for seat in meant.part.seats if has_any and seat.unwritten]
    if seats:
        # Together, so that the disk is waited for once.
        with transaction.atomic(savepoint=False):
            log.keep(decision)
            expose(store, Who(ask.visitor, ask.customer), seats, at)
    else:
        log.keep(decision)
    facts = {
        "model_version": decision.model_version,
        "arm": decision.arm,
        "is_held_out": meant.part.is_held_out,
    }
    return Answer(decision.pk, known.ask.kind, tuple(places), facts)


def known_for(store: Store, ask: Ask, settings: ShelfSettings, at: datetime) -> Known:
    ask = replace(ask, limit=min(MOST, ask.limit or settings.shelf_size))
    return Known(store, ask, at, shopper_of(store, ask, settings, at))


def filled(
    known: Known, dials: Dials, chance: Chance
) -> tuple[list[Runner], list[Place]]:
    """Who could stand on the shelf, and who does."""
    sources.read_shelves(known, dials.version)
    limit = known.ask.limit or 0
    runners = runners_of(known, limit)
    return runners, fill(runners, limit, dials.variety, dials.exploration, chance)


def runners_of(known: Known, limit: int) -> list[Runner]:
    """Who may stand on the shelf: a choice for it, the best first."""
    rules = Rules(known.ask, known.shopper, known.tree)
    share_left = None if known.ask.kind in IN_TIME else rules.share_left
    found: dict[int, Runner] = {}
    looked_up: dict[int, Card | None] = {}
    most = CHOICE * max(limit, LEAST_SHELF)
    for part in parts_of(known, found, looked_up, limit):
        look_up(known, part, looked_up)
        for one in part:
            card = looked_up[one.product]
            if card and not rules.against(one.product, card):
                value = one.value * (share_left(card) if share_left else 1.0)
                found.setdefault(one.product, Runner(card, one, value))
        if len(found) >= most:
            break
    ordered = sorted(found.values(), key=lambda one: (-one.value, one.card.product))
    # What is shown is always among the candidates that the log keeps.
    return ordered[: min(most, log.MAX_CANDIDATES)]


def parts_of(
    known: Known, found: Collection[int], looked_up: Collection[int], limit: int
) -> Iterator[list[Candidate]]:
    """Of stage after stage, as many as are looked up at a time."""
    for candidates in stages_of(known, lambda: len(found) >= limit):
        fresh = [one for one in candidates if one.product not in found]
        start, size = 0, AT_ONCE * max(limit, LEAST_SHELF)
        while start < len(fresh) and not (start and len(looked_up) >= MOST_LOOKED_UP):
            yield fresh[start : start + size]
            start, size = start + size, 2 * size


def stages_of(known: Known, is_full: Any) -> Iterator[list[Candidate]]:
    """Stages made of rows that were read are taken together while the shelf is short of
    choice; one that asks the database only while it is not full."""
    height = 1.0
    for stage in sources.STAGES[known.ask.kind]:
        if any(source in sources.ASKING for source in stage) and is_full():
            return
        named = [one for source in stage for one in source(known)]
        if merged := sources.merged(named, height):
            yield merged
            height = merged[-1].value * STEP_DOWN


def look_up(
    known: Known, candidates: Sequence[Candidate], looked_up: dict[int, Card | None]
) -> None:
    missing = [one.product for one in candidates if one.product not in looked_up]
    if missing:
        there = cards.cards_of(known.store, missing, known.at)
        looked_up.update({product: there.get(product) for product in missing})


def explained(store: Store, places: Sequence[Place], at: datetime) -> list[Place]:
    names = reasons.names_of(store, places, at)
    return [
        replace(
            place,
            sentence=reasons.sentence(
                place.candidate.code, names.get(place.candidate.about or 0, "")
            ),
        )
        for place in places
    ]


def decided(
    known: Known, runners: Sequence[Runner], places: Sequence[Place], meant: Meant
) -> Decision:
    """Each candidate with its value: with the propensities, all that is needed to ask
    later what another policy would have shown."""
    is_random = any(place.propensity < 1 for place in places)
    chosen: dict[str, Any] = {
        "kind": known.ask.kind,
        "placement": known.ask.placement,
        "products": [place.card.product for place in places],
        "places": [told(place) for place in places],
    }
    if meant.part.seats:
        chosen["tests"] = meant.part.told
    return log.build(
        known.store,
        DECISION,
        known.ask.subject,
        chosen=chosen,
        candidates=[
            [one.card.product, round(one.value, 4), one.candidate.source]
            for one in runners
        ],
        propensity=math.prod(p.propensity for p in places) if is_random else None,
        context=known.ask.context,
        policy="sources_in_turn",
        model_version=" ".join(sorted(known.used))[:150],
        arm=arm_of(places, meant),
        reason=reason_of(known, meant),
        at=known.at,
    )


def arm_of(places: Sequence[Place], meant: Meant) -> str:
    if not meant.is_shown:
        return HELD_OUT
    return "explored" if any(place.is_explored for place in places) else "best"


def reason_of(known: Known, meant: Meant) -> dict[str, Any]:
    if not meant.is_shown:
        return because("holdout")
    if known.used:
        return because("picked_by_model", model=min(known.used))
    return because("popular")


def told(place: Place) -> dict[str, Any]:
    return {
        "product": place.card.product,
        "source": place.candidate.source,
        "code": place.candidate.code,
        "about": place.candidate.about,
        "propensity": place.propensity,
        "explored": place.is_explored,
    }
