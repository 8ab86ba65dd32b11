"""What a shop says about itself: address, clock, versions, routes, plugins."""

from __future__ import annotations

import html
from datetime import datetime
from math import isfinite
from typing import Any

from apps.sync.woo.client import Answer, Client
from apps.sync.woo.decode import storable
from apps.sync.woo.errors import (
    KeysRefusedError,
    NotPermittedError,
    RequestRefusedError,
    RouteMissingError,
    ThingMissingError,
)

LONGEST = 300
# WooCommerce's keys open what begins with wc-.
PLUGIN = "wc-luxebrain/v1"
# Only what is needed: the whole report makes the shop call out to other servers.
STATUS_FIELDS = ",".join(
    [
        *(
            f"environment.{name}"
            for name in (
                "home_url", "site_url", "version", "wp_version", "wp_multisite",
                "wp_memory_limit", "wp_cron", "php_version", "php_max_execution_time",
            )
        ),
        "settings.currency", "settings.HPOS_enabled", "active_plugins",
    ]
)  # fmt: skip
# By the folder of the plugin.
PAGE_CACHES = {
    "wp-rocket": "WP Rocket",
    "w3-total-cache": "W3 Total Cache",
    "litespeed-cache": "LiteSpeed Cache",
    "wp-super-cache": "WP Super Cache",
    "wp-fastest-cache": "WP Fastest Cache",
    "sg-cachepress": "SiteGround Optimizer",
    "cache-enabler": "Cache Enabler",
    "autoptimize": "Autoptimize",
    "wp-optimize": "WP-Optimize",
    "hummingbird-performance": "Hummingbird",
    "breeze": "Breeze",
    "comet-cache": "Comet Cache",
    "swift-performance-lite": "Swift Performance",
    "nitropack": "NitroPack",
    "flying-press": "FlyingPress",
    "perfmatters": "Perfmatters",
    "wp-cloudflare-page-cache": "Super Page Cache",
    "nginx-helper": "Nginx Helper",
}
CURRENCY_PLUGINS = {
    "woocommerce-currency-switcher": "FOX Currency Switcher",
    "woo-multi-currency": "CURCY",
    "woocommerce-multi-currency": "CURCY",
    "currency-switcher-woocommerce": "Currency Switcher",
    "woocommerce-multilingual": "WooCommerce Multilingual",
    "woocommerce-aelia-currencyswitcher": "Aelia Currency Switcher",
    "woocommerce-price-based-country": "Price Based on Country",
    "woocommerce-product-price-based-on-countries": "Price Based on Country",
    "yith-multi-currency-switcher-for-woocommerce": "YITH Multi Currency Switcher",
    "woo-payments-multi-currency": "WooPayments Multi-Currency",
}
# Of every shop; what plugins add is asked for.
CORE_STATUSES = [
    "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed",
    "checkout-draft",
]  # fmt: skip
Facts = dict[str, Any]


def ask(client: Client, at: datetime) -> Facts:
    """A dozen plain values; None where the shop does not say.

    Raises what `Client` raises when the shop does not answer or refuses the keys.
    """
    index = ask_index(client)
    status = ask_status(client)
    environment, settings = part(status, "environment"), part(status, "settings")
    plugins = folders(status.get("active_plugins"))
    said = index.data if isinstance(index.data, dict) else {}
    spaces = said.get("namespaces")
    return {
        "learned_at": at.isoformat(),
        "name": html.unescape(text(said.get("name"))),
        "home_url": text(said.get("home") or environment.get("home_url")),
        "site_url": text(said.get("url") or environment.get("site_url")),
        "time_zone": text(said.get("timezone_string")),
        "gmt_offset": number(said.get("gmt_offset")),
        "currency": text(settings.get("currency")) or ask_currency(client),
        "woocommerce": text(environment.get("version")),
        "wordpress": text(environment.get("wp_version")),
        "php": text(environment.get("php_version")),
        "php_memory": number(environment.get("wp_memory_limit")),
        "php_seconds": number(environment.get("php_max_execution_time")),
        "wp_cron": boolean(environment.get("wp_cron")),
        "multisite": boolean(environment.get("wp_multisite")),
        "hpos": boolean(settings.get("HPOS_enabled")),
        "routes": {
            "variations": has_route(client, "variations"),
            "refunds": has_route(client, "refunds"),
        },
        "order_statuses": ask_statuses(client),
        "has_plugin": isinstance(spaces, list) and PLUGIN in spaces,
        "page_caches": named(plugins, PAGE_CACHES),
        "currency_plugins": named(plugins, CURRENCY_PLUGINS),
        "clock_skew_seconds": skew(index, at),
    }


def ask_index(client: Client) -> Answer:
    """Security plugins hide it from strangers, and the keys open only WooCommerce's
    part: then the rest must tell."""
    try:
        answer = client.index()
    except (KeysRefusedError, NotPermittedError):
        return Answer(data={}, total=None, shop_at=None)
    spaces = answer.data.get("namespaces") if isinstance(answer.data, dict) else None
    if isinstance(spaces, list) and "wc/v3" not in spaces:
        raise RouteMissingError("WooCommerce is not active at this address.")
    return answer


def ask_status(client: Client) -> Facts:
    try:
        data = client.get("system_status", _fields=STATUS_FIELDS).data
        if isinstance(data, dict) and not data.get("environment"):
            # Before WordPress 5.3 a part of a part could not be asked for.
            data = client.get("system_status").data
    except (NotPermittedError, RouteMissingError):
        return {}
    return data if isinstance(data, dict) else {}


def ask_currency(client: Client) -> str:
    try:
        return text(part(client.get("data/currencies/current").data).get("code"))
    except (NotPermittedError, RouteMissingError, ThingMissingError):
        return ""


def ask_statuses(client: Client) -> list[str]:
    """Plugins add their own, and a list by status must name them all."""
    for path in ("orders/statuses", "reports/orders/totals"):
        try:
            data = client.get(path).data
        except (
            NotPermittedError,
            RouteMissingError,
            ThingMissingError,
            RequestRefusedError,
        ):
            continue
        rows = data if isinstance(data, list) else []
        found = [text(row.get("slug")) for row in rows if isinstance(row, dict)]
        if any(found):
            return list(dict.fromkeys([*filter(None, found), "checkout-draft"]))
    return CORE_STATUSES


def has_route(client: Client, path: str) -> bool:
    """Older stores lack some lists, and answer to the asking better than their index,
    which is a quarter of a megabyte."""
    try:
        client.get(path, per_page=1, _fields="id")
    except (RouteMissingError, ThingMissingError):
        return False
    return True


def skew(answer: Answer, at: datetime) -> int | None:
    """Positive when the shop's clock is ahead."""
    return round((answer.shop_at - at).total_seconds()) if answer.shop_at else None


def folders(plugins: Any) -> set[str]:
    """ "wp-rocket/wp-rocket.php" is the plugin wp-rocket."""
    rows = plugins if isinstance(plugins, list) else []
    return {
        text(row.get("plugin")).split("/")[0] for row in rows if isinstance(row, dict)
    }


def named(plugins: set[str], known: dict[str, str]) -> list[str]:
    return sorted({name for folder, name in known.items() if folder in plugins})


def part(data: Any, name: str = "") -> Facts:
    found = data.get(name) if name and isinstance(data, dict) else data
    return found if isinstance(found, dict) else {}


def text(value: Any) -> str:
    known = isinstance(value, str | int | float)
    return storable(str(value))[:LONGEST] if known else ""


def number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
