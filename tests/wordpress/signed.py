"""Asks the shop as LuxeBrain does, by our own reading of docs/plugin-digest.md."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from urllib.parse import quote

import httpx

from tests.wordpress.brain import KEY, signature
from tests.wordpress.site import Site

SPACE = "/wc-luxebrain/v1/"


def connect(site: Site, url: str = "https://brain.example") -> None:
    site.php(
        "update_option('luxebrain_settings', $given['settings']);",
        settings={"url": url, "secret_key": KEY, "publishable_key": ""},
    )


def headers(method: str, path: str, *, key: str = KEY, at: int = 0, nonce: str = ""):
    moment, nonce = str(at or int(time.time())), nonce or secrets.token_hex(16)
    signed = signature(
        key, method, path, moment, nonce, hashlib.sha256(b"").hexdigest()
    )
    return {
        "LuxeBrain-Key": key[:15],
        "LuxeBrain-Timestamp": moment,
        "LuxeBrain-Nonce": nonce,
        "LuxeBrain-Signature": signed,
    }


def path_of(route: str, **query: object) -> str:
    pairs = "&".join(
        f"{name}={quote(str(value), safe='')}" for name, value in sorted(query.items())
    )
    return f"{SPACE}{route}?{pairs}"


def ask(site: Site, route: str, **query: object) -> httpx.Response:
    """With plain permalinks, as WordPress is installed: ?rest_route=…"""
    path = path_of(route, **query)
    return send(site, path, headers("GET", path))


def send(site: Site, path: str, sent: dict[str, str]) -> httpx.Response:
    route, _, query = path.partition("?")
    return httpx.get(
        f"{site.url}/?rest_route={route}&{query}",
        headers=sent,
        timeout=120,
        trust_env=False,
    )


def lines(answer: httpx.Response) -> list[dict]:
    return [json.loads(line) for line in answer.text.splitlines()]


def moments(site: Site, address: str, sent: dict[str, str]) -> tuple[float, float]:
    """When the first bytes of the body came, and the last."""
    with httpx.stream(
        "GET", site.url + address, headers=sent, timeout=60, trust_env=False
    ) as answer:
        first = 0.0
        for _ in answer.iter_raw():
            first = first or time.monotonic()
        return first, time.monotonic()
