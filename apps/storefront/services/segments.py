"""Whom a banner may be for: the one list of segments that the storefront knows.

Today the rough groups by what was spent; whoever brings learned segments adds them here.
"""

from __future__ import annotations

from collections.abc import Mapping

from apps.recommendations.services.segments import GROUPS

EVERYBODY = ""
SEGMENTS: Mapping[str, str] = {
    "new": "Have not bought yet",
    "low": "Spent less than 250",
    "mid": "Spent 250 to 1,000",
    "high": "Spent 1,000 or more",
}
CHOICES = [(EVERYBODY, "Everybody"), *((name, SEGMENTS[name]) for name in GROUPS)]


def name_of(segment: str) -> str:
    """A segment that is no more keeps its code for a name."""
    return dict(CHOICES).get(segment, segment)
