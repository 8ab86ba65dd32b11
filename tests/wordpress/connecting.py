"""A shop with WooCommerce, a LuxeBrain that takes codes, and what stands on the screen."""

from __future__ import annotations

import base64
import json

from tests.wordpress.brain import CONNECT, KEY, Brain
from tests.wordpress.site import Site
from tests.wordpress.visitor import Visitor

SCREEN = "/wp-admin/admin.php?page=luxebrain"
CODE = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
PUBLISHABLE = "pk_0123456789abcdefghijklmn"
LINKED = {
    "store": "maison",
    "store_name": "Maison",
    "secret_key": KEY,
    "publishable_key": PUBLISHABLE,
    "warnings": [],
}
STATUS = {
    "store": "maison",
    "store_name": "Maison",
    "shop": "",
    "sync": {"state": "done", "text": "Everything is copied.", "at": None},
    "webhooks": {"active": 0, "wanted": 15, "last_at": None},
    "last_event_at": None,
    "troubles": [],
    "now": "",
}


def code_of(url: str, code: str = CODE) -> str:
    told = json.dumps({"url": url, "code": code}).encode()
    return "lbc1_" + base64.urlsafe_b64encode(told).decode().rstrip("=")


def open_shop(site: Site) -> Site:
    site.php("activate_plugin('woocommerce/woocommerce.php');")
    site.database.sql(
        "DELETE FROM wp_woocommerce_api_keys; DELETE FROM wp_wc_webhooks;"
        "REPLACE wp_options (option_name, option_value) VALUES "
        "('woocommerce_currency', 'EUR'), ('timezone_string', 'Europe/Berlin'), "
        "('woocommerce_version', '10.5.0'), ('permalink_structure', '/%postname%/');",
        "wordpress",
    )
    return site


def welcome(brain: Brain) -> Brain:
    brain.answers |= {
        CONNECT: (200, LINKED),
        "GET /api/v1/connect/plugin/": (200, STATUS),
        "DELETE /api/v1/connect/plugin/": (204, ""),
    }
    return brain


def paste(visitor: Visitor, code: str):
    return press(visitor, "luxebrain_connect", code=code)


def press(visitor: Visitor, action: str, **fields: str):
    """The form of the screen whose hidden action this is."""
    return visitor.send_action(visitor.open(SCREEN), action, **fields)


def woo_keys(site: Site) -> list[list[str]]:
    rows = site.database.sql(
        "SELECT user_id, permissions, consumer_key, consumer_secret, truncated_key "
        "FROM wp_woocommerce_api_keys ORDER BY key_id",
        "wordpress",
    )
    return [line.split("\t") for line in rows.splitlines()]


def connection(site: Site) -> dict[str, str]:
    return site.php("return LuxeBrain\\Settings::all();")
