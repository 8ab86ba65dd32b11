"""The part of an examination that needs only what the shop said about itself."""

from __future__ import annotations

import re
from typing import Any

from apps.sync.models import Connection
from apps.sync.services.doctor.check import Check, bad, ok, warn
from apps.sync.services.reach import other_currency
from apps.sync.woo.address import is_same_address

OLDEST_WOOCOMMERCE, OLDEST_WORDPRESS = (8, 0), (6, 1)
# WordPress itself asks for 64 MB; exports of 100 orders need more.
LEAST_MEMORY = 128 * 1024 * 1024
LEAST_SECONDS = 30
DATABASE = "https://woocommerce.com/document/high-performance-order-storage/"


def facts_checks(connection: Connection, facts: dict[str, Any] | None) -> list[Check]:
    if not facts:
        return []
    found = [
        whose(connection, facts),
        version("WooCommerce", facts["woocommerce"], OLDEST_WOOCOMMERCE),
        version("WordPress", facts["wordpress"], OLDEST_WORDPRESS),
        order_tables(facts["hpos"]),
        cron(facts["wp_cron"]),
        *server(facts),
        caches(facts["page_caches"]),
        money(connection, facts),
        *times(connection, facts),
    ]
    return [check for check in found if check]


def whose(connection: Connection, facts: dict[str, Any]) -> Check:
    home = facts["home_url"]
    if not home:
        return warn(
            "Same shop",
            "The shop does not say what its address is, so LuxeBrain will not change anything in it.",
            "In your security plugin allow /wp-json/ for everyone, then check again.",
        )
    if is_same_address(home, connection.url):
        return ok("Same shop", f"It is the shop that you connected: {facts['name']}.")
    return bad(
        "Same shop",
        f"You connected {connection.url}, but the shop says that it is {home}. It may be a copy, so LuxeBrain changes nothing there.",
        "Connect the real shop. If the address is an old one, correct it in WordPress → Settings → General, or connect again with the new address.",
    )


def version(name: str, said: str, oldest: tuple[int, int]) -> Check:
    parts = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    if not parts:
        return ok(name, f"The shop does not tell its version of {name} to these keys.")
    if parts >= oldest:
        return ok(name, f"{name} {said} is supported.")
    wanted = ".".join(str(part) for part in oldest)
    return bad(
        name,
        f"{name} {said} is too old; LuxeBrain needs {wanted} or newer.",
        f"Make a backup, then update {name} in WordPress → Dashboard → Updates.",
    )


def order_tables(is_on: bool | None) -> Check | None:
    if is_on is None:
        return None
    if is_on:
        return ok("Order tables", "Orders are kept in WooCommerce's fast order tables.")
    return warn(
        "Order tables",
        "Orders are kept in WordPress's old tables, which makes reading them slower.",
        f"Switch on “High-performance order storage” in WooCommerce → Settings → Advanced → Features: {DATABASE}",
    )


def cron(is_on: bool | None) -> Check | None:
    if is_on is None:
        return None
    if is_on:
        return ok("WP-Cron", "WordPress runs its jobs itself, when somebody visits.")
    return warn(
        "WP-Cron",
        "WP-Cron is off (DISABLE_WP_CRON). Unless the server calls it, webhooks are sent late or never.",
        "Make sure that your host calls wp-cron.php every minute, or remove DISABLE_WP_CRON from wp-config.php.",
    )


def server(facts: dict[str, Any]) -> list[Check]:
    found = []
    memory, seconds = facts["php_memory"], facts["php_seconds"]
    if memory and 0 < memory < LEAST_MEMORY:
        found.append(
            warn(
                "Memory",
                f"WordPress may use only {memory / 1024 / 1024:.0f} MB of memory; long lists may fail.",
                "Set WP_MEMORY_LIMIT to 256M in wp-config.php, or ask your host.",
            )
        )
    if seconds and 0 < seconds < LEAST_SECONDS:
        found.append(
            warn(
                "Time limit",
                f"PHP stops after {seconds:.0f} seconds; long lists may fail.",
                "Ask your host to set max_execution_time to 60 or more.",
            )
        )
    return found


def caches(names: list[str]) -> Check:
    if not names:
        return ok("Page caches", "No page cache plugin that could keep old answers.")
    return warn(
        "Page caches",
        f"{', '.join(names)} may keep pages, and with them old answers of the REST API.",
        "In its settings exclude /wp-json/, /cart/, /checkout/ and /my-account/ from the cache, and scripts named “luxebrain” from being delayed or combined.",
    )


def money(connection: Connection, facts: dict[str, Any]) -> Check | None:
    ours = connection.store.currency
    if theirs := other_currency(connection.store, facts):
        return bad(
            "Currency",
            f"The shop sells in {theirs}, but this store is kept in {ours}, so no sum counts its orders.",
            f"Open a store in LuxeBrain whose currency is {theirs}, and connect the shop there.",
        )
    if plugins := facts["currency_plugins"]:
        return warn(
            "Currency",
            f"{', '.join(plugins)} sells in several currencies. Orders keep theirs; sums are made in {ours} only.",
            "Look at “Data quality” after the first sync: it lists the orders in other currencies.",
        )
    return (
        ok("Currency", f"Shop and store both use {ours}.")
        if facts["currency"]
        else None
    )


def times(connection: Connection, facts: dict[str, Any]) -> list[Check]:
    ours, theirs = connection.store.time_zone, facts["time_zone"]
    if not theirs or theirs == ours:
        return []
    return [
        warn(
            "Time zone",
            f"The shop's days are those of {theirs}, this store's those of {ours}, so sums by day differ from WooCommerce's.",
            f"Set the time zone to {theirs} under “Store settings”.",
        )
    ]
