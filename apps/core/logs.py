"""Keeps secrets and personal data out of the logs, whatever a caller passes in."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

SECRET_NAMES = re.compile(
    r"pass(word|wd)?|secret|token|authorization|cookie|signature|api_?key|csrf"
    r"|e-?mail|phone|address|first_name|last_name",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
KEYS = re.compile(r"\b(?:sk|pk|ck|cs)_[A-Za-z0-9_]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*")
# A link that sets a password is one, until it is used.
RESET_LINK = re.compile(r"(?<=/password-reset/)[^/\s]+/[^/\s]{10,}")
URL_LOGIN = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")


def clean_text(text: str) -> str:
    text = RESET_LINK.sub("[link]", URL_LOGIN.sub("[login]", text))
    return KEYS.sub("[key]", EMAIL.sub("[email]", text))


def clean(value: Any) -> Any:
    """The value with personal data and secrets replaced, at any depth."""
    match value:
        case str():
            return clean_text(value)
        case bytes():
            return clean_text(value.decode(errors="replace"))
        case dict():
            return {
                key: "[hidden]" if SECRET_NAMES.search(str(key)) else clean(item)
                for key, item in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [clean(item) for item in value]
        case bool() | int() | float() | None:
            return value
        case _:
            return clean_text(str(value))


def redact(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The structlog processor."""
    for key, value in list(event.items()):
        event[key] = "[hidden]" if SECRET_NAMES.search(key) else clean(value)
    return event
