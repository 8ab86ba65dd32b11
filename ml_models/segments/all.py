"""All ways to group by name: how a recipe, a folder or a row becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_models import artefact
from ml_models.segments.base import Grouper
from ml_models.segments.learned import Learned
from ml_models.segments.rule import Rule

# Module and class; the module's `Config` are its settings. Imported only when asked for,
# since TensorFlow takes seconds and 600 MB.
HERE = "ml_models.segments"
ALL: dict[str, tuple[str, str]] = {
    "autoencoder": (f"{HERE}.autoencoder", "Autoencoder"),
    "kmeans": (f"{HERE}.learned", "Learned"),
    "rule": (f"{HERE}.rule", "Rule"),
}


def make(name: str, config: Mapping[str, Any], seed: int) -> Grouper:
    """One that has learned nothing yet."""
    module, kind = ALL[name]
    found = import_module(module)
    settings = found.Config(**config) if config else None
    model: Grouper = getattr(found, kind)(settings, seed)
    return model


def restored(arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any]) -> Grouper:
    """What `state` gave. No TensorFlow, whatever it was."""
    kind = Rule if card["model"] == Rule.name else Learned
    return kind.restored(arrays, card)


def load(folder: Path) -> Grouper:
    """What any of them saved."""
    return restored(*artefact.load(folder))


def as_json(model: Grouper) -> dict[str, Any]:
    """For a row of the database; not one digit is lost."""
    arrays, card = model.state()
    return {"card": card, "arrays": {n: found.tolist() for n, found in arrays.items()}}


def from_json(given: Mapping[str, Any]) -> Grouper:
    arrays = {n: np.asarray(found, np.float64) for n, found in given["arrays"].items()}
    return restored(arrays, given["card"])
