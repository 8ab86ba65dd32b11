from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Check:
    """One finding. What is not ok comes with one concrete thing to do."""

    name: str
    state: State
    text: str
    what_to_do: str = ""


def ok(name: str, text: str) -> Check:
    return Check(name, State.OK, text)


def warn(name: str, text: str, what_to_do: str) -> Check:
    return Check(name, State.WARN, text, what_to_do)


def bad(name: str, text: str, what_to_do: str) -> Check:
    return Check(name, State.BAD, text, what_to_do)
