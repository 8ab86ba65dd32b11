"""When a kind is trained again: each store and kind has its own hour of the night."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from apps.accounts.models import Store
from apps.registry.models import TrainingRun
from apps.registry.services import training, versions

DAYS = 7
# Of a training that breaks each time, until it waits for its usual turn again.
MOST_TRIES = 3
DONE = (TrainingRun.Status.SUCCEEDED, TrainingRun.Status.REFUSED)
# Hours in which beat asks, as in the settings.
NIGHT = range(6)
# A run that began a little late must not push the next one a day further.
EARLY = timedelta(hours=12)


def queue_due(at: datetime) -> list[TrainingRun]:
    """Queue what is due in this hour, of open stores where anything happened."""
    return [
        training.queue(store, kind, at)
        for store in Store.objects.filter(status=Store.Status.ACTIVE)
        for kind in settings.BRAINS
        if is_due(store, kind, at)
    ]


def is_due(store: Store, kind: str, at: datetime) -> bool:
    if at.hour != hour_of(store, kind):
        return False
    runs = TrainingRun.objects.of(store).filter(kind=kind).order_by("-pk")
    last, done = runs.first(), runs.filter(status__in=DONE).first()
    if last is None:
        return True
    tries = runs.filter(pk__gt=done.pk).count() if done else runs.count()
    has_champion = versions.champion(store, kind) is not None
    days = settings.TRAINING_DAYS.get(kind, DAYS)
    # Without a champion each night is a new try: a young shop learns as soon as it can.
    # So is it after a training that broke, some nights long.
    if not has_champion or 0 < tries <= MOST_TRIES:
        days = 1
    if at - last.created_at < timedelta(days=days) - EARLY:
        return False
    return done is None or not is_quiet(store, done.created_at)


def hour_of(store: Store, kind: str) -> int:
    """Spread by chance, but the same each night: kinds of a store need not follow each
    other, and a hundred stores do not begin at once."""
    digest = hashlib.sha256(f"{store.pk} {kind}".encode()).digest()
    return NIGHT[int.from_bytes(digest[:4]) % len(NIGHT)]


def is_quiet(store: Store, since: datetime) -> bool:
    """Nothing happened since: the same data would make the same model. What happens is
    known to an app above, which the settings name."""
    last: datetime | None = import_string(settings.SIGN_OF_LIFE)(store)
    return last is None or last < since
