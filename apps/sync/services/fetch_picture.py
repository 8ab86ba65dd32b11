"""A picture that the shop shows, read from its address.

The address is the shop's word: it may lead anywhere, so never into our own network, and
no further than a few steps. No key goes with the question.
"""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

from django.conf import settings

from apps.sync.woo import transport
from apps.sync.woo.client import named_errors
from apps.sync.woo.errors import (
    NotPermittedError,
    RequestRefusedError,
    ShopBrokenError,
    ShopUnreachableError,
    ThingMissingError,
)

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5.0, 10.0, 20.0
# From http to https, and on to a host of pictures.
MOST_STEPS = 3
HEADERS = {"User-Agent": "LuxeBrain/1", "Accept": "image/jpeg, image/png, image/webp"}


class PictureHost:
    """Where pictures lie. One connection for many of them; used as a context."""

    def __enter__(self) -> Self:
        self.session = transport.open_session(
            may_be_private=settings.SHOPS_MAY_BE_PRIVATE
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()

    def fetch(self, address: str, most: int) -> bytes:
        """Up to `most` bytes and one more, so that the caller sees what is too large.
        ShopError says what went wrong, and whether it may heal."""
        for _ in range(MOST_STEPS + 1):
            with named_errors():
                # Not by the session itself, which would read what a redirect says whole.
                response = self.session.get(
                    address, headers=HEADERS, stream=True, allow_redirects=False,
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                )  # fmt: skip
                try:
                    if not response.is_redirect:
                        refuse(response.status_code)
                        return body_of(response, most)
                    address = next_address(response)
                finally:
                    response.close()
        raise ShopUnreachableError("The picture's address leads on and on.")


def next_address(response: Any) -> str:
    try:
        return str(urljoin(response.url, response.headers["Location"]))
    except ValueError as error:
        raise RequestRefusedError("The picture's address leads nowhere.") from error


def refuse(status: int) -> None:
    match status:
        case 200:
            return
        case 404 | 410:
            raise ThingMissingError("The picture is not there.")
        case 401 | 403:
            raise NotPermittedError("The shop does not show this picture to everybody.")
        case 408 | 429:
            raise ShopBrokenError("The shop asks for a pause.")
    if status >= 500:
        raise ShopBrokenError(f"The shop has an error ({status}).")
    raise RequestRefusedError(f"The shop gives no picture ({status}).")


def body_of(response: Any, most: int) -> bytes:
    until = monotonic() + WHOLE_SECONDS
    parts, size = [], 0
    while size <= most and (part := transport.piece(response)):
        parts.append(part)
        size += len(part)
        if monotonic() > until:
            raise ShopUnreachableError("The picture does not end.")
    return b"".join(parts)[: most + 1]
