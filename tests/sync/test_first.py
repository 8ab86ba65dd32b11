"""The first sync copies everything, and a proof says so."""

from __future__ import annotations

import pytest

from apps.shop.models import Customer, Order, Product, Refund, Variant
from apps.sync.models import Run, Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(fake):
    fake.fill(products=30, variations_per_product=3, customers=40, orders=150)
    return fake


def test_it_copies_everything_once(full, store, sync):
    run = sync(Run.Kind.FIRST)
    for kind, model in (
        ("products", Product),
        ("customers", Customer),
        ("refunds", Refund),
    ):
        rows = model.objects.of(store).exclude(woo_id=None)
        assert sorted(rows.values_list("woo_id", flat=True)) == sorted(full.truth(kind))
    placed = {
        woo_id
        for woo_id, payload in full.truth("orders").items()
        if payload["status"] != "checkout-draft"
    }
    assert set(Order.objects.of(store).values_list("woo_id", flat=True)) == placed
    assert set(full.truth("variations")) <= set(
        Variant.objects.of(store).values_list("woo_id", flat=True)
    )
    assert all(
        step.is_done and step.percent == 100
        for step in Step.objects.of(store).filter(run=run)
    )


def test_the_copy_is_proven_equal(full, store, sync, prove):
    sync(Run.Kind.FIRST)
    certificate = prove()
    assert (
        list(certificate.differences.values("kind", "woo_id", "what", "fields")) == []
    )
    assert certificate.verdict == "equal"
    lines = certificate.lines.filter(kind="orders")
    assert sum(line.shop_count for line in lines) == Order.objects.of(store).count()
