"""The bytes of an answer as plain data, whatever a broken or hostile shop sends."""

from __future__ import annotations

import json
import re
from typing import Any

from apps.sync.woo.errors import RouteMissingError, ShopBrokenError

# A page of a hundred orders has some ten thousand; in memory each is some 70 bytes.
MOST_VALUES = 2_000_000
SURROGATES = re.compile("[\ud800-\udfff]")


def decoded(body: bytes, status: int) -> Any:
    """JSON, or an error: hosts and plugins print pages and warnings into answers."""
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        raise ShopBrokenError("The shop's answer is too large.")
    try:
        return json.loads(
            body.decode("utf-8-sig"), parse_constant=nothing, parse_float=finite
        )
    except (ValueError, RecursionError) as error:
        if status == 404:
            raise RouteMissingError("The shop has no REST API here.") from error
        raise ShopBrokenError(f"The shop answers with a page ({status}).") from error


def nothing(name: str) -> None:
    """NaN and Infinity: numbers that no database of ours holds."""


def finite(text: str) -> float | None:
    found = float(text)
    return found if abs(found) < float("inf") else None


def storable(text: str) -> str:
    """PostgreSQL holds no NUL, and UTF-8 no half of a pair."""
    text = text.replace("\x00", "")
    return text if text.isascii() else SURROGATES.sub("\ufffd", text)
