"""Views of one store's rows, and filters that any caller's text may reach."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

# Years that every database and every time zone can hold.
SANE_MOMENTS = [
    MinValueValidator(datetime(1970, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(9000, 1, 1, tzinfo=UTC)),
]
LARGEST_ID = 2**63 - 1


def store_of(request: Request) -> Any:
    """Never None here: the permission refuses a caller without a store."""
    return request.auth.store  # type: ignore[union-attr]


class StoreView(generics.GenericAPIView[Any]):
    """A view whose queries start with `.of(self.store)`."""

    @property
    def store(self) -> Any:
        return store_of(self.request)


def caller_of(filter_set: filters.FilterSet) -> Any:
    """Who filters. A DRF view always passes its request on."""
    return filter_set.request.auth  # type: ignore[union-attr]


class IdField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "min_value": 1, "max_value": LARGEST_ID})


class IdFilter(filters.NumberFilter):
    """Rows that point at the row with this id; none if it is another store's."""

    field_class = IdField  # type: ignore[assignment]


class MomentField(IsoDateTimeField):
    """In UTC: PostgreSQL refuses an offset of 16 hours, which ISO 8601 can write."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        return moment.astimezone(UTC) if moment else None


class MomentFilter(filters.IsoDateTimeFilter):
    field_class = MomentField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, validators=SANE_MOMENTS, **kwargs)


def refuse_unknown(data: Any, known: set[str]) -> None:
    """A field that a writer cannot set is an error, not silence."""
    if not isinstance(data, dict):
        raise ValidationError("An object with fields.")
    if unknown := sorted(set(data) - known):
        raise ValidationError({name: ["Cannot be set here."] for name in unknown})
