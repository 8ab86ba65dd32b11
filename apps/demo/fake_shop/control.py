"""/__fake__/: how another process watches and moves the fake. No WooCommerce has it."""

from __future__ import annotations

import json
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from typing import Any

from apps.demo.fake_shop.errors import RestError
from apps.demo.fake_shop.rest.messages import Request
from apps.demo.fake_shop.shop import FakeShop

KINDS = ("products", "variations", "customers", "orders", "refunds", "coupons",
         "categories", "tags", "attributes", "terms")  # fmt: skip
VERBS = frozenset((
    "add_category", "add_tag", "add_attribute", "add_product", "add_variation",
    "edit_product", "edit_variation", "edit_category", "edit_tag", "trash_product",
    "restore_product", "delete_product", "delete_variation", "delete_category",
    "delete_tag", "add_customer", "edit_customer", "delete_customer", "add_coupon",
    "edit_coupon", "trash_coupon", "restore_coupon", "delete_coupon", "place_order",
    "open_checkout", "finish_checkout", "set_order_status", "edit_order", "refund",
    "delete_refund", "trash_order", "untrash_order", "delete_order", "add_note",
    "trash_page", "run_cron",
))  # fmt: skip


def handle(handler: BaseHTTPRequestHandler, shop: FakeShop, request: Request) -> None:
    path = request.path.removeprefix("/__fake__/")
    if path.startswith("truth/"):
        stream(handler, shop, path.removeprefix("truth/"))
        return
    try:
        status, body = 200, answer(shop, path, request)
    except RestError as refusal:
        status, body = refusal.status, refusal.body()
    except (KeyError, TypeError, ValueError) as error:
        status, body = 400, {"code": "bad_request", "message": str(error)}
    text = json.dumps(body).encode()
    handler.send_response_only(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)
    handler.wfile.flush()


def answer(shop: FakeShop, path: str, request: Request) -> Any:
    fields = json.loads(request.body) if request.body else {}
    if path == "counts":
        counts = {kind: len(shop.table(kind)) for kind in KINDS}
        return {**counts, "pending": len(shop.pending), "webhooks": len(shop.webhooks)}
    if path == "act":
        if fields["verb"] not in VERBS:
            raise KeyError(f"no such verb: {fields['verb']}")
        act: Any = getattr(shop, fields["verb"])
        args = fields.get("args") or {}
        if not isinstance(args, dict):
            return {"result": act(*args)}
        if "id" in args:
            args["pk"] = args.pop("id")
        return {"result": act(**args)}
    if path == "quirks":
        for name, value in fields.items():
            if not hasattr(shop.quirks, name):
                raise KeyError(f"no such quirk: {name}")
            setattr(shop.quirks, name, value)
        return asdict(shop.quirks)
    if path == "deliver":
        return [
            {"topic": one.delivery.topic, "id": one.delivery.resource_id, "status": one.status}
            for one in shop.deliver()
        ]  # fmt: skip
    if path == "pending":
        return [asdict(one) for one in shop.pending]
    raise KeyError(f"no such page: {path}")


def stream(handler: BaseHTTPRequestHandler, shop: FakeShop, kind: str) -> None:
    """A line for each object, as many as there are, without holding them at once."""
    handler.send_response_only(200)
    handler.send_header("Content-Type", "application/x-ndjson")
    handler.send_header("Connection", "close")
    handler.end_headers()
    for row in shop.living(kind):
        handler.wfile.write(json.dumps(row).encode() + b"\n")
    handler.wfile.flush()
    handler.close_connection = True
