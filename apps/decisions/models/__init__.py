from __future__ import annotations

from apps.decisions.models.decision import Decision
from apps.decisions.models.outcome import Outcome
from apps.decisions.models.suggestion import Suggestion, SuggestionStep

__all__ = ["Decision", "Outcome", "Suggestion", "SuggestionStep"]
