"""/wc-auth/v1/authorize: the merchant's page with Approve, and the hand-over of keys."""

from __future__ import annotations

import html
import http.client
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from apps.demo.fake_shop.rest.messages import Answer, Request
from apps.demo.fake_shop.shop import FakeShop

NEEDED = ("app_name", "user_id", "return_url", "callback_url", "scope")
SCOPES = ("read", "write", "read_write")
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1>{body}
</body></html>"""
FORM = """<p>This will give "{name}" {scope} access to {shop}.</p>
<form method="post" action="/wc-auth/v1/access_granted?{query}"><button>Approve</button></form>
<p><a href="{back}">No, I do not approve</a></p>"""


def answer(shop: FakeShop, request: Request) -> Answer:
    given = request.query
    wrong = next((name for name in NEEDED if not given.get(name)), "")
    if wrong:
        return page(401, f"Missing parameter {wrong}")
    if given["scope"] not in SCOPES:
        return page(401, f"Invalid scope {given['scope']}")
    if not given["callback_url"].startswith("https://") and not is_local(
        given["callback_url"]
    ):
        return page(401, "The callback_url needs to be over SSL")
    if request.path.rstrip("/") == "/wc-auth/v1/authorize":
        return ask(shop, given)
    if (
        request.path.rstrip("/") == "/wc-auth/v1/access_granted"
        and request.method == "POST"
    ):
        return grant(shop, given)
    return page(404, "Not found")


def is_local(url: str) -> bool:
    """WooCommerce wants https here; this machine's own address has none to offer."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost")


def page(status: int, title: str, body: str = "") -> Answer:
    text = PAGE.format(title=html.escape(title), body=body)
    headers = {"Content-Type": "text/html; charset=UTF-8"}
    return Answer(status, text.encode(), headers, is_raw=True)


def ask(shop: FakeShop, given: dict[str, Any]) -> Answer:
    back = with_query(
        given["return_url"], {"success": "0", "user_id": given["user_id"]}
    )
    body = FORM.format(
        name=html.escape(given["app_name"]), scope=html.escape(given["scope"]),
        shop=html.escape(shop.name), query=html.escape(urlencode(given)),
        back=html.escape(back),
    )  # fmt: skip
    return page(200, f"{given['app_name']} would like to connect to your store", body)


def grant(shop: FakeShop, given: dict[str, Any]) -> Answer:
    """Keys go to the callback, unsigned; only its 200 sends the browser back."""
    key = shop.add_key(given["scope"])
    body = {
        "key_id": len(shop.keys), "user_id": given["user_id"], "consumer_key": key.key,
        "consumer_secret": key.secret, "key_permissions": given["scope"],
    }  # fmt: skip
    status = post(shop, given["callback_url"], json.dumps(body).encode())
    if status != 200:
        del shop.keys[key.key]
        return page(401, "An error occurred in the request and at the time were unable to send the consumer data")  # fmt: skip
    back = with_query(
        given["return_url"], {"success": "1", "user_id": given["user_id"]}
    )
    made = page(302, "Approved")
    made.headers["Location"] = back
    return made


def with_query(url: str, extra: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query), *extra.items()])
    return parts._replace(query=query).geturl()


def post(shop: FakeShop, url: str, body: bytes) -> int:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection  # fmt: skip
    connection = kind(parts.hostname or "", parts.port, timeout=60)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "User-Agent": f"WordPress/6.9.1; {shop.url}", "Accept": "*/*",
        "Content-Type": "application/json;charset=UTF-8", "Connection": "close",
    }  # fmt: skip
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
