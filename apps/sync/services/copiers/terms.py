"""Categories, tags, attributes and their terms: things without a moment of change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.shop.models import Attribute, AttributeTerm, Category, Tag
from apps.shop.models.source import SourceQuerySet
from apps.shop.services.upsert import Outcome, upsert
from apps.sync.services.copiers.base import Copier, Copy
from apps.sync.woo.things import Parsed


class TagCopier(Copier[Tag, Parsed]):
    model = Tag

    def prepare(self, store: Store, things: Sequence[Parsed]) -> list[Copy[Parsed]]:
        return [Copy(thing, self.clean(thing.values)) for thing in things]

    def write(
        self, store: Store, copy: Copy[Parsed], seen_at: datetime | None
    ) -> Outcome:
        return upsert(
            self.model, store, copy.woo_id, None, copy.thing.values, seen_at=seen_at
        )[1]


class AttributeCopier(TagCopier):
    model = Attribute  # type: ignore[assignment]


class CategoryCopier(Copier[Category, Parsed]):
    model = Category

    def prepare(self, store: Store, things: Sequence[Parsed]) -> list[Copy[Parsed]]:
        return [
            Copy(thing, self.clean(thing.values), {"parent": thing.parent_id})
            for thing in things
        ]

    def write(
        self, store: Store, copy: Copy[Parsed], seen_at: datetime | None
    ) -> Outcome:
        values = {**copy.thing.values, "parent": self.parent(store, copy.thing)}
        return upsert(Category, store, copy.woo_id, None, values, seen_at=seen_at)[1]

    def parent(self, store: Store, thing: Parsed) -> Category | None:
        """Lists are read by id, and a parent may be the younger one: its row is made
        now, and gets its name when its turn comes."""
        if not thing.parent_id:
            return None
        known = Category.objects.of(store).filter(woo_id=thing.parent_id).first()
        if known is not None:
            return known
        empty = {"name": "", "slug": ""}
        return upsert(Category, store, thing.parent_id, None, empty)[0]

    def with_parts(self, rows: SourceQuerySet[Any]) -> SourceQuerySet[Any]:
        return rows.select_related("parent")

    def parts(self, row: Category) -> dict[str, Any]:
        return {"parent": row.parent.woo_id if row.parent else 0}


class TermCopier(Copier[AttributeTerm, Parsed]):
    model = AttributeTerm

    def prepare(self, store: Store, things: Sequence[Parsed]) -> list[Copy[Parsed]]:
        ids = {thing.parent_id for thing in things}
        owners = Attribute.objects.of(store).live().filter(woo_id__in=ids)
        known = {row.woo_id: row for row in owners}
        return [
            Copy(
                thing,
                self.clean({**thing.values, "attribute": known[thing.parent_id]}),
                found=known[thing.parent_id],
            )
            for thing in things
            if thing.parent_id in known
        ]

    def write(
        self, store: Store, copy: Copy[Parsed], seen_at: datetime | None
    ) -> Outcome:
        values = {**copy.thing.values, "attribute": copy.found}
        return upsert(AttributeTerm, store, copy.woo_id, None, values, seen_at=seen_at)[
            1
        ]

    def essence(self, row: AttributeTerm, names: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in names}
