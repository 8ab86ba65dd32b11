"""Whom a banner may be for: the one list of segments that the storefront knows.

The rough groups by what was spent, and the five that are learned. A customer is in one of
each.
"""

from __future__ import annotations

from collections.abc import Mapping

from apps.recommendations.services.segments import GROUPS
from apps.segmentation.models import Code

EVERYBODY = ""
SEGMENTS: Mapping[str, str] = {
    "new": "Have not bought yet",
    "low": "Spent less than 250",
    "mid": "Spent 250 to 1,000",
    "high": "Spent 1,000 or more",
}
# "new" is a code of both.
LEARNED: Mapping[str, str] = {
    f"learned:{code.value}": f"{code.label} (learned)" for code in Code
}
CHOICES = [
    (EVERYBODY, "Everybody"),
    *((name, SEGMENTS[name]) for name in GROUPS),
    *LEARNED.items(),
]


def learned(code: str) -> str:
    """The group of a learned segment's code; nobody's where it is not known."""
    name = f"learned:{code}"
    return name if name in LEARNED else EVERYBODY


def name_of(segment: str) -> str:
    """A segment that is no more keeps its code for a name."""
    return dict(CHOICES).get(segment, segment)
