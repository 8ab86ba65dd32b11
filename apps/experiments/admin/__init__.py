from __future__ import annotations

from apps.experiments.admin.experiments import ExperimentAdmin

__all__ = ["ExperimentAdmin"]
