from __future__ import annotations

from apps.recommendations.models.settings import ShelfSettings
from apps.recommendations.models.shelf import TRENDING, Kind, Shelf, Upkeep
from apps.recommendations.models.shown import Shown
from apps.recommendations.models.what_if import WhatIf

__all__ = [
    "TRENDING",
    "Kind",
    "Shelf",
    "ShelfSettings",
    "Shown",
    "Upkeep",
    "WhatIf",
]
