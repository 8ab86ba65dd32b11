"""What is kept of versions that serve no more: enough for a way back, not all for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.core.files.storage import storages
from django.db.models import Q

from apps.accounts.models import Store
from apps.core.errors import UnknownError
from apps.registry.models import ModelVersion
from apps.registry.services.artefacts import STORAGE
from apps.registry.services.brain import Brain, brain_of

log = structlog.get_logger(__name__)

# Of each kind, beside the champion and the one that a rollback leads to.
KEPT = 3
# A file without a version may be of a training under way.
ORPHAN_AGE = timedelta(days=2)


def prune(brain: Brain, served: ModelVersion, at: datetime) -> list[ModelVersion]:
    """Remove rows and files of versions retired long ago; which those were."""
    store, kind = served.store, served.kind
    over = past(store, kind, at)
    forgotten = [version for version in over if forget(brain, version, at)]
    remove_orphans(store, kind, at)
    return forgotten


def forget(brain: Brain, version: ModelVersion, at: datetime) -> bool:
    """False where it was promoted again meanwhile."""
    retired = ModelVersion.objects.of(version.store).filter(
        pk=version.pk, status=ModelVersion.Status.RETIRED
    )
    # First: from here on nobody can promote it.
    free = retired.filter(Q(kept_until=None) | Q(kept_until__lte=at))
    if version.forgotten_at is None and not free.update(forgotten_at=at):
        return False
    brain.forget(version)
    if version.artefact:
        storages[STORAGE].delete(version.artefact)
    # Last: until here it is forgotten again where this was interrupted.
    retired.update(artefact="")
    return True


def hold(store: Store, version: int, until: datetime) -> ModelVersion:
    """Keep all of a version that people are shown in a test, whatever replaces it."""
    rows = ModelVersion.objects.of(store).filter(
        pk=version,
        status__in=(ModelVersion.Status.CHAMPION, ModelVersion.Status.RETIRED),
        forgotten_at=None,
    )
    longer = Q(kept_until=None) | Q(kept_until__lt=until)
    rows.filter(longer).update(kept_until=until)
    found = rows.first()
    if found is None:
        raise UnknownError("There is no such version of a model, or no longer.")
    return found


def past(store: Store, kind: str, at: datetime) -> list[ModelVersion]:
    """Those whose time is over, and those that were forgotten by half."""
    versions = ModelVersion.objects.of(store).filter(kind=kind)
    retired = versions.filter(status=ModelVersion.Status.RETIRED)
    ways_back = versions.champions().values_list("predecessor_id", flat=True)
    kept = retired.filter(forgotten_at=None).order_by("-retired_at", "-pk")
    old = [
        version
        for version in kept[KEPT:]
        if version.pk not in set(ways_back)
        and (version.kept_until is None or version.kept_until <= at)
    ]
    return [*old, *retired.exclude(forgotten_at=None).exclude(artefact="")]


def remove_broken_off(store: Store, kind: str) -> int:
    """Versions that a training left half made, with their rows; how many. Their files
    go with the orphans."""
    left = ModelVersion.objects.of(store).broken_off().filter(kind=kind)
    for version in left:
        brain_of(kind).forget(version)
        version.delete()
    if left:
        log.info("versions.broken_off_removed", kind=kind, count=len(left))
    return len(left)


def remove_orphans(store: Store, kind: str, at: datetime) -> int:
    """Files that a training left which was killed before it registered them."""
    storage, folder = storages[STORAGE], f"{store.pk}/{kind}"
    try:
        _, names = storage.listdir(folder)
    except FileNotFoundError:
        return 0
    known = set(
        ModelVersion.objects.of(store)
        .filter(kind=kind)
        .values_list("artefact", flat=True)
    )
    orphans = [path for name in names if (path := f"{folder}/{name}") not in known]
    gone = [p for p in orphans if at - storage.get_modified_time(p) > ORPHAN_AGE]
    for path in gone:
        storage.delete(path)
    if gone:
        log.info("artefacts.orphans_removed", kind=kind, count=len(gone))
    return len(gone)
