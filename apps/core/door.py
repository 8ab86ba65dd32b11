"""Answers ahead of Django, for the few addresses that shoppers wait at.

There, middleware and views would cost several times the work itself. A door answers
straight from a WSGI environment, or gives None: then Django answers, whose view at the
same address says the same. What a door leaves out: headers that protect pages (its answers
are none), the log line and Prometheus' counts of Django's requests (it counts its own).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
Meta = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]


Door = Callable[[Meta, Any], Answer | None]


def request_id_of(meta: Meta) -> str:
    given = str(meta.get("HTTP_X_REQUEST_ID", ""))
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def ahead_of(
    application: Application, doors: Mapping[tuple[str, str], Door]
) -> Application:
    """`doors` by method and path; all the rest is the application's."""

    def first(meta: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        door = doors.get((meta["REQUEST_METHOD"], meta.get("PATH_INFO", "")))
        found = door(meta, meta["wsgi.input"]) if door else None
        if found is None:
            return application(meta, start)
        headers = [*found.headers.items(), ("Content-Length", str(len(found.body)))]
        start(f"{found.status} {HTTPStatus(found.status).phrase}", headers)
        return [found.body]

    return first
