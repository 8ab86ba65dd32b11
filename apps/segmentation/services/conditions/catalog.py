"""All that a condition may ask about."""

from __future__ import annotations

from collections.abc import Mapping

from apps.segmentation.services.conditions.attributes import ATTRIBUTES
from apps.segmentation.services.conditions.field import Field, Sheet
from apps.segmentation.services.conditions.numbers import FEATURES
from apps.segmentation.services.conditions.predictions import PREDICTIONS

FIELDS: Mapping[str, Field] = {
    field.name: field for field in (*ATTRIBUTES, *FEATURES, *PREDICTIONS)
}
# Those whose rows say when they were written, so that a change is noticed.
WATCHED: tuple[Sheet, ...] = tuple(
    {
        id(f.sheet): f.sheet for f in FIELDS.values() if f.sheet and f.sheet.written
    }.values()
)
