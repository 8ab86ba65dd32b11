"""How the rules are told to people: one sentence each."""

from __future__ import annotations

from apps.outcomes.models import Rule

RULES = {
    Rule.LAST_TOUCH: "All of an order goes to the last thing its customer did before it.",
    Rule.LINEAR: "All visits before an order share in it alike.",
    Rule.POSITION_BASED: "The first and the last get 40 % each, those between share the rest.",
    Rule.TIME_DECAY: "All share in it, a visit a week before the last one half as much.",
    Rule.MARKOV: "What would be missed if nobody came that way any more, reckoned from "
    "all visits, also of those who bought nothing.",
}
ONLY_MEASURED = "Only this line is a measurement; the others are rules for sharing out."
MEASURES = {"revenue": "Revenue", "margin": "Margin"}
