from __future__ import annotations

from apps.segmentation.models.cohorts import Acquired, CohortCell, Counted
from apps.segmentation.models.learned import Code, Group, Grouping, Place
from apps.segmentation.models.purchase import PurchaseModel
from apps.segmentation.models.rfm import RfmScore
from apps.segmentation.models.segment import Following, Member, Segment
from apps.segmentation.models.uplift import UpliftModel
from apps.segmentation.models.value import CustomerValue, ValueModel

__all__ = [
    "Acquired",
    "Code",
    "CohortCell",
    "Counted",
    "CustomerValue",
    "Following",
    "Group",
    "Grouping",
    "Member",
    "Place",
    "PurchaseModel",
    "RfmScore",
    "Segment",
    "UpliftModel",
    "ValueModel",
]
