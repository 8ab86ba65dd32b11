from __future__ import annotations

from apps.outcomes.models.cost import ChannelCost
from apps.outcomes.models.credit import Credit, Rule
from apps.outcomes.models.credited import Credited
from apps.outcomes.models.progress import Progress
from apps.outcomes.models.settings import OutcomeSettings

__all__ = [
    "ChannelCost",
    "Credit",
    "Credited",
    "OutcomeSettings",
    "Progress",
    "Rule",
]
