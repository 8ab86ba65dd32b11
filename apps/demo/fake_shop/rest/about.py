"""What the shop says about itself: index, statuses, settings, system status."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from apps.demo.fake_shop.payloads.orders import SYMBOLS
from apps.demo.fake_shop.rest.messages import Request
from apps.demo.fake_shop.rows import Json
from apps.demo.fake_shop.shop import FakeShop

NAMESPACES = ["oembed/1.0", "wc/v3", "wc/v1", "wc/pos/v1/catalog", "jetpack/v4",
              "wc-admin", "wc-analytics", "wc/store", "wc/store/v1", "wc/private",
              "wc/v2", "wc-admin-email", "wc-telemetry", "wccom-site/v3",
              "wp-abilities/v1", "wp/v2", "wp-site-health/v1", "wp-block-editor/v1"]  # fmt: skip
VISIBILITY = ("exclude-from-catalog", "exclude-from-search", "featured", "outofstock",
              *(f"rated-{stars}" for stars in range(1, 6)))  # fmt: skip
STATUSES = {
    "pending": "Pending payment", "processing": "Processing", "on-hold": "On hold",
    "completed": "Completed", "cancelled": "Cancelled", "refunded": "Refunded",
    "failed": "Failed", "checkout-draft": "Draft",
}  # fmt: skip
NAMES = {"USD": "United States (US) dollar", "EUR": "Euro", "GBP": "Pound sterling",
         "AED": "United Arab Emirates dirham"}  # fmt: skip
ENTITIES = {"USD": "&#36;", "EUR": "&euro;", "GBP": "&pound;"}


def address_of(shop: FakeShop) -> str:
    return shop.quirks.staging_url or shop.url


def index(shop: FakeShop, request: Request) -> Json:
    plugin = ["wc-luxebrain/v1"] if shop.quirks.has_plugin else []
    offset = shop.zone.offset(shop.moment()) / 3600
    return {
        "name": shop.name, "description": "", "url": address_of(shop),
        "home": address_of(shop),
        "gmt_offset": int(offset) if offset == int(offset) else offset,
        "timezone_string": shop.zone.name, "namespaces": NAMESPACES + plugin,
        "authentication": [],
    }  # fmt: skip


def statuses(shop: FakeShop, request: Request) -> list[Json]:
    return [{"slug": slug, "name": name} for slug, name in STATUSES.items()]


def order_totals(shop: FakeShop, request: Request) -> list[Json]:
    counts = dict.fromkeys(STATUSES, 0)
    for order in shop.orders:
        if order.status in counts:
            counts[order.status] += 1
    return [
        {"slug": slug, "name": STATUSES[slug], "total": n} for slug, n in counts.items()
    ]


def currency(shop: FakeShop, request: Request) -> Json:
    code, here = shop.currency, f"{request.base}/wp-json/wc/v3/data/currencies"
    return {
        "code": code, "name": NAMES.get(code, code),
        "symbol": ENTITIES.get(code, SYMBOLS.get(code, code)),
        "_links": {
            "self": [{"href": f"{here}/{code}", "targetHints": {"allow": ["GET"]}}],
            "collection": [{"href": here}],
        },
    }  # fmt: skip


def general(shop: FakeShop, request: Request) -> list[Json]:
    values = (
        ("woocommerce_store_address", "text", "Address line 1", "1 Test Street"),
        ("woocommerce_store_city", "text", "City", "San Francisco"),
        ("woocommerce_default_country", "select", "Country / State", "US:CA"),
        ("woocommerce_store_postcode", "text", "Postcode / ZIP", "94103"),
        ("woocommerce_calc_taxes", "checkbox", "Enable taxes", "yes"),
        ("woocommerce_enable_coupons", "checkbox", "Enable coupons", "yes"),
        ("woocommerce_currency", "select", "Currency", shop.currency),
        ("woocommerce_price_num_decimals", "number", "Number of decimals", "2"),
    )
    return [
        {"id": pk, "type": kind, "label": label, "default": "", "value": value}
        for pk, kind, label, value in values
    ]


def system(shop: FakeShop, request: Request) -> Json:
    """The parts that a doctor reads; WooCommerce's own answer is twice as long."""
    url = address_of(shop)
    plugins = [
        plugin("woocommerce/woocommerce.php", "WooCommerce", "10.5.0", "Automattic")
    ]
    if shop.quirks.has_plugin:
        plugins.append(
            plugin("luxebrain/luxebrain.php", "LuxeBrain", "0.1.0", "LuxeBrain")
        )
    if shop.quirks.page_cache_header:
        plugins.append(
            plugin("page-cache/page-cache.php", "Page Cache", "1.0.0", "Cache")
        )
    return {
        "environment": {
            "home_url": url, "site_url": url, "version": "10.5.0",
            "wp_version": "6.9.1", "wp_multisite": False, "wp_memory_limit": 536870912,
            "wp_debug_mode": False, "wp_cron": True, "language": "en_US",
            "external_object_cache": None, "server_info": "PHP 8.2.35",
            "php_version": "8.2.35", "php_post_max_size": 8388608,
            "php_max_execution_time": 120, "max_upload_size": 2097152,
            "mysql_version": "10.11.19", "mysql_version_string": "10.11.19-MariaDB",
            "default_timezone": "UTC", "curl_version": "7.88.1, OpenSSL/3.0.19",
            "mbstring_enabled": True, "remote_post_successful": True,
            "remote_get_successful": True,
        },
        "database": {"wc_database_version": "10.5.0", "database_prefix": "wp_"},
        "active_plugins": plugins, "inactive_plugins": [], "dropins_mu_plugins": {},
        "theme": {
            "name": "Twenty Twenty-Five", "version": "1.0", "is_child_theme": False,
            "is_block_theme": True, "has_woocommerce_support": False,
            "has_woocommerce_file": False, "has_outdated_templates": False,
        },
        "settings": settings(shop),
        "security": {"secure_connection": request.scheme == "https", "hide_errors": True},
        "pages": [], "post_type_counts": counts(shop),
        "logging": {"logging_enabled": True, "retention_period_days": 30,
                    "level_threshold": "", "log_directory_size": "2 KB",
                    "default_handler": "Automattic\\WooCommerce\\Internal\\Admin\\Logging\\LogHandlerFileV2"},
    }  # fmt: skip


def settings(shop: FakeShop) -> Json:
    return {
        "api_enabled": False, "force_ssl": False, "currency": shop.currency,
        "currency_symbol": ENTITIES.get(shop.currency, shop.currency),
        "currency_position": "left", "thousand_separator": ",",
        "decimal_separator": ".", "number_of_decimals": 2, "geolocation_enabled": False,
        "taxonomies": {"external": "external", "grouped": "grouped", "simple": "simple",
                       "variable": "variable"},
        "product_visibility_terms": {name: name for name in VISIBILITY},
        "woocommerce_com_connected": "no", "enforce_approved_download_dirs": True,
        "order_datastore": "Automattic\\WooCommerce\\Internal\\DataStores\\Orders\\OrdersTableDataStore",
        "HPOS_enabled": True, "HPOS_sync_enabled": False,
        "enabled_features": ["analytics", "marketplace", "order_attribution",
                             "custom_order_tables"],
    }  # fmt: skip


def counts(shop: FakeShop) -> list[Json]:
    found = {
        "product": len(shop.products), "product_variation": len(shop.variations),
        "shop_coupon": len(shop.coupons),
        "shop_order_placehold": len(shop.orders) + len(shop.refunds),
    }  # fmt: skip
    return [{"type": kind, "count": str(number)} for kind, number in found.items()]


def plugin(file: str, name: str, version: str, author: str) -> Json:
    return {"plugin": file, "name": name, "version": version, "version_latest": version,
            "author_name": author, "network_activated": False}  # fmt: skip


def http_date(shop: FakeShop) -> str:
    moment = shop.now().timestamp() + shop.quirks.clock_skew_seconds
    return datetime.fromtimestamp(moment, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


PAGES: dict[str, Callable[[FakeShop, Request], Any]] = {
    "orders/statuses": statuses,
    "reports/orders/totals": order_totals,
    "data/currencies/current": currency,
    "settings/general": general,
    "system_status": system,
}
