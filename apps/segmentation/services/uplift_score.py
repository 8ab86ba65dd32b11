"""What ml_models/uplift says of one person, in plain Python: the web has no numpy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from apps.segmentation.services.purchase_score import chance


def effect(
    document: Mapping[str, Any], numbers: Mapping[str, float | None]
) -> tuple[float, float]:
    """The chance of buying without the message, and what the message changes of it.

    document: of `Average` or `Personal`; numbers: by name, those that are left out,
    None or not finite are unknown, and others than the model's are not asked.
    """
    plain, sent = document["plain"]["bias"], document["sent"]["bias"]
    for place, name in enumerate(document["names"]):
        value = numbers.get(name)
        if value is None or not math.isfinite(value):
            plain += document["plain"]["unknown"][place]
            sent += document["sent"]["unknown"][place]
        else:
            number = read(document, place, value)
            plain += document["plain"]["weights"][place] * number
            sent += document["sent"]["weights"][place] * number
    without = chance(plain)
    return without, chance(plain + sent) - without + document["constant"]


def read(document: Mapping[str, Any], place: int, value: float) -> float:
    """As `Reading` of model.py does."""
    log = math.copysign(math.log1p(abs(value) / document["unit"][place]), value)
    kept = min(max(log, document["low"][place]), document["high"][place])
    return float((kept - document["center"][place]) / document["scale"][place])
