"""All recommenders by name: how a recipe or a folder becomes a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml_models.artefact import CARD
from ml_models.recommenders import ease, item_knn, own_history, popularity
from ml_models.recommenders.base import Recommender

# Each model with the class of its settings.
ALL: dict[str, tuple[Any, Any]] = {
    "popularity": (popularity.Popularity, popularity.Config),
    "own_history": (own_history.OwnHistory, own_history.Config),
    "item_knn": (item_knn.ItemKnn, item_knn.Config),
    "ease": (ease.Ease, ease.Config),
}


def make(name: str, config: Mapping[str, Any], seed: int) -> Recommender:
    """A model that has learned nothing yet."""
    kind, settings = ALL[name]
    model: Recommender = kind(settings(**config), seed)
    return model


def load(folder: Path) -> Recommender:
    """What any of them saved."""
    card = json.loads((folder / CARD).read_text())
    model: Recommender = ALL[card["model"]][0].load(folder)
    return model
