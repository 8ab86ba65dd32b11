"""Filters of lists: whatever they offer comes from the chosen store."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Field
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)


def moment(day: Any, at: time) -> datetime | None:
    """A moment of that day in the store's time zone; None where it is no day."""
    try:
        parsed: date | None = parse_date(str(day or ""))
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(parsed, at)) if parsed else None


class Choice(ChoicesDropdownFilter):
    """One of a fixed list."""


class Period(RangeDateFilter):
    """From one day to another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "date"

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Days, also the last one, are whole and in the store's time zone."""
        first = self.used_parameters.get(f"{self.parameter_name}_from")
        last = self.used_parameters.get(f"{self.parameter_name}_to")
        if start := moment(first, time.min):
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": start})
        if end := moment(last, time.max):
            queryset = queryset.filter(**{f"{self.parameter_name}__lte": end})
        return queryset


class Related(RelatedDropdownFilter):
    """One of the store's own rows."""

    def field_choices(
        self, field: Field[Any, Any], request: HttpRequest, model_admin: ModelAdmin[Any]
    ) -> Any:
        store = getattr(request, "store", None)
        mine = {"store": store} if store else {"pk__in": []}
        return field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to=mine,
        )
