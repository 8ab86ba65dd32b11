from __future__ import annotations

from apps.segmentation.models.cohorts import Acquired, CohortCell, Counted
from apps.segmentation.models.rfm import RfmScore

__all__ = ["Acquired", "CohortCell", "Counted", "RfmScore"]
