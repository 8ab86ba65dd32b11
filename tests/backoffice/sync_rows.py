"""A dozen of everything about a connection, for pages that would be empty."""

from __future__ import annotations

from apps.sync.models import (
    Certificate,
    CertificateLine,
    Connection,
    Delivery,
    Difference,
    FileImport,
    Finding,
    Hook,
    Notice,
    Run,
    Step,
    Write,
)
from tests.conftest import NOW


def connected(store):
    Connection.objects.create(
        store=store, url=f"https://{store.slug}.example", sealed_keys=b"sealed",
        key_ending="1234567", sealed_hook_secret=b"sealed", hook_token=store.slug,
        connected_at=NOW, facts={"name": "Maison"},
    )  # fmt: skip


def synced(store, n):
    """One run, webhook, delivery, notice, proof, write, finding and file."""
    run = Run.objects.create(store=store, kind="poll", status="done", asked_at=NOW)
    for position, kind in enumerate(("products", "orders")):
        Step.objects.create(store=store, run=run, kind=kind, position=position, total=9)
    Hook.objects.create(
        store=store, topic=f"order.topic{n}", woo_id=n, status="active", created_at=NOW
    )
    Delivery.objects.create(
        store=store, topic="order.created", body=b"{}", digest=f"{n}", received_at=NOW,
        due_at=NOW,
    )  # fmt: skip
    Notice.objects.create(store=store, code=f"code{n}", text="Look!", opened_at=NOW)
    proof = Certificate.objects.create(
        store=store, run=run, started_at=NOW, finished_at=NOW, verdict="equal"
    )
    CertificateLine.objects.create(
        store=store, certificate=proof, kind="orders", created_on=NOW.date(),
        shop_count=n, our_count=n,
    )  # fmt: skip
    Difference.objects.create(
        store=store, certificate=proof, kind="orders", woo_id=n, what="missing"
    )
    Write.objects.create(
        store=store, kind="price", key=f"key{n}", woo_id=n, values={"sale_price": "9"},
        asked_at=NOW, due_at=NOW,
    )  # fmt: skip
    Finding.objects.create(
        store=store, code="orders.impossible_date", subject=f"order:{n}", text="Odd.",
        fix="Correct it.", found_at=NOW, seen_at=NOW,
    )  # fmt: skip
    FileImport.objects.create(
        store=store, kind="products", status="done", name=f"{n}.csv", digest=f"{n}",
        size=1, created_at=NOW,
    )  # fmt: skip
