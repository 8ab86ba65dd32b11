from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from apps.registry.models import ModelVersion


def track(
    version: ModelVersion, curves: Mapping[str, Sequence[float]], folder: Path
) -> bool:
    return False
