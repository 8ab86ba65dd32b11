"""A few things that cannot be, and changes asked of a shop, for the pages about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from apps.accounts.models import Store
from apps.shop.models import Customer, Order, Product, Variant
from apps.sync.models import Finding, Write
from apps.sync.services import check_quality


def seed_quality(store: Store, now: datetime) -> None:
    spoil(store, now)
    check_quality.look(store, now)
    accepted = Finding.objects.of(store).filter(code="stock.negative").first()
    assert accepted is not None
    check_quality.accept(accepted, now)
    writes(store, now)


def spoil(store: Store, now: datetime) -> None:
    orders = Order.objects.of(store).placed().order_by("-pk")
    future, currency, total = orders[:3]
    Order.objects.of(store).filter(pk=future.pk).update(
        placed_at=now + timedelta(days=400)
    )
    Order.objects.of(store).filter(pk=currency.pk).update(currency="CHF")
    Order.objects.of(store).filter(pk=total.pk).update(total=total.total + 7)
    for person in Customer.objects.of(store).live().order_by("pk")[:2]:
        same = Customer.objects.of(store).filter(pk=person.pk)
        same.update(phone="+49 170 1234567")
    first, second = Variant.objects.of(store).live().order_by("pk")[:2]
    Variant.objects.of(store).filter(pk=first.pk).update(
        manages_stock=True, stock_quantity=-4
    )
    Variant.objects.of(store).filter(pk=second.pk).update(sale_price=-1)
    product = Product.objects.of(store).order_by("pk")[0]
    product.categories.clear()


def writes(store: Store, now: datetime) -> None:
    product = Product.objects.of(store).order_by("pk")[1]
    asked = {
        "sale_price": f"{(product.price or Decimal(50)) / 2:.2f}",
        "date_on_sale_from_gmt": "2026-12-01T00:00:00",
        "date_on_sale_to_gmt": "2026-12-08T00:00:00",
    }
    before = {"regular_price": f"{product.price:.2f}", "sale_price": ""}
    note = (
        "The shop did not keep what it was told (sale price). It is as it was before."
    )
    rows = (
        ("verified", "", "brain:pricing"),
        ("refused", note, "brain:pricing"),
        ("waiting", "", "person:1"),
    )
    for n, (status, error, by) in enumerate(rows):
        Write.objects.create(
            store=store, kind="price", key=f"seed-{n}", woo_id=product.woo_id or 15,
            values=asked, before=before if n < 2 else {}, status=status, error=error,
            asked_by=by, asked_at=now, due_at=now,
            sent_at=now if n < 2 else None, settled_at=now if n < 2 else None,
        )  # fmt: skip
    Write.objects.create(
        store=store, kind="coupon", key="seed-coupon", status="verified", woo_id=147,
        values={"code": "rescue-7f3k", "discount_type": "percent", "amount": "15.00"},
        asked_by="brain:win_back", asked_at=now, due_at=now, settled_at=now,
    )  # fmt: skip
