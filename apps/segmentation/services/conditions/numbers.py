"""Every customer number that is declared (apps/features/definitions), as a field."""

from __future__ import annotations

from collections.abc import Iterator

from apps.features.definitions import CUSTOMER, Feature, Unit
from apps.features.models import CustomerFeatures
from apps.segmentation.services.conditions.field import (
    Field,
    JsonKey,
    JsonNumber,
    Kind,
    Sheet,
    column,
)

NUMBERS = Sheet(CustomerFeatures, written="as_of")
OWN_COLUMNS = CustomerFeatures.columns()
# As many as services/shares.py of features keeps.
MOST_KEYS = 10


def number(feature: Feature, group: str) -> Field:
    """In a column of its own, or in JSON."""
    own = column(feature.name)
    apart = lambda asked: JsonNumber("numbers", feature.name)  # noqa: E731
    return Field(
        feature.name, Kind.NUMBER, feature.label, feature.words, group,
        own if feature.name in OWN_COLUMNS else apart,
        NUMBERS, feature.unit.value, default=feature.default,
    )  # fmt: skip


def keys(feature: Feature, group: str) -> Field:
    """Of shares only the keys are asked: "one of their top categories is"."""
    return Field(
        feature.name, Kind.KEYS, feature.label, feature.words, group,
        lambda asked: [
            JsonKey("numbers", feature.name, place) for place in range(MOST_KEYS)
        ],
        NUMBERS, feature.unit.value, most_keys=MOST_KEYS,
    )  # fmt: skip


def fields() -> Iterator[Field]:
    for group in CUSTOMER.groups:
        for feature in group.features:
            make = keys if feature.unit == Unit.SHARES else number
            yield make(feature, group.title)


FEATURES = tuple(fields())
