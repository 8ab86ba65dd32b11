from __future__ import annotations

from apps.segmentation.models.cohorts import Acquired, CohortCell, Counted
from apps.segmentation.models.purchase import PurchaseModel
from apps.segmentation.models.rfm import RfmScore
from apps.segmentation.models.segment import Following, Member, Segment

__all__ = [
    "Acquired",
    "CohortCell",
    "Counted",
    "Following",
    "Member",
    "PurchaseModel",
    "RfmScore",
    "Segment",
]
