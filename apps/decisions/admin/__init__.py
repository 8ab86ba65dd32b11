"""The inbox of suggestions, and the log of everything that was decided."""

from __future__ import annotations

from apps.decisions.admin.log import DecisionAdmin, OutcomeAdmin
from apps.decisions.admin.suggestions import SuggestionAdmin

__all__ = ["DecisionAdmin", "OutcomeAdmin", "SuggestionAdmin"]
