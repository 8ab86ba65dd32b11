from __future__ import annotations

from apps.outcomes.admin.costs import ChannelCostAdmin
from apps.outcomes.admin.settings import OutcomeSettingsAdmin

__all__ = ["ChannelCostAdmin", "OutcomeSettingsAdmin"]
