"""What a real WooCommerce answered, by file: tests/sync/fixtures/woocommerce/README.md."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "fixtures" / "woocommerce"


@cache
def recording(name: str) -> Any:
    """As it is in the file: `rest/orders_page1`."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def body(name: str) -> Any:
    return recording(name)["response"]["body"]


def deliveries() -> list[dict[str, Any]]:
    """Every webhook that was recorded, those to a secret of entities too."""
    found = []
    for name in ("deliveries", "deliveries_more", "checkout_deliveries"):
        found += [
            {**item, "file": name}
            for item in recording(f"webhooks/{name}")
            if item.get("body_base64") is not None
            if headers(item).get("x-wc-webhook-topic")
        ]
    return found


def headers(item: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in item["headers_in_wire_order"]}


def raw(item: dict[str, Any]) -> bytes:
    return base64.b64decode(item["body_base64"])
