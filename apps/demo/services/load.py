"""Chunks of rows into the tables, through the verbs of the apps that own them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TypeAlias

import numpy as np
from django.db import models

from apps.demo.simulator.plan import Ints
from apps.shop.services import bulk

# Small enough for a transaction to stay well under a second on SQLite.
CHUNK = 3_000
Tell: TypeAlias = Callable[[int], None]


def insert(rows: Iterable[models.Model], tell: Tell = lambda count: None) -> Ints:
    """Insert rows of one model and return their ids, in order."""
    ids: list[int] = []
    stream = iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        ids += [row.pk for row in bulk.insert(chunk)]
        tell(len(chunk))
    return np.array(ids, dtype=np.int64)


def money(cents: int | np.int64) -> Decimal:
    return Decimal(int(cents)).scaleb(-2)


def source(at: datetime, changed_at: datetime | None = None) -> dict[str, datetime]:
    return {"source_created_at": at, "source_modified_at": changed_at or at}
