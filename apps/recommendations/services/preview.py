"""A shelf as somebody would see it, for the merchant: nobody is shown anything, so that
no decision is written and chance has no part in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from apps.accounts.models import Store
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services import answer
from apps.recommendations.services.answering import sources
from apps.recommendations.services.answering.ask import MOST, Ask, Place
from apps.recommendations.services.answering.choosing import fill
from apps.recommendations.services.answering.shopper import Shopper, shopper_of
from apps.recommendations.services.answering.sources import Known
from apps.recommendations.services.why_not import Never


@dataclass(frozen=True)
class Preview:
    places: list[Place]
    # How many could have stood there, and whose lists were read.
    candidates: int
    models: list[str]
    shopper: Shopper


def preview(store: Store, ask: Ask, at: datetime) -> Preview:
    settings = ShelfSettings.objects.for_store(store)
    ask = replace(ask, limit=min(MOST, ask.limit or settings.shelf_size))
    known = Known(store, ask, at, shopper_of(store, ask, settings, at))
    sources.read_shelves(known)
    runners = answer.runners_of(known, ask.limit or 0)
    places = fill(runners, ask.limit or 0, *answer.dials(known.ask, settings), Never())
    places = answer.explained(store, places, at)
    return Preview(places, len(runners), sorted(known.used), known.shopper)
