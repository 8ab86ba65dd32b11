"""The part of an examination about what the shop sends us."""

from __future__ import annotations

from datetime import datetime

from apps.sync.models import Connection, Hook
from apps.sync.services import hooks, sentinel
from apps.sync.services.doctor.check import Check, ok, warn


def hook_checks(connection: Connection, at: datetime) -> list[Check]:
    if not hooks.can_arrive(connection):
        return [
            warn(
                "Webhooks",
                "Your shop cannot reach LuxeBrain, which has no public address. Changes are found by looking every few minutes.",
                "Give LuxeBrain an address on the internet and set it as PUBLIC_URL.",
            )
        ]
    found = list(Hook.objects.of(connection.store))
    there = {hook.topic for hook in found if hook.status == "active"}
    lacking = [topic for topic in hooks.TOPICS if topic not in there]
    if lacking:
        return [
            warn(
                "Webhooks",
                f"{len(lacking)} of {len(hooks.TOPICS)} webhooks are missing or off.",
                "Nothing, if you connected just now: they are made within minutes. If it stays so, connect again with keys of an administrator.",
            )
        ]
    return [ok("Webhooks", "All webhooks are there."), heard(connection, at)]


def heard(connection: Connection, at: datetime) -> Check:
    heard_at = sentinel.last_heard(connection)
    if sentinel.is_silent(connection, at):
        return warn(
            "Deliveries",
            "Orders changed in the shop, but no webhook has arrived for hours.",
            "See WooCommerce → Status → Scheduled actions for “woocommerce_deliver_webhook_async”: pending ones mean that WP-Cron does not run, failed ones that a firewall stops them.",
        )
    if heard_at is None:
        return ok(
            "Deliveries",
            "No webhook has arrived yet; the first comes with the next change in the shop.",
        )
    minutes = max(0, int((at - heard_at).total_seconds() // 60))
    return ok("Deliveries", f"The last webhook arrived {ago(minutes)} ago.")


def ago(minutes: int) -> str:
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 72 * 60 else f"{minutes // 1440} days"
