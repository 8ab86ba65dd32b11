"""Put a ready demo shop's behavior among the events, once for each build.

After the build and not within it: half a million events take longer than a visitor of
the shop should wait for its pages. Killed, the next call goes on: ids are the file's.
"""

from __future__ import annotations

from datetime import UTC, datetime

from apps.demo.models import DemoShop
from apps.demo.services.build import EVENTS, claimed, folder_of
from apps.events.services.import_events import Bad, Imported, Wanted, import_events

# Beside the file: which build's events are loaded.
LOADED = "events.loaded"


class BrokenFileError(Exception):
    """The simulator wrote what events/track would refuse: a mistake of ours."""


def load_events(shop: DemoShop, *, at: datetime) -> Imported | None:
    """None where they are loaded already."""
    slug = shop.store.slug
    folder = folder_of(slug)
    mark, build = folder / LOADED, f"{shop.built_at}"
    with claimed(slug):
        if mark.exists() and mark.read_text() == build:
            return None
        wanted = Wanted(folder / EVENTS)
        done = import_events(
            shop.store, wanted, at=at, report=refuse, tell=lambda share, done: None
        )
        mark.write_text(build)
    return done


def loaded_at(shop: DemoShop) -> datetime | None:
    """When this build's events were all there; None where they are not yet."""
    mark = folder_of(shop.store.slug) / LOADED
    if not mark.exists() or mark.read_text() != f"{shop.built_at}":
        return None
    return datetime.fromtimestamp(mark.stat().st_mtime, UTC)


def refuse(bad: Bad) -> None:
    raise BrokenFileError(f"Line {bad.line}: {bad.message}")
