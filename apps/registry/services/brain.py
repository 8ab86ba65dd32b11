"""What a model kind tells the learning loop of services/learn.py.

The registry lies low and knows no brain by name: settings.BRAINS maps kinds to dotted
paths of their `Brain`, which only workers import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError, UnknownError
from apps.registry.models import ModelVersion

# Tells how far it is: 0 to 1 of its own part, and what it does, in plain English.
Tell = Callable[[float, str], None]


class TooLittleDataError(LuxeBrainError):
    """Nothing to learn from yet: no fault, the next night asks again."""

    code = "too_little_data"


@dataclass(frozen=True)
class Check:
    """Something that a model must pass whatever its quality: coverage, calibration."""

    name: str
    value: float
    # What a person reads where it failed.
    says: str
    passes: bool


@dataclass(frozen=True)
class Former:
    """The version that serves, with its files unpacked; it plays against the new one."""

    version: ModelVersion
    folder: Path


@dataclass(frozen=True)
class Contest:
    """How the best candidate did on days that nobody had seen when it was chosen.

    `challenger`, `humble` and `champion` hold the quality of the same cases (customers,
    products), larger is better: the gate draws intervals from the pairs. `champion` is
    None where none serves or its files cannot be read.
    """

    name: str
    parameters: Mapping[str, Any]
    challenger: NDArray[np.float64]
    humble: NDArray[np.float64]
    champion: NDArray[np.float64] | None
    metrics: Mapping[str, float]
    baseline_metrics: Mapping[str, float]
    data_from_at: datetime
    data_to_at: datetime
    training_rows: int
    features: Sequence[str] = ()
    # Each candidate that competed, with its metrics: the champion board shows them.
    rivals: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    # Such as losses by epoch.
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    checks: Sequence[Check] = ()
    # Samples of what it learned from, by name; later ones are compared with them (PSI).
    inputs: Mapping[str, Sequence[float]] = field(default_factory=dict)


class Brain(Protocol):
    """One kind of model. Each step sees nothing of after `as_of`."""

    # recommendations.personal; what merchants read: Picks for each customer.
    kind: str
    title: str

    def read(self, store: Store, as_of: datetime, tell: Tell) -> Any:
        """What there is to learn from. TooLittleDataError where that is too little."""
        ...

    def compete(
        self, data: Any, former: Former | None, seed: int, tell: Tell
    ) -> Contest:
        """Fit candidates and the humble baseline on the past, choose on a validation
        window, measure on a later one."""
        ...

    def fit(
        self, data: Any, contest: Contest, folder: Path, seed: int, tell: Tell
    ) -> Any:
        """Fit the chosen one on everything and save it into the folder; returns what
        `publish` needs."""
        ...

    def publish(self, version: ModelVersion, model: Any) -> int:
        """Write the rows that serve, in the caller's transaction; how many."""
        ...

    def forget(self, version: ModelVersion) -> int:
        """Remove the rows of a version that will not serve again."""
        ...


def brain_of(kind: str) -> Brain:
    """UnknownError where no such kind is installed."""
    try:
        path = settings.BRAINS[kind]
    except KeyError as error:
        raise UnknownError(f"There is no model kind {kind}.") from error
    brain: Brain = import_string(path)()
    return brain
