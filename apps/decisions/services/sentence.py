"""Reasons in plain English: one template per code, filled from the reason's facts."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import Any

# One line per reason code, in the merchant's words; keep the alphabet. A fact that is
# a share reads {name:percent}.
TEMPLATES = {
    "banner_for_group": "The banner for this group of customers: {name}.",
    "banner_of_segment": "The banner for this group of customers: {segment}.",
    "customer_opted_out": "{customer} has opted out of {channel}.",
    "experiment_applied": "The winner of “{experiment}” was applied by {by}: {why}. It is watched now.",
    "experiment_kept": "The winner of “{experiment}” was not found worse, and was kept by {by}.",
    "experiment_paused": "“{experiment}” was paused by {by}.",
    "experiment_resumed": "“{experiment}” was resumed by {by}.",
    "experiment_started": "“{experiment}” was started by {by}.",
    "experiment_stopped": "“{experiment}” was stopped by {by}. {why}",
    "experiment_taken_back": "The winner of “{experiment}” was taken back by {by}. {why}",
    "frequency_cap": "{customer} already got {sent} messages in {days} days.",
    "guard_rail": "The guard rail “{rail}” did not let it pass: {text}",
    "holdout": "Left alone on purpose, so that the effect can be measured.",
    "looks_alike": "Looks most like the picture, among products in {colors}.",
    "no_change": "Nothing was changed: {why}",
    "not_enough_data": "Not enough data: {have} of {need} needed.",
    "often_bought_together": "Often bought together with {product}.",
    "picked_by_model": "Ranked highest by {model}.",
    "popular": "Popular in this shop right now.",
    "quiet_hours": "It was outside the hours in which {customer} is written to.",
    "suggestion_applied": "Applied to the shop by {actor}.",
    "suggestion_approved": "Approved by {actor}.",
    "suggestion_claimed": "Taken up by {actor}.",
    "suggestion_edited": "Edited by {actor}.",
    "suggestion_expired": "Nobody decided in time.",
    "suggestion_failed": "It failed: {note}",
    "suggestion_feedback": "{actor} called it {feedback}.",
    "suggestion_judged": "The guard rails looked at it again.",
    "suggestion_kept": "Kept by {actor}.",
    "suggestion_rejected": "Rejected by {actor}.",
    "suggestion_reverted": "Taken back by {actor}.",
    "suggestion_reverting": "{actor} asked to take it back.",
    "suggestion_scheduled": "Scheduled by {actor} for {scheduled_for}.",
    "suggestion_superseded": "A newer suggestion took its place.",
    "viewed": "Because {customer} looked at {product}.",
}
# Longer lists end in "and 4 more".
MAX_LISTED = 5


def because(code: str, **facts: Any) -> dict[str, Any]:
    """A reason as the log keeps it."""
    return {"code": code, "facts": facts}


def sentence(reason: Mapping[str, Any]) -> str:
    """The reason as people read it; never fails, whatever is stored."""
    code, facts = reason.get("code"), reason.get("facts")
    if not isinstance(code, str) or not code:
        return "No reason was given."
    known = facts if isinstance(facts, Mapping) else {}
    if template := TEMPLATES.get(code):
        return Filler().vformat(template, (), known)
    return fallback(code, known)


def fallback(code: str, facts: Mapping[str, Any]) -> str:
    """`low_stock` with left 3 reads "Low stock: left 3."""
    words = code.replace(".", " ").replace("_", " ").strip().capitalize() or code
    told = ", ".join(f"{plain(name)} {say(fact)}" for name, fact in facts.items())
    return f"{words}: {told}." if told else f"{words}."


class Filler(string.Formatter):
    """Fills names only: no attribute or index of a fact is ever followed."""

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, str]:
        return kwargs.get(field_name, f"(unknown {plain(field_name)})"), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "percent" and isinstance(value, int | float):
            return f"{value * 100:.1f}".removesuffix(".0") + " %"
        return say(value)


def say(fact: Any) -> str:
    match fact:
        case bool():
            return "yes" if fact else "no"
        case None:
            return "nothing"
        case float():
            return f"{fact:.2f}".rstrip("0").rstrip(".")
        case {"amount": amount, "currency": currency}:
            return f"{amount} {currency}"
        case dict():
            return ", ".join(f"{plain(str(key))} {say(fact[key])}" for key in fact)
        case list() | tuple():
            return say_list([say(part) for part in fact])
        case _:
            return str(fact)


def say_list(parts: list[str]) -> str:
    if len(parts) > MAX_LISTED:
        parts = [*parts[:MAX_LISTED], f"{len(parts) - MAX_LISTED} more"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)


def plain(name: str) -> str:
    return name.replace("_", " ")
