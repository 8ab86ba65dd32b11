"""Every number that is worked out, declared once: read this to know what there is."""

from __future__ import annotations

from apps.features.definitions.customer import CUSTOMER
from apps.features.definitions.feature import Feature, Group, Kind, Unit
from apps.features.definitions.pair import PAIR
from apps.features.definitions.product import PRODUCT
from apps.features.definitions.session import SESSION

KINDS = {kind.name: kind for kind in (CUSTOMER, PRODUCT, PAIR, SESSION)}

__all__ = [
    "CUSTOMER",
    "KINDS",
    "PAIR",
    "PRODUCT",
    "SESSION",
    "Feature",
    "Group",
    "Kind",
    "Unit",
]
