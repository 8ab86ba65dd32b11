from __future__ import annotations

from apps.experiments.models.experiment import (
    SLOTS,
    Experiment,
    Kind,
    Layer,
    Metric,
    Policy,
    Status,
    Unit,
    Variant,
)
from apps.experiments.models.exposure import Exposure
from apps.experiments.models.reading import Reading

__all__ = [
    "SLOTS",
    "Experiment",
    "Exposure",
    "Kind",
    "Layer",
    "Metric",
    "Policy",
    "Reading",
    "Status",
    "Unit",
    "Variant",
]
