"""Who asks: Basic and query keys over https, OAuth 1.0a over http, as WooCommerce checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections import deque
from typing import Any
from urllib.parse import parse_qsl, quote

from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.rest.messages import Request
from apps.demo.fake_shop.rows import Key
from apps.demo.fake_shop.shop import FakeShop

WINDOW_SECONDS = 15 * 60
NEEDED = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce",
          "oauth_signature", "oauth_signature_method")  # fmt: skip
MANAGERS = ("administrator", "shop_manager")


def refuse(message: str) -> RestError:
    return RestError(401, "woocommerce_rest_authentication_error", message)


class Auth:
    def __init__(self, shop: FakeShop) -> None:
        self.shop = shop
        self.nonces: set[tuple[str, str]] = set()
        self.spent: deque[tuple[float, str, str]] = deque()

    def caller(self, request: Request) -> Key | None:
        """None where nobody is named, which is not yet an error."""
        if request.scheme == "https":
            return self.by_secret(*self.named(request))
        found = {**oauth_header(request), **request.query}
        if not any(name.startswith("oauth_") for name in found):
            return None
        return self.by_signature(request, found)

    def named(self, request: Request) -> tuple[str, str]:
        query = request.query
        if query.get("consumer_key"):
            return query["consumer_key"], query.get("consumer_secret", "")
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "basic":
            return "", ""
        try:
            key, _, secret = base64.b64decode(value).decode().partition(":")
        except ValueError:
            return "", ""
        return key, secret

    def by_secret(self, key: str, secret: str) -> Key | None:
        found = self.shop.keys.get(key)
        if found is None:
            return None
        if not hmac.compare_digest(found.secret, secret):
            raise refuse("Consumer secret is invalid.")
        return found

    def by_signature(self, request: Request, found: dict[str, Any]) -> Key:
        missing = [name for name in NEEDED if not found.get(name)]
        if missing:
            names = ", ".join(missing)
            raise RestError(
                401, "woocommerce_rest_authentication_missing_parameter",
                f"Missing OAuth parameter(s) {names}",
            )  # fmt: skip
        key = self.shop.keys.get(found["oauth_consumer_key"])
        if key is None:
            raise refuse("Consumer key is invalid.")
        method = found["oauth_signature_method"]
        if method not in ("HMAC-SHA1", "HMAC-SHA256"):
            raise refuse("Invalid signature - signature method is invalid.")
        wanted = signature(request, found, key.secret, method)
        given = found["oauth_signature"].replace(" ", "+")
        if not hmac.compare_digest(wanted, given):
            raise refuse("Invalid signature - provided signature does not match.")
        self.spend(key.key, found["oauth_timestamp"], found["oauth_nonce"])
        return key

    def spend(self, key: str, stamp: str, nonce: str) -> None:
        now = time.time() + self.shop.quirks.clock_skew_seconds
        if not stamp.isdigit() or abs(now - int(stamp)) > WINDOW_SECONDS:
            raise refuse("Invalid timestamp.")
        with self.shop.lock:
            while self.spent and self.spent[0][0] < now - 2 * WINDOW_SECONDS:
                self.nonces.discard(self.spent.popleft()[1:])
            if (key, nonce) in self.nonces:
                raise refuse("Invalid nonce - nonce has already been used.")
            self.nonces.add((key, nonce))
            self.spent.append((now, key, nonce))


def oauth_header(request: Request) -> dict[str, str]:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "oauth":
        return {}
    pairs = (part.strip().partition("=") for part in value.split(","))
    return {name: dict(parse_qsl(f"v={text.strip(chr(34))}")).get("v", "")
            for name, _, text in pairs if name.startswith("oauth_")}  # fmt: skip


def signature(request: Request, found: dict[str, Any], secret: str, method: str) -> str:
    """RFC 5849, 3.4: over the query as PHP merged it, so a repeated name counts once."""
    pairs = []
    for name, value in found.items():
        if isinstance(value, list):
            pairs += [(f"{name}[{at}]", one) for at, one in enumerate(value)]
        elif name != "oauth_signature":
            pairs.append((name, value))
    encoded = sorted((escape(name), escape(value)) for name, value in pairs)
    text = "&".join(f"{name}={value}" for name, value in encoded)
    address = f"{request.base}{request.path}"
    base = "&".join((request.method.upper(), escape(address), escape(text)))
    kind = hashlib.sha256 if method == "HMAC-SHA256" else hashlib.sha1
    digest = hmac.new(f"{secret}&".encode(), base.encode(), kind).digest()
    return base64.b64encode(digest).decode()


def escape(text: str) -> str:
    return quote(str(text), safe="-._~")


def check_rights(
    key: Key | None, *, is_write: bool, is_new: bool, is_closed: bool
) -> None:
    """What the key may, then what its owner may."""
    status = 401 if key is None else 403
    if key is not None:
        if is_write and key.permissions == "read":
            raise refuse("The API key provided does not have write permissions.")
        if not is_write and key.permissions == "write":
            raise refuse("The API key provided does not have read permissions.")
    if is_closed and (key is None or key.role not in MANAGERS):
        if is_new:
            message = "Sorry, you are not allowed to create resources."
            raise RestError(status, "woocommerce_rest_cannot_create", message)
        if is_write:
            message = "Sorry, you are not allowed to edit this resource."
            raise RestError(status, "woocommerce_rest_cannot_edit", message)
        message = "Sorry, you cannot list resources."
        raise RestError(status, "woocommerce_rest_cannot_view", message)
