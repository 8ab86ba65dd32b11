"""A connection with a past: syncs, webhooks, a proof with repairs, and open notices."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal

from apps.accounts.models import Store
from apps.accounts.services import sealed
from apps.sync.models import (
    Certificate,
    CertificateLine,
    Connection,
    Delivery,
    Difference,
    Hook,
    Run,
    Step,
)
from apps.sync.services.hooks import TOPICS
from apps.sync.services.notices import close_notice, open_notice

KINDS = (
    "attributes", "terms", "categories", "tags", "products", "variations", "customers",
    "coupons", "orders", "refunds",
)  # fmt: skip
FACTS = {
    "learned_at": "2026-11-01T00:00:00+00:00", "name": "Selmira",
    "home_url": "https://selmira.example", "time_zone": "Europe/Lisbon",
    "currency": "EUR", "woocommerce": "10.5.0", "wordpress": "6.9.1", "php": "8.2.35",
    "hpos": True, "page_caches": ["WP Rocket"], "has_plugin": False,
}  # fmt: skip
DAYS = 75


def seed_sync(store: Store, now: datetime) -> None:
    connected(store, now)
    for n, topic in enumerate(TOPICS):
        Hook.objects.create(
            store=store, topic=topic, woo_id=n + 1, created_at=now,
            status="disabled" if topic == "coupon.restored" else "active",
            seen_at=now, delivered_at=now - timedelta(minutes=n * 7),
            repaired_at=now if n == 1 else None, repairs=int(n == 1),
        )  # fmt: skip
    for n, status in enumerate(Delivery.Status.values):
        Delivery.objects.create(
            store=store, topic=TOPICS[n], body=b"{}", digest=f"{n}", status=status,
            received_at=now - timedelta(minutes=n), due_at=now,
            note="The product is a draft." if status == "ignored" else "",
        )  # fmt: skip
    text = "Webhooks had stopped and were made anew (order.updated: WooCommerce switched them off, since LuxeBrain did not answer several times in a row). What changed meanwhile is found by comparing with the shop."
    open_notice(store, "webhooks.repaired", text, now)
    open_notice(store, "shop.unreachable", "Your shop does not answer.", now)
    close_notice(store, "shop.unreachable", now)
    first = run_of(store, "first", "done", now - timedelta(days=1), share=1.0)
    run_of(store, "poll", "running", now, share=0.4)
    run_of(store, "poll", "failed", now - timedelta(hours=2), share=0.2)
    proven(store, first, now)


def connected(store: Store, now: datetime) -> None:
    keys = json.dumps({"key": "ck_" + "1" * 40, "secret": "cs_" + "2" * 40})
    Connection.objects.create(
        store=store, url="https://selmira.example", sealed_keys=sealed.seal(keys.encode()),
        key_ending="9f3ab21", may_write=True, hook_token="seeded", facts=FACTS,
        sealed_hook_secret=sealed.seal(b"5ec2e7"), connected_at=now - timedelta(days=1),
        reached_at=now,
    )  # fmt: skip


def run_of(store: Store, kind: str, status: str, at: datetime, *, share: float) -> Run:
    is_open = status == "running"
    run = Run.objects.create(
        store=store, kind=kind, status=status, asked_at=at, started_at=at,
        finished_at=None if is_open else at + timedelta(minutes=7),
        # A worker that never comes back within the test.
        claim="seed", claimed_until=at + timedelta(days=9),
        error="The shop does not answer." if status == "failed" else "",
    )  # fmt: skip
    for position, name in enumerate(KINDS):
        part = min(1.0, max(0.0, share * len(KINDS) - position))
        total = 40 * (position + 1) ** 2
        Step.objects.create(
            store=store, run=run, position=position, kind=name, total=total,
            seen=int(total * part), changed=int(total * part / 3), is_done=part == 1.0,
        )  # fmt: skip
    return run


def proven(store: Store, run: Run, now: datetime) -> None:
    certificate = Certificate.objects.create(
        store=store, run=run, started_at=now - timedelta(hours=5),
        finished_at=now - timedelta(hours=4), verdict="repaired",
    )  # fmt: skip
    lines = []
    for kind in KINDS:
        days = DAYS if kind in ("products", "coupons", "orders", "refunds") else 1
        for n in range(days):
            worth = Decimal(n * 31) if kind in ("orders", "refunds") else Decimal(0)
            differs = kind == "orders" and n == 3
            lines.append(
                CertificateLine(
                    store=store, certificate=certificate, kind=kind,
                    created_on=(now - timedelta(days=n)).date() if days > 1 else None,
                    shop_count=n + 1, our_count=n + (0 if differs else 1),
                    shop_total=worth, our_total=worth - (31 if differs else 0),
                    shop_digest="a", our_digest="b" if differs else "a",
                )
            )  # fmt: skip
    CertificateLine.objects.bulk_create(lines)
    for n, what in enumerate(Difference.What.values):
        Difference.objects.create(
            store=store, certificate=certificate, kind=KINDS[-1 - n],
            woo_id=4711 + n, what=what, repaired_at=now if n else None,
            fields=["status", "total"] if what == "differs" else [],
        )  # fmt: skip
