"""All recommenders by name: how a recipe or a folder becomes a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

from ml_models.artefact import CARD
from ml_models.recommenders.base import Patient, Recommender, Say, silent

# Module and class; the module's `Config` are its settings. Imported only when asked for,
# since TensorFlow takes seconds and 600 MB.
HERE = "ml_models.recommenders"
ALL: dict[str, tuple[str, str]] = {
    "popularity": (f"{HERE}.popularity", "Popularity"),
    "own_history": (f"{HERE}.own_history", "OwnHistory"),
    "item_knn": (f"{HERE}.item_knn", "ItemKnn"),
    "user_knn": (f"{HERE}.user_knn", "UserKnn"),
    "sequence": (f"{HERE}.sequence", "Sequence"),
    "ease": (f"{HERE}.ease", "Ease"),
    "ials": (f"{HERE}.ials", "Ials"),
    "two_tower": (f"{HERE}.two_tower.model", "TwoTower"),
    "blend": (f"{HERE}.blend", "Blend"),
}


def make(
    name: str, config: Mapping[str, Any], seed: int, say: Say = silent
) -> Recommender:
    """A model that has learned nothing yet."""
    module, kind = ALL[name]
    found = import_module(module)
    build = getattr(found, kind)
    model: Recommender
    if "seed" in {field.name for field in fields(found.Config)}:
        model = build(found.Config(**{"seed": seed, **config}))
    else:
        model = build(found.Config(**config), seed)
    if isinstance(model, Patient):
        model.say = say
    return model


def load(folder: Path) -> Recommender:
    """What any of them saved."""
    card = json.loads((folder / CARD).read_text())
    module, kind = ALL[card["model"]]
    model: Recommender = getattr(import_module(module), kind).load(folder)
    return model
