"""Segments and what is foretold of customers, in the merchant's words."""

from __future__ import annotations

from apps.segmentation.admin.rfm import RfmScoreAdmin
from apps.segmentation.admin.segments import SegmentAdmin

__all__ = ["RfmScoreAdmin", "SegmentAdmin"]
