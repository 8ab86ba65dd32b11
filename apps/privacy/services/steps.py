"""What erasing is made of, from those who serve down to those who know the person.

Each step is one transaction with the note that it was done; done twice, it finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from apps.accounts.models import Store
from apps.accounts.services import erase as answers
from apps.decisions.services import erase as decisions
from apps.events.services.people import erase as events
from apps.experiments.services import erase as experiments
from apps.features.services import erase as features
from apps.privacy.services.whom import Whom
from apps.recommendations.services import erase as picks
from apps.segmentation.services import erase as segments
from apps.shop.services import erase as shop
from apps.sync.services import erase as sync

Step = Callable[[Store, Whom, datetime], dict[str, int]]


def erase_shop(store: Store, whom: Whom, at: datetime) -> dict[str, int]:
    return shop.erase(store, whom.customers, whom.people, at)


def erase_sync(store: Store, whom: Whom, at: datetime) -> dict[str, int]:
    return sync.erase(store, whom.words, whom.numbers, whom.customers)


def erase_events(store: Store, whom: Whom, at: datetime) -> dict[str, int]:
    return events.erase(
        store, whom.visitors, whom.customers, whom.numbers, whom.disguise
    )


def erase_tests(store: Store, whom: Whom, at: datetime) -> dict[str, int]:
    return experiments.erase(store, whom.visitors, whom.disguise)


def erase_choices(store: Store, whom: Whom, at: datetime) -> dict[str, int]:
    return decisions.erase(store, whom.visitors, whom.disguise)


def erase_picks(store: Store, whom: Whom, at: datetime) -> dict[str, int]:
    return picks.erase(store, whom.visitors, whom.customers)


def erase_segments(store: Store, whom: Whom, at: datetime) -> dict[str, int]:
    return segments.erase(store, whom.customers)


def erase_numbers(store: Store, whom: Whom, at: datetime) -> dict[str, int]:
    return features.erase(store, whom.customers)


def erase_answers(store: Store, whom: Whom, at: datetime) -> dict[str, int]:
    return answers.erase(store, whom.words)


# The shop first, so that no sync brings anybody back meanwhile; and last, for what one
# that was under way did.
STEPS: dict[str, Step] = {
    "shop": erase_shop,
    "sync": erase_sync,
    "events": erase_events,
    "tests": erase_tests,
    "choices": erase_choices,
    "picks": erase_picks,
    "segments": erase_segments,
    "numbers": erase_numbers,
    "answers": erase_answers,
    "shop again": erase_shop,
}
