"""The recorded answers, and how alike two answers are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

FOLDER = Path(__file__).parents[2] / "sync" / "fixtures" / "woocommerce"
HOST = "127.0.0.1:8081"
# Written by the recorder when it cut a body down; no WooCommerce has them.
RECORDERS_OWN = {"lines", "email", "top_level_keys", "keys"}


def read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def body_of(name: str) -> Any:
    return read(name)["response"]["body"]


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (FOLDER / folder).glob("*.json"))


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


def ask(url: str, method: str, path: str, query: dict[str, Any] | str | None = None,
        body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:  # fmt: skip
    host = url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    text = query if isinstance(query, str) else urlencode(query or {})
    try:
        target = f"{path}?{text}" if text else path
        connection.request(method, target, body, {"Host": HOST, **(headers or {})})
        answer = connection.getresponse()
        return Reply(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


def basic(key: str, secret: str) -> dict[str, str]:
    pair = base64.b64encode(f"{key}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}", "X-Forwarded-Proto": "https"}


def oauth(path: str, query: dict[str, Any], key: str, secret: str, *,
          nonce: str = "", late: int = 0) -> dict[str, str]:  # fmt: skip
    """RFC 5849 by hand, so that the fake is not checked with its own code."""
    signed = {name: str(value) for name, value in query.items()} | {
        "oauth_consumer_key": key, "oauth_timestamp": str(int(time.time()) - late),
        "oauth_nonce": nonce or hashlib.sha1(repr(time.time_ns()).encode()).hexdigest(),
        "oauth_signature_method": "HMAC-SHA256",
    }  # fmt: skip
    pairs = "&".join(f"{quote(n, safe='~')}={quote(v, safe='~')}" for n, v in sorted(signed.items()))  # fmt: skip
    text = "&".join(
        quote(one, safe="~") for one in ("GET", f"http://{HOST}{path}", pairs)
    )
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha256).digest()
    return signed | {"oauth_signature": base64.b64encode(digest).decode()}


def kind_of(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def differences(
    wanted: Any, made: Any, at: str = "", *, is_whole: bool = False
) -> list[str]:
    """Where `made` is not of the shape of `wanted`; null goes with everything.

    Inside an object with `_links` the recording is whole, so no key may be new.
    """
    if wanted is None or made is None:
        return []
    if kind_of(wanted) != kind_of(made):
        return [f"{at}: {kind_of(made)}, recorded {kind_of(wanted)}"]
    if isinstance(wanted, dict):
        return in_object(wanted, made, at, is_whole=is_whole or "_links" in wanted)
    if isinstance(wanted, list) and made:
        found = []
        for one in wanted:
            tries = [
                differences(one, other, f"{at}[]", is_whole=is_whole) for other in made
            ]
            found += min(tries, key=len)
        return found
    return []


def in_object(wanted: dict[str, Any], made: dict[str, Any], at: str, *, is_whole: bool) -> list[str]:  # fmt: skip
    found = []
    for name, value in wanted.items():
        if name in made:
            found += differences(value, made[name], f"{at}.{name}", is_whole=is_whole)
        elif value is not None and (is_whole or name not in RECORDERS_OWN):
            found.append(f"{at}.{name}: missing")
    if is_whole:
        found += [f"{at}.{name}: new" for name in made if name not in wanted]
    return found
