from __future__ import annotations

from apps.recommendations.models.pick import TRENDING, Pick
from apps.recommendations.models.settings import ShelfSettings
from apps.recommendations.models.shelf import Kind, Shelf, Upkeep
from apps.recommendations.models.shown import Shown

__all__ = [
    "TRENDING",
    "Kind",
    "Pick",
    "Shelf",
    "ShelfSettings",
    "Shown",
    "Upkeep",
]
