"""Saving and loading what was learned: arrays without pickle, and a card beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ARRAYS = "arrays.npz"
CARD = "card.json"


def save(
    folder: Path, arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any]
) -> None:
    """Write arrays and card; the same content always gives the same bytes of card."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / ARRAYS, allow_pickle=False, **dict(arrays))
    text = json.dumps(card, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / CARD).write_text(text + "\n")


def load(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read arrays and card. Pickled objects are refused: they could run code."""
    with np.load(folder / ARRAYS, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, json.loads((folder / CARD).read_text())
