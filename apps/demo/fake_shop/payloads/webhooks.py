from __future__ import annotations

from apps.demo.fake_shop.hooks import HOOKS
from apps.demo.fake_shop.payloads.products import links
from apps.demo.fake_shop.rows import Json, Webhook
from apps.demo.fake_shop.state import State


def webhook(shop: State, row: Webhook, base: str) -> Json:
    """Its secret is never shown again."""
    created, created_gmt = shop.zone.both(row.created)
    changed, changed_gmt = shop.zone.both(row.modified)
    resource, event = row.topic.split(".")
    return {
        "id": row.id, "name": row.name, "status": row.status, "topic": row.topic,
        "resource": resource, "event": event, "hooks": HOOKS[row.topic],
        "delivery_url": row.url, "date_created": created, "date_created_gmt": created_gmt,
        "date_modified": changed, "date_modified_gmt": changed_gmt,
        "_links": links(base, "webhooks", row.id),
    }  # fmt: skip
