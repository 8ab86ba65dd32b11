"""What the autoencoder learned, as a few products of matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_models.segments.base import Floats

PREFIX = "encoder_"
# A straight way, and a bent one through a hidden layer; their sum is the code.
PARTS = ("straight", "lean", "into", "hidden", "out")


@dataclass(frozen=True)
class Encoder:
    """weights by PARTS: (numbers, width), (width,), (numbers, hidden), (hidden,),
    (hidden, width). Without any a code is the numbers themselves."""

    weights: Mapping[str, Floats] = field(default_factory=dict)

    def codes(self, numbers: Floats) -> Floats:
        """(customers, width)."""
        if not self.weights:
            return numbers
        w = self.weights
        bent = np.tanh(numbers @ w["into"] + w["hidden"]) @ w["out"]
        return np.asarray(numbers @ w["straight"] + w["lean"] + bent)

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {PREFIX + name: self.weights[name] for name in self.weights}

    @classmethod
    def of(cls, arrays: Mapping[str, Floats]) -> Encoder:
        """What `arrays` gave, among others."""
        names = [name for name in PARTS if PREFIX + name in arrays]
        return cls({name: arrays[PREFIX + name] for name in names})
