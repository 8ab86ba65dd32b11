"""What credit is worked out for; read by the web, too, which knows no numpy."""

from __future__ import annotations

from apps.events.services.enrich import CHANNELS

# Days, up to today.
PERIODS = (30, 90)
# Orders that no visit led to, as far as is known.
UNATTRIBUTED = "unattributed"
LABELS = {
    "picks": "Our shelves",
    **{key: label for key, label in CHANNELS.items() if key},
    "unknown": "Visits from unknown places",
    UNATTRIBUTED: "No visit known",
}
