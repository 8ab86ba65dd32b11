"""A shelf as somebody would see it, for the merchant: nobody is shown anything, so that
no decision is written and chance has no part in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Store
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import filling
from apps.recommendations.services.answering.ask import Ask, Place
from apps.recommendations.services.answering.shopper import Shopper
from apps.recommendations.services.answering.tested import dials_of
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
    known = filling.known_for(store, ask, settings, at)
    runners, places = filling.filled(known, dials_of(ask, settings), Never())
    places = filling.explained(known, places)
    return Preview(places, len(runners), sorted(known.used), known.shopper)
