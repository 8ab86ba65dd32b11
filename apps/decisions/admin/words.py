"""Stored values as a merchant reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.core.merchant_admin.show import NOTHING
from apps.decisions.services.sentence import say


def plain(name: str) -> str:
    """`pricing.suggested` reads "Pricing: suggested"."""
    first, _, rest = name.replace("_", " ").partition(".")
    return (
        f"{first.capitalize()}: {rest.replace('.', ' ')}"
        if rest
        else first.capitalize()
    )


def about(subject: str) -> str:
    """`product:7` reads "Product 7"."""
    kind, _, number = subject.partition(":")
    return f"{kind.replace('_', ' ').capitalize()} {number}".strip()


def told(value: Any) -> str:
    return NOTHING if value in (None, "", {}, []) else say(value)


def facts(values: Any) -> list[tuple[str, str]]:
    """Names and values, for a small table."""
    if not isinstance(values, Mapping):
        return [("Value", told(values))] if values not in (None, "", []) else []
    return [
        (str(name).replace("_", " ").capitalize(), told(values[name]))
        for name in values
    ]


def change_text(change: Any) -> str:
    """From what to what."""
    if isinstance(change, Mapping) and "after" in change:
        before, after = told(change.get("before")), told(change["after"])
        return after if before == NOTHING else f"{before} → {after}"
    return told(change)
