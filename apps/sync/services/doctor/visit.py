"""The part of an examination that asks the shop. Touches no database: it runs in a
thread that may be left behind."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from apps.sync.services.doctor.certificate import certificate_check
from apps.sync.services.doctor.check import Check, bad, ok, warn
from apps.sync.woo import facts as shop_facts
from apps.sync.woo.advice import happened, step
from apps.sync.woo.client import Answer
from apps.sync.woo.errors import (
    KeysRefusedError,
    NotPermittedError,
    RouteMissingError,
    ShopError,
    ShopMovedError,
    UnsafeAddressError,
)
from apps.sync.woo.hasty import HastyClient
from apps.sync.woo.transport import is_private

SLOW_SECONDS = 3.0
# From here on signed requests (plain http) are refused.
SKEW_BAD = 15 * 60
SKEW_WARN = 5 * 60
NEEDED = {
    "products": "products", "customers": "customers", "orders": "orders",
    "coupons": "coupons", "webhooks": "webhooks",
}  # fmt: skip
ADMIN_KEYS = "In WooCommerce → Settings → Advanced → REST API make a key of an administrator with “Read/Write”, and connect again with it."


@dataclass
class Findings:
    """What a visit has found so far."""

    url: str
    at: datetime
    may_be_private: bool
    checks: list[Check] = field(default_factory=list)
    facts: dict[str, Any] | None = None
    may_write: bool | None = None
    # The first thing that speaks against the connection itself.
    error: ShopError | None = None
    is_through: bool = False

    def add(self, check: Check) -> None:
        self.checks.append(check)

    def fail(self, name: str, error: ShopError) -> None:
        self.error = self.error or error
        text = happened(error)
        if isinstance(error, ShopMovedError):
            text = f"{text} It is {error.location[:120]}"
        self.add(bad(name, text, step(error)))


def visit(client: HastyClient, found: Findings) -> None:
    """From the outside in; what comes after a broken step could only repeat it."""
    steps: tuple[Callable[[HastyClient, Findings], bool], ...] = (
        look_at_address, look_up_name, look_at_certificate, look_at_index,
        look_at_reading, look_at_writing, learn,
    )  # fmt: skip
    for look in steps:
        if not look(client, found):
            return
    found.is_through = True


def look_at_address(client: HastyClient, found: Findings) -> bool:
    if found.url.startswith("https://") or found.may_be_private:
        found.add(ok("Address", f"Your shop is connected at {found.url}."))
    else:
        found.add(
            warn(
                "Address",
                "Your shop is connected without https, so orders travel readable for others.",
                "Ask your host for a certificate (“Let's Encrypt” is free), then connect again with https://.",
            )
        )
    return True


def look_up_name(client: HastyClient, found: Findings) -> bool:
    parts = urlsplit(found.url)
    host = parts.hostname or ""
    try:
        rows = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        found.add(
            bad(
                "Name",
                f"No server is known under the name {host[:100]}.",
                "Check the spelling of the address; if it is right, ask whoever manages the domain.",
            )
        )
        return False
    if not found.may_be_private and any(is_private(str(row[4][0])) for row in rows):
        # Without the number: what lies in our own network is nobody's business.
        found.fail("Name", UnsafeAddressError(""))
        return False
    found.add(ok("Name", f"{host} leads to {rows[0][4][0]}."))
    return True


def look_at_certificate(client: HastyClient, found: Findings) -> bool:
    check = certificate_check(found.url, found.at, may_be_private=found.may_be_private)
    if check:
        found.add(check)
    return True


def look_at_index(client: HastyClient, found: Findings) -> bool:
    """The public door: does it answer, how fast, and what time is it there?"""
    began = time.monotonic()
    try:
        answer = client.index()
    except (KeysRefusedError, NotPermittedError):
        found.add(
            warn(
                "REST API",
                "The public part of the REST API is closed, mostly by a security plugin.",
                "In the security plugin allow /wp-json/ and /wp-json/wc/v3/ for everyone; WooCommerce checks the keys itself.",
            )
        )
        return True
    except ShopError as error:
        found.fail("REST API", error)
        return False
    seconds = time.monotonic() - began
    found.add(ok("REST API", "Your shop answers, and its REST API is on."))
    found.add(speed(seconds))
    found.add(clock(answer, found))
    return True


def speed(seconds: float) -> Check:
    said = f"An answer took {seconds:.1f} seconds."
    if seconds < SLOW_SECONDS:
        return ok("Speed", said)
    return warn(
        "Speed",
        f"{said} Copying the shop will take long.",
        "Nothing breaks. If your shop is slow for shoppers too, ask your host for an object cache (Redis) and a newer PHP.",
    )


def clock(answer: Answer, found: Findings) -> Check:
    skew = shop_facts.skew(answer, found.at)
    if skew is None:
        return ok("Clock", "The shop does not say what time it is.")
    if abs(skew) < SKEW_WARN:
        return ok("Clock", f"The clocks agree to {abs(skew)} seconds.")
    word = "ahead" if skew > 0 else "behind"
    text = f"The shop's clock is {abs(skew) // 60} minutes {word}."
    step = "Ask your host to set the server's clock by NTP, and check the clock of the machine that runs LuxeBrain."
    if abs(skew) >= SKEW_BAD and found.url.startswith("http://"):
        return bad(
            "Clock", f"{text} Over http it therefore refuses every request.", step
        )
    return warn("Clock", text, step)


def look_at_reading(client: HastyClient, found: Findings) -> bool:
    lacking = []
    for path, name in NEEDED.items():
        try:
            client.get(path, per_page=1, _fields="id")
        except NotPermittedError as error:
            found.error = found.error or error
            lacking.append(name)
        except ShopError as error:
            found.fail("Keys", error)
            return False
    found.add(ok("Keys", "The keys are valid."))
    if lacking:
        text = f"The keys may not read {', '.join(lacking)}."
        found.add(bad("Reading", text, ADMIN_KEYS))
    else:
        found.add(ok("Reading", "LuxeBrain may read all that it needs."))
    return True


def look_at_writing(client: HastyClient, found: Findings) -> bool:
    """A batch of nothing changes nothing, but needs the permission."""
    try:
        client.post("products/batch", {})
    except (KeysRefusedError, NotPermittedError):
        found.may_write = False
        text = "The keys may read but not change anything: prices and coupons stay as they are."
        found.add(warn("Writing", text, ADMIN_KEYS))
    except ShopError as error:
        found.add(
            warn(
                "Writing",
                f"Whether keys may write is not clear. {happened(error)}",
                step(error),
            )
        )
    else:
        found.may_write = True
        found.add(
            ok("Writing", "LuxeBrain may change prices and coupons once you allow it.")
        )
    return True


def learn(client: HastyClient, found: Findings) -> bool:
    try:
        found.facts = shop_facts.ask(client, found.at)
    except RouteMissingError as error:
        found.fail("WooCommerce", error)
        return False
    except ShopError as error:
        found.add(warn("WooCommerce", happened(error), step(error)))
        return False
    return True
