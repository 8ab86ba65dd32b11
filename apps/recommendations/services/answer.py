"""What to show now: rows of the night, the visitor's last click, the stock of this moment.

1. Who it is for: last views, purchases, what they tired of, their sizes.
2. Shelves are filled, one after another (answering/filling.py).
3. The decisions are rows before the answer leaves: an answer that nobody remembers could
   be joined with no click. So is who could see for the first time what a test changes.

Runs in the web: rows only, no numpy and no models.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import Store
from apps.decisions.models import Decision
from apps.decisions.services import log
from apps.decisions.services.sentence import because
from apps.experiments.services.assign import Part, Seat, Sight, Who, expose, part_of
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import filling, rows, sources
from apps.recommendations.services.answering.ask import (
    Answer,
    Ask,
    Card,
    Chance,
    Place,
)
from apps.recommendations.services.answering.choosing import Runner
from apps.recommendations.services.answering.reading import Fresh, Reading
from apps.recommendations.services.answering.remembered import settings_of
from apps.recommendations.services.answering.shopper import Shopper, shopper_of
from apps.recommendations.services.answering.sources import Known
from apps.recommendations.services.answering.tested import (
    HELD_OUT,
    SHELF,
    Meant,
    meant_for,
)

DECISION = "recommendations.served"
SOURCES = "sources_in_turn"
# Some places were the merchant's choice: no other policy would have left them open.
WITH_RULES = "sources_with_rules"
# A copy that many see: one choice, any number of clicks.
FOR_ALL = "sources_for_all"


def answer(
    store: Store, ask: Ask, at: datetime, chance: Chance, *, explains: bool = False
) -> Answer:
    """One shelf, of this moment."""
    page = Page(store, at, Fresh(store, at), Who(ask.visitor, ask.customer))
    (found,) = page.fill([ask], chance, explains=explains)
    page.write_down()
    return found


@dataclass
class Page:
    """The shelves of one page, for one person: who they are is read once, and what stands
    on a shelf is not named by those after it."""

    store: Store
    at: datetime
    reading: Reading
    who: Who
    decisions: list[Decision] = field(default_factory=list)
    seats: dict[tuple[int, int], Seat] = field(default_factory=dict)
    shopper: Shopper | None = None

    def __post_init__(self) -> None:
        self.sight = Sight(self.store, self.who)

    def fill(
        self, asks: Sequence[Ask], chance: Chance, *, explains: bool
    ) -> list[Answer]:
        settings = settings_of(self.store)
        meant = [meant_for(self.store, ask, settings, self.sight) for ask in asks]
        if asks:
            self.meet(asks[0])
        return self.stand(self.known(meant, settings), meant, chance, explains)

    def meet(self, ask: Ask, besides: rows.Part | None = None) -> None:
        """Who is looking: read once, by whichever ask of the page comes first."""
        if self.shopper is None:
            settings = settings_of(self.store)
            self.shopper = shopper_of(self.store, ask, settings, self.at, besides)

    def known(self, meant: Sequence[Meant], settings: ShelfSettings) -> list[Known]:
        """With all lists and products that are likely to be asked for, read together."""
        looked_up: dict[int, Card | None] = {}
        found = [
            Known(
                self.store, filling.limited(one.ask, settings), self.at,
                self.shopper or Shopper(), self.reading, looked_up,
            )
            for one in meant
        ]  # fmt: skip
        subjects = {name for one in found for name in sources.subjects_of(one)}
        if found:
            lists = self.reading.lists(subjects, None)
            for one, said in zip(found, meant, strict=True):
                # Another version's lists are read apart.
                one.shelves = lists if said.dials.version is None else None
        if len(found) > 1:
            first = {name for one in found for name in filling.likely(one)}
            filling.look_up(found[0], first)
        return found

    def stand(
        self,
        shelves: Sequence[Known],
        meant: Sequence[Meant],
        chance: Chance,
        explains: bool,
    ) -> list[Answer]:
        answers: dict[int, Answer] = {}
        shown: frozenset[int] = frozenset()
        # Who has lists of its own comes first: another one's makeshift would else take
        # what they name.
        turns = sorted(
            range(len(shelves)), key=lambda turn: not filling.first_named(shelves[turn])
        )
        for turn in turns:
            known, said = shelves[turn], meant[turn]
            if shown:
                known.ask = replace(known.ask, exclude=known.ask.exclude | shown)
            runners, places = filling.filled(known, said.dials, chance)
            places, is_true = filling.claimed(known.ask, places)
            # Of an empty shelf nobody misses anything: no difference could be seen.
            if places:
                self.take_part(said.part)
            if not said.is_shown:
                places = []
            shown = shown.union(place.card.product for place in places)
            if explains:
                places = filling.explained(known, places)
            found = self.answered(known, runners, places, said)
            found.facts["keeps_claim"] = is_true
            answers[turn] = found
        return [answers[turn] for turn in range(len(shelves))]

    def answered(
        self,
        known: Known,
        runners: Sequence[Runner],
        places: Sequence[Place],
        meant: Meant,
    ) -> Answer:
        decision = decided(known, runners, places, meant)
        self.decisions.append(decision)
        facts = {
            "model_version": decision.model_version,
            "arm": decision.arm,
            "is_held_out": meant.part.is_held_out,
            # Nor is it with a variant that has no shelf.
            "is_shown": meant.is_shown,
        }
        return Answer(decision.pk, known.ask.kind, tuple(places), facts)

    def take_part(self, part: Part) -> None:
        for seat in part.seats:
            if seat.unwritten:
                self.seats[seat.experiment.pk, seat.experiment.phase] = seat

    def may_show(self, place: str) -> bool:
        """Whether something else than picks, which is there to be shown, may be."""
        part = part_of(self.store, f"{SHELF}:{place}", self.who, self.sight)
        self.take_part(part)
        return not part.is_held_out and part.config.get("show") is not False

    def write_down(self) -> None:
        if not self.seats:
            log.keep_all(self.decisions)
            return
        # Together, so that the disk is waited for once.
        with transaction.atomic(savepoint=False):
            log.keep_all(self.decisions)
            expose(self.store, self.who, self.seats.values(), self.at)


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
        policy=policy_of(known.ask),
        model_version=" ".join(sorted(known.used))[:150],
        arm=arm_of(places, meant),
        reason=reason_of(known, meant),
        is_plain=True,
        at=known.at,
    )


def policy_of(ask: Ask) -> str:
    if ask.is_for_all:
        return FOR_ALL
    return WITH_RULES if ask.wishes.moves_places else SOURCES


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
