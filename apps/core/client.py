"""Which address a request came from, behind as many proxies as are trusted."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

NOBODY = "0.0.0.0"  # noqa: S104  a name for nobody, not an address to bind
# Set for the time of a request; kept out of the logs' context on purpose.
current_ip: ContextVar[str | None] = ContextVar("current_ip", default=None)


def client_ip(request: HttpRequest) -> str:
    return ip_of(request.META)


def ip_of(meta: Mapping[str, Any]) -> str:
    """The address that the outermost trusted proxy saw.

    Whoever calls writes what they like into X-Forwarded-For, so only the entries that
    our own proxies appended, counted from the right, are believed.
    """
    direct = meta.get("REMOTE_ADDR", "")
    hops = settings.TRUSTED_PROXIES
    if not hops:
        return valid_ip(direct)
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "")
    entries = [entry.strip() for entry in forwarded.split(",") if entry.strip()]
    return valid_ip(entries[-hops] if len(entries) >= hops else direct)


def network_of(request: HttpRequest) -> str:
    return network_around(client_ip(request))


@lru_cache(maxsize=4096)
def network_around(ip: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 that one IPv6 line owns."""
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


@lru_cache(maxsize=4096)
def valid_ip(text: str) -> str:
    """The address in one spelling; all nonsense is one caller."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return NOBODY
