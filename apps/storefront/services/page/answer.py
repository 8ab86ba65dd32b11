"""A page's answer as bytes: made for one person, or one for all who open this page.

What is the same for all is believed for a minute by each process; its decisions are those
of whoever came first. A click on any copy joins them.
"""

from __future__ import annotations

import hashlib
import os
import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.conf import settings
from django.utils import translation

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.storefront.services.page.compose import compose
from apps.storefront.services.page.visit import Visit
from apps.storefront.services.plans import Plans, plans_of

# The log keeps the propensity of what chance chose; nothing secret hangs on the draw.
CHANCE = random.Random()  # noqa: S311
# Else the processes of one server would all draw the same.
os.register_at_fork(after_in_child=CHANCE.seed)
# Of 8 kB each.
COPIES: Memory[tuple[int, Visit, str], Copy] = Memory(60.0, most=2_000)


@dataclass(frozen=True, slots=True)
class Copy:
    """`tag` changes with the body; empty where the answer is one person's."""

    body: bytes
    tag: str = ""
    # What the merchant wanted when it was made.
    plans: Plans | None = None

    def holds(self, store: Store, at: datetime) -> bool:
        plans = plans_of(store, at)
        return self.plans is plans or self.plans == plans


def answer(store: Store, visit: Visit, at: datetime) -> Copy:
    language = language_of(store, visit)
    if visit.is_personal:
        return Copy(made(store, visit, language, at))
    name = (store.pk, visit, language)
    known = COPIES.get(name)
    if known is None or not known.holds(store, at):
        known = copy(store, visit, language, at)
        COPIES.put(name, known)
    return known


def copy(store: Store, visit: Visit, language: str, at: datetime) -> Copy:
    plans = plans_of(store, at)
    body = made(store, visit, language, at)
    return Copy(body, hashlib.blake2b(body, digest_size=12).hexdigest(), plans)


def made(store: Store, visit: Visit, language: str, at: datetime) -> bytes:
    with translation.override(language):
        return msgspec.json.encode(compose(store, visit, at, CHANCE))


def language_of(store: Store, visit: Visit) -> str:
    """The first that anything at all could be told in."""
    for language in (visit.language, store.language):
        with suppress(LookupError):
            return translation.get_supported_language_variant(language)
    return settings.LANGUAGE_CODE
