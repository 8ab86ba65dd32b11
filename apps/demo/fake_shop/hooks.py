"""Webhooks: what is queued, and what is sent when WP-Cron runs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from apps.demo.fake_shop.rows import Webhook
from apps.demo.fake_shop.state import State

# (address, headers in wire order, body) -> status; 0 where nobody answered.
Transport: TypeAlias = Callable[[str, dict[str, str], bytes], int]

HOOKS = {
    "order.created": ["woocommerce_new_order"],
    "order.updated": ["woocommerce_update_order", "woocommerce_order_refunded"],
    "order.deleted": ["wp_trash_post", "woocommerce_trash_order"],
    "order.restored": ["untrashed_post", "woocommerce_untrash_order"],
    "customer.created": ["user_register", "woocommerce_created_customer", "woocommerce_new_customer"],
    "customer.updated": ["profile_update", "woocommerce_update_customer"],
    "customer.deleted": ["delete_user"],
    "product.created": ["woocommerce_process_product_meta", "woocommerce_new_product", "woocommerce_new_product_variation"],
    "product.updated": ["woocommerce_process_product_meta", "woocommerce_update_product", "woocommerce_update_product_variation"],
    "product.deleted": ["wp_trash_post"],
    "product.restored": ["untrashed_post"],
    "coupon.created": ["woocommerce_process_shop_coupon_meta", "woocommerce_new_coupon"],
    "coupon.updated": ["woocommerce_process_shop_coupon_meta", "woocommerce_update_coupon"],
    "coupon.deleted": ["wp_trash_post"],
    "coupon.restored": ["untrashed_post"],
}  # fmt: skip
AGENT = "WooCommerce/10.5.0 Hookshot (WordPress/6.9.1)"
ENCODINGS = "deflate, gzip, br, zstd"
ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#039;": "'"}
PING_SECONDS = 5
# The seventh failure in a row disables; the counter itself stays at six.
PATIENCE = 6


@dataclass(frozen=True)
class Delivery:
    """Waits for cron; its payload is built only when it goes."""

    webhook_id: int
    topic: str
    resource_id: int
    url: str


@dataclass(frozen=True)
class Sent:
    delivery: Delivery
    status: int
    headers: dict[str, str]
    body: bytes


def php_json(value: object) -> bytes:
    """As PHP writes it: "\\/" and \\uXXXX."""
    plain = json.dumps(value, separators=(",", ":"))
    return plain.replace("/", "\\/").encode("ascii")


def sign(secret: str, body: bytes) -> str:
    for entity, letter in ENTITIES.items():
        secret = secret.replace(entity, letter)
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def send(url: str, headers: dict[str, str], body: bytes) -> int:
    """Over the wire with exactly these headers; no redirect is followed."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection  # fmt: skip
    timeout = 60 if "X-WC-Webhook-ID" in headers else PING_SECONDS
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


class Hooks(State):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.transport: Transport = send
        self.queue: dict[tuple[int, int], Delivery] = {}

    def resource(self, topic: str, pk: int) -> Any:
        """The payload for a delivery, as the key's owner would read it now."""
        raise NotImplementedError

    def tell(self, topic: str, pk: int) -> None:
        """Queue for each active webhook; a change that waits already is merged."""
        for hook in self.webhooks:
            if hook.topic == topic and hook.status == "active":
                self.queue.setdefault(
                    (hook.id, pk), Delivery(hook.id, topic, pk, hook.url)
                )

    @property
    def pending(self) -> list[Delivery]:
        with self.lock:
            return list(self.queue.values())

    def drop(self, deliveries: list[Delivery]) -> None:
        """Lost on the way: nobody will try again."""
        with self.lock:
            for delivery in deliveries:
                self.queue.pop((delivery.webhook_id, delivery.resource_id), None)

    def deliver(
        self,
        transport: Transport | None = None,
        pick: Callable[[list[Delivery]], list[Delivery]] | None = None,
    ) -> list[Sent]:
        """Send what `pick` returns, in its order, twice what it names twice.

        What it leaves out waits for the next call.
        """
        with self.lock:  # two runs at once never send the same one
            chosen = pick(self.pending) if pick else self.pending
            self.drop(chosen)
        sent = [self.send_one(one, transport or self.transport) for one in chosen]
        return [one for one in sent if one is not None]

    def send_one(self, delivery: Delivery, transport: Transport) -> Sent | None:
        with self.lock:
            hook = self.webhooks.get(delivery.webhook_id)
            if hook is None or hook.status != "active":
                return None
            body = php_json(self.resource(delivery.topic, delivery.resource_id))
            headers = self.headers(hook, body)
            url = hook.url
        # Outside the lock: whoever receives may read the shop before answering.
        status = transport(url, headers, body)
        self.record(hook, status)
        if hook.wants_ping and hook.status == "active" and status:
            self.ping(hook, transport)
        return Sent(delivery, status, headers, body)

    def headers(self, hook: Webhook, body: bytes) -> dict[str, str]:
        resource, event = hook.topic.split(".")
        second = f"{self.seed}:{hook.id}:{self.moment()}".encode()
        return {
            "Host": urlsplit(hook.url).netloc,
            "User-Agent": AGENT,
            "Accept": "*/*",
            "Accept-Encoding": ENCODINGS,
            "Content-Type": "application/json",
            "X-WC-Webhook-Source": f"{self.url}/",
            "X-WC-Webhook-Topic": hook.topic,
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": sign(hook.secret, body),
            "X-WC-Webhook-ID": str(hook.id),
            # Of the webhook and the second only: two in one second share it.
            "X-WC-Webhook-Delivery-ID": hashlib.md5(second, usedforsecurity=False).hexdigest(),
            "Connection": "close",
            "Content-Length": str(len(body)),
        }  # fmt: skip

    def record(self, hook: Webhook, status: int) -> None:
        with self.lock:
            if 200 <= status < 300 or status in (301, 302):
                hook.failures = 0
            elif hook.failures >= PATIENCE:
                hook.status = "disabled"
            else:
                hook.failures += 1
            hook.modified = self.moment()

    def ping(self, hook: Webhook, transport: Transport | None = None) -> int:
        body = f"webhook_id={hook.id}".encode()
        status = (transport or self.transport)(
            hook.url,
            {
                "Host": urlsplit(hook.url).netloc,
                "User-Agent": AGENT,
                "Accept": "*/*",
                "Accept-Encoding": ENCODINGS,
                "Connection": "close",
                "Content-Length": str(len(body)),
                "Content-Type": "application/x-www-form-urlencoded",
            },
            body,
        )
        # Anything but exactly 200 means another ping at each later save.
        hook.wants_ping = status != 200
        return status

    def add_webhook(
        self, topic: str, url: str, secret: str = "", name: str = "", status: str = "active"
    ) -> int:  # fmt: skip
        """Pings while the caller waits, as POST /webhooks does."""
        with self.lock:
            number = self.next_id("webhook")
            moment = self.moment()
            made = secret or f"{self.random.getrandbits(240):060x}"[:50]
            hook = self.webhooks.add(
                Webhook(number, name or f"Webhook created on {moment}", topic, url,
                        made, moment, None, status)
            )  # fmt: skip
        if status == "active":
            self.ping(hook)
            hook.modified = moment
        return number
