"""A request as PHP sees it, and an answer as WordPress words it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.hooks import php_json

ARRAY = re.compile(r"^([^\[]+)\[[^\]]*\]$")


def php_query(text: str) -> dict[str, Any]:
    """The last of a repeated name counts; `a[]` and `a[0]` make a list."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        match = ARRAY.match(name)
        if match is None:
            found[name] = value
        else:
            held = found.setdefault(match[1], [])
            if isinstance(held, list):
                held.append(value)
    return found


@dataclass
class Request:
    method: str
    path: str
    query_text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self.query = php_query(self.query_text)
        proxy = self.headers.get("X-Forwarded-Proto", "")
        self.scheme = "https" if proxy == "https" else "http"

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.host}"

    def fields(self) -> dict[str, Any]:
        """JSON, a form, or nothing; the query's parameters count too."""
        if not self.body:
            return {}
        if "json" not in self.headers.get("Content-Type", "json"):
            return php_query(self.body.decode())
        try:
            found = json.loads(self.body)
        except ValueError:
            raise RestError(
                400, "rest_invalid_json", "Invalid JSON body passed.",
                {"json_error_code": 4, "json_error_message": "Syntax error"},
            ) from None  # fmt: skip
        return found if isinstance(found, dict) else {}


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    # How many objects were read: the slow part of a WooCommerce page.
    objects: int = 1
    is_raw: bool = False

    def bytes(self) -> bytes:
        return self.body if self.is_raw else php_json(self.body)
