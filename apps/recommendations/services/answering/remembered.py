"""What changes seldom and is asked for by every answer: believed for five seconds."""

from __future__ import annotations

from apps.accounts.models import Store
from apps.core.services.memory import Memory
from apps.recommendations.models import ShelfSettings
from apps.shop.models import Category

Parents = dict[int, int | None]
SETTINGS: Memory[int, ShelfSettings] = Memory()
PARENTS: Memory[int, Parents] = Memory()


def settings_of(store: Store) -> ShelfSettings:
    return SETTINGS.ask(store.pk, lambda: ShelfSettings.objects.for_store(store))


def parents_of(store: Store) -> Parents:
    """Which category lies in which."""
    return PARENTS.ask(store.pk, lambda: read_parents(store))


def read_parents(store: Store) -> Parents:
    there = Category.objects.of(store).live()
    return dict(there.values_list("pk", "parent_id"))
