"""Customers as rows of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import Store
from apps.shop.models import Customer
from apps.sync.files.customers import COLUMNS
from apps.sync.services.files.export_products import CHUNK, RENAMED


def rows(store: Store) -> Iterator[dict[str, Any]]:
    """Without those who have neither a number nor an e-mail address: they were erased,
    and nothing of them is left to tell."""
    people = Customer.objects.of(store).live().somebody()
    for person in people.order_by("pk").iterator(chunk_size=CHUNK):
        yield {
            column.name: getattr(person, RENAMED.get(column.target, column.target))
            for column in COLUMNS
        }
