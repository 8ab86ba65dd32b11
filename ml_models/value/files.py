"""Members as arrays and texts, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ml_models.data import Floats
from ml_models.value.bg_nbd import BgNbd
from ml_models.value.boosting import Boosting
from ml_models.value.gamma_gamma import GammaGamma
from ml_models.value.logistic import Logistic
from ml_models.value.members import Learned, Members
from ml_models.value.pareto_nbd import ParetoNbd
from ml_models.value.snapshots import NAMES, Rhythm

Texts = dict[str, list[str]]


class OtherFeaturesError(ValueError):
    """It learned from other features than this code works out: there is no model."""


def check(features: list[str] | None) -> None:
    """Coefficients and trees know features by their place alone."""
    if features != list(NAMES):
        raise OtherFeaturesError("It learned from other features.")


def pack(members: Members) -> tuple[dict[str, Floats], Texts]:
    """What `unpack` needs."""
    arrays = {
        "bg": members.rhythm.bg.parameters,
        "pareto": members.rhythm.pareto.parameters,
        "gamma": members.rhythm.gamma.parameters,
    }
    learned, texts = members.learned, Texts()
    if learned:
        arrays["means"] = learned.logistic.means
        arrays["spreads"] = learned.logistic.spreads
        arrays["coefficients"] = learned.logistic.coefficients
        arrays["scalars"] = np.array([learned.logistic.intercept, learned.trust])
        for name, some in (("boosting", learned.boosting), ("worth", learned.worth)):
            texts[name] = list(some.texts) if some else []
    return arrays, texts


def unpack(arrays: dict[str, Any], texts: Texts, horizon: int) -> Members:
    rhythm = Rhythm(
        BgNbd(arrays["bg"]), ParetoNbd(arrays["pareto"]), GammaGamma(arrays["gamma"])
    )
    return Members(horizon, rhythm, learned(arrays, texts))


def learned(arrays: dict[str, Any], texts: Texts) -> Learned | None:
    if "scalars" not in arrays:
        return None
    intercept, trust = map(float, arrays["scalars"])
    logistic = Logistic(
        arrays["means"], arrays["spreads"], arrays["coefficients"], intercept
    )
    boosting, worth = (
        Boosting(tuple(texts[name])) if texts[name] else None
        for name in ("boosting", "worth")
    )
    return Learned(logistic, boosting, worth, trust)
