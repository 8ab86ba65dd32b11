"""One thing that happened to a customer, and the place in time to go on from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.accounts.models import Store
from apps.shop.models import Customer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
WRITTEN = re.compile(r"(-?[0-9]{1,16})\.([0-9])\.([0-9]{1,39})")
LARGEST_ID, LARGEST_UUID = 2**63 - 1, 2**128 - 1
# A person has a few rows; whoever has more is a fault of the shop's.
MOST_ROWS = 100


class Source(IntEnum):
    """Where it was written down. Of two things at one moment the higher one is later."""

    CONSENT = 0
    VISIT = 1
    SHOWN = 2
    ORDER = 3
    REFUND = 4
    MERGED = 5
    ENTERED = 6
    LEFT = 7


class Mark(NamedTuple):
    """A place in the timeline; pages go on below it. Ids are numbers, also of UUIDs."""

    at: datetime
    source: Source
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}.{int(self.source)}.{self.pk}"

    @property
    def key(self) -> int | UUID:
        return UUID(int=self.pk) if self.source == Source.SHOWN else self.pk


def read_mark(text: str) -> Mark | None:
    """None where it is no mark of ours: then the newest page is shown."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    moment, source, pk = (int(part) for part in found.groups())
    most = LARGEST_UUID if source == Source.SHOWN else LARGEST_ID
    if source not in set(Source) or pk > most:
        return None
    return Mark(EPOCH + moment * MICROSECOND, Source(source), pk)


@dataclass(frozen=True)
class Person:
    """`rows`: the customer's own id and those of rows found to be the same person."""

    customer: Customer
    rows: Sequence[int]

    @property
    def store(self) -> Store:
        store: Store = self.customer.store
        return store


@dataclass(frozen=True)
class Entry:
    """`what` and `says` are our words; `name` and `quote` somebody's, in any alphabet.
    `row`: what to open, such as ("order", 42). `came`: what came of it."""

    mark: Mark
    what: str
    says: str = ""
    name: str = ""
    quote: str = ""
    tone: str = ""
    row: tuple[str, object] | None = None
    came: str = ""
    # Of a shelf: its first products.
    products: tuple[int, ...] = ()


def person_of(customer: Customer) -> Person:
    same = Q(pk=customer.pk) | Q(merged_into=customer)
    rows = Customer.objects.of(customer.store).filter(same).order_by("-pk")
    return Person(customer, list(rows.values_list("pk", flat=True)[:MOST_ROWS]))


def newest(
    rows: QuerySet[Any], column: str, source: Source, before: Mark | None, limit: int
) -> list[Any]:
    """The last rows of a source that lie below the mark; `column` says when."""
    if before is not None:
        rows = rows.filter(below(before, column, source))
    return list(rows.order_by(f"-{column}", "-pk")[:limit])


def below(mark: Mark, column: str, source: Source) -> Q:
    if source < mark.source:
        return Q(**{f"{column}__lte": mark.at})
    earlier = Q(**{f"{column}__lt": mark.at})
    if source > mark.source:
        return earlier
    return earlier | Q(**{column: mark.at, "pk__lt": mark.key})
