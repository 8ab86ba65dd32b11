"""Rows about customers, without those who are nobody's any more."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def present(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Not of who was deleted, erased or merged into somebody."""
    there = rows.filter(customer__deleted_at=None, customer__merged_into=None)
    return there.exclude(customer__woo_id=None, customer__email="")
