"""Asking a shop while a person waits: one try each, and all of it within seconds."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

from apps.sync.woo.client import Answer, Client, Payload
from apps.sync.woo.errors import ShopUnreachableError

Result = TypeVar("Result")


class HastyClient(Client):
    """Does not try again: the person will, and learns what went wrong at once."""

    def patiently(
        self,
        method: str,
        path: str,
        *,
        params: Payload | None = None,
        data: Payload | None = None,
        version: str = "wc/v3",
    ) -> Answer:
        return self.ask(method, path, params, data, version)


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What `work` returns or raises; ShopUnreachableError when it takes longer.

    It goes on in a thread of its own that nobody waits for, so it must not touch the
    database: a socket's time-outs end it.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise ShopUnreachableError("The shop takes too long to answer.")
    return results[0]
