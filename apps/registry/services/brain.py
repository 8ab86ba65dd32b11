"""What a model kind tells the learning loop of services/learn.py.

The registry lies low and knows no brain by name: settings.BRAINS maps kinds to dotted
paths of their `Brain`, which only workers import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray

from apps.accounts.models import Store
from apps.core.errors import LuxeBrainError, UnknownError
from apps.registry.models import ModelVersion
from apps.registry.services.former import Former as Former  # brains say them from here
from apps.registry.services.trials import Trials as Trials

# Tells how far it is: 0 to 1 of its own part, and what it does, in plain English. Also
# the training's heartbeat: a brain that is silent for 15 minutes is taken for dead.
Tell = Callable[[float, str], None]
Parameters = Mapping[str, Any]


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
class Contest:
    """How the best candidate did on days that nobody had seen when it was chosen.

    `challenger`, `humble` and `champion` hold the quality of the same cases (customers,
    products), larger is better: the gate draws intervals from the pairs. `champion` is
    None where none serves, or its recipe cannot be made again: then nothing takes its
    place.

    No file that saw a day of the window may be judged on it: a champion of last week
    would always win. There its recipe (name and parameters) is fitted on the past anew.
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
    # Settings that were found, not chosen; `fit` gets them back beside the parameters.
    # Recipes are the same whose parameters are, and that learn the same by name.
    learned: Parameters = field(default_factory=dict)
    features: Sequence[str] = ()
    # Each candidate that competed, with its metrics: the champion board shows them.
    rivals: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    # Such as losses by epoch.
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    checks: Sequence[Check] = ()
    # Samples of what it learned from, by name; later ones are compared with them (PSI).
    inputs: Mapping[str, Sequence[float]] = field(default_factory=dict)
    # A sample of what the challenger says, on a scale that does not grow with the shop.
    scores: Sequence[float] = ()
    # The humble baseline's recipe, where `fit` can make it serve; else None.
    humble_name: str | None = None
    humble_parameters: Parameters = field(default_factory=dict)
    champion_metrics: Mapping[str, float] = field(default_factory=dict)

    def of_humble(self) -> Contest:
        """The same contest, for `fit` to make the humble baseline."""
        return replace(
            self,
            name=self.humble_name or "",
            parameters=self.humble_parameters,
            learned={},
            challenger=self.humble,
            metrics=self.baseline_metrics,
            scores=(),
        )

    def of_champion(self, version: ModelVersion) -> Contest:
        """The same contest, for `fit` to make the champion's recipe anew."""
        metrics = self.champion_metrics or self.metrics
        return replace(
            self,
            name=version.name,
            parameters=version.parameters,
            learned=version.learned,
            challenger=self.humble if self.champion is None else self.champion,
            metrics=metrics,
            scores=(),
        )


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
        """Fit the contest's name and parameters on everything and save that into the
        folder; returns what `publish` needs, all worked out.

        They may be the challenger's, the humble baseline's or those of the version that
        serves, as JSON gives them back.
        """
        ...

    def publish(self, version: ModelVersion, model: Any, tell: Tell) -> int:
        """Write the version's rows; how many. In transactions of its own, each of a
        moment only: SQLite has one writer, and events and webhooks wait for it. Nobody
        reads the rows before the version is the champion."""
        ...

    def forget(self, version: ModelVersion) -> int:
        """Remove the rows of a version that will not serve again, in such parts, too.
        Asked again where it was interrupted."""
        ...


@runtime_checkable
class Watched(Protocol):
    """A brain that can be asked, cheaply, what it would learn from today.

    Brains that draw the same sample name its `source` alike (a text of the class): then
    it is drawn once for all of them. Without one, each draws its own.
    """

    def sample(self, store: Store, as_of: datetime) -> Mapping[str, Sequence[float]]:
        """Samples by the names of Contest.inputs, drawn in the same way."""
        ...


@runtime_checkable
class LiveMetric(Protocol):
    """A brain whose success is seen while it serves: clicks, orders."""

    def live(self, store: Store, since: datetime, until: datetime) -> Sequence[Trials]:
        """Each day of the time, oldest first; days without a try may be absent."""
        ...


def brain_of(kind: str) -> Brain:
    """UnknownError where no such kind is installed."""
    try:
        path = settings.BRAINS[kind]
    except KeyError as error:
        raise UnknownError(f"There is no model kind {kind}.") from error
    brain: Brain = import_string(path)()
    return brain
