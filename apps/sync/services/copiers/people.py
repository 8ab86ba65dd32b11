"""Registered customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.accounts.models import Store
from apps.shop.models import Customer
from apps.shop.models.source import SourceQuerySet
from apps.shop.services import customers, forgotten
from apps.shop.services.upsert import Outcome
from apps.sync.services.copiers.base import Copier, Copy
from apps.sync.woo.things import Parsed


def who(thing: Parsed) -> forgotten.Person:
    return thing.woo_id, thing.values["email"]


class CustomerCopier(Copier[Customer, Parsed]):
    model = Customer

    def live(self, store: Store) -> SourceQuerySet[Any]:
        """Who was found to be another one by a merchant is still in the shop."""
        return self.mine(store).filter(deleted_at=None)

    def prepare(self, store: Store, things: Sequence[Parsed]) -> list[Copy[Parsed]]:
        """Without accounts of people who were erased: the shop may keep them."""
        past = forgotten.find(store, map(who, things))
        return [
            Copy(thing, self.clean(thing.values))
            for thing in things
            if past.of(who(thing), thing.values["source_created_at"]) is None
        ]

    def write(
        self, store: Store, copy: Copy[Parsed], seen_at: datetime | None
    ) -> Outcome:
        thing = copy.thing
        return customers.record(
            store, thing.woo_id, thing.modified_at, thing.values, seen_at
        )[1]

    def write_many(
        self, store: Store, copies: Sequence[Copy[Parsed]], seen_at: datetime | None
    ) -> dict[int, Outcome]:
        people = {
            copy.woo_id: (copy.thing.modified_at, copy.thing.values) for copy in copies
        }
        fresh = customers.insert_new(store, people)
        return {
            copy.woo_id: Outcome.CREATED
            if copy.woo_id in fresh
            else self.write(store, copy, seen_at)
            for copy in copies
        }
