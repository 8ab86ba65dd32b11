"""Roles as the admin's pages name them; what a person's role is, accounts says."""

from __future__ import annotations

from django.http import HttpRequest

ANALYST, MANAGER, OWNER = "analyst", "manager", "owner"
RANKS = {ANALYST: 1, MANAGER: 2, OWNER: 3}


def reaches(request: HttpRequest, needed: str | None) -> bool:
    """Whether the person may, in the chosen store. `None` is needed for what nobody may."""
    role = getattr(request, "role", None)
    if role is None or needed is None:
        return False
    return RANKS[str(role)] >= RANKS[needed]
