"""One connection to LuxeBrain: signs each attempt, keeps the line open, reads answers."""

from __future__ import annotations

import codecs
import gzip
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from .signing import Signer

PATH = "/api/v1/events/track"
# Below this, packing costs more than it saves.
GZIP_FROM = 4096
MAX_ANSWER = 4 << 20
# Of names of hosts. Left to the first connection, it is imported by the sending thread,
# and a child that is forked just then waits forever for the import to end.
codecs.lookup("idna")
NETWORK_ERRORS = (OSError, HTTPException)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    data: Any

    @property
    def retry_after(self) -> float:
        """Seconds that the server asks for; 0 where it asks for none."""
        value = self.headers.get("retry-after", "")
        if value.isascii() and value.isdigit():
            return float(value)
        at = moment(value)
        return max(0.0, at - time.time()) if at else 0.0

    @property
    def at(self) -> float | None:
        """The server's clock, in seconds since 1970."""
        return moment(self.headers.get("date", ""))


LEFT: list[HTTPConnection] = []


def moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


class Wire:
    """Used by one thread at a time."""

    def __init__(
        self, url: str, signer: Signer, timeout: float, tls: ssl.SSLContext | None
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url} is no address of a LuxeBrain.")
        self.signer, self.timeout, self.tls = signer, timeout, tls
        self.host, self.port = parts.hostname, parts.port
        self.is_https = parts.scheme == "https"
        self.path = parts.path.rstrip("/") + PATH
        # Added to our clock, it gives the server's: a signature counts for five minutes.
        self.clock_off = 0.0
        self._connection: HTTPConnection | None = None

    def send(self, body: bytes) -> Answer:
        """One attempt, or two where a line that was kept open had gone."""
        was_open = self._connection is not None
        try:
            return self._send(body)
        except NETWORK_ERRORS as error:
            self.close()
            if not was_open or isinstance(error, TimeoutError):
                raise
        try:
            return self._send(body)
        except NETWORK_ERRORS:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def leave(self) -> None:
        """In a forked child: the line is the parent's. Not closed and not freed either:
        both ask for a lock that the parent's thread may have held as it was copied."""
        if self._connection is not None:
            LEFT.append(self._connection)
            self._connection = None

    def _send(self, body: bytes) -> Answer:
        headers = {"Content-Type": "application/json", "Accept": "application/json",
                   "User-Agent": "luxebrain-python/1"}  # fmt: skip
        if len(body) >= GZIP_FROM:
            body = gzip.compress(body, 5)
            headers["Content-Encoding"] = "gzip"
        at = int(time.time() + self.clock_off)
        headers |= self.signer.headers("POST", self.path, at, body)
        connection = self._connect()
        connection.request("POST", self.path, body, headers)
        response = connection.getresponse()
        text = response.read(MAX_ANSWER)
        if response.will_close or not response.isclosed():
            self.close()
        known = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, known, read_json(text))

    def _connect(self) -> HTTPConnection:
        if self._connection is None:
            self._connection = (
                HTTPSConnection(
                    self.host, self.port, timeout=self.timeout, context=self.tls
                )
                if self.is_https
                else HTTPConnection(self.host, self.port, timeout=self.timeout)
            )
        return self._connection


def read_json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
