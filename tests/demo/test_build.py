from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import F, Sum

from apps.accounts.models import Store
from apps.core.errors import ConflictError
from apps.demo.models import DemoShop
from apps.demo.services.build import Wanted, build
from apps.inventory.models import SupplyTerm
from apps.shop.models import (
    Customer,
    Image,
    Order,
    OrderLine,
    PriceChange,
    Product,
    Refund,
    StockChange,
    Variant,
)
from tests.demo.conftest import NOW, SLUG, SMALL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_shop")]


def test_it_is_ready_and_says_where_the_truth_lies(small_shop):
    shop = DemoShop.objects.of(small_shop).get()
    assert (shop.status, shop.progress, shop.step) == ("ready", 100, "")
    assert shop.truth_path == f"demo/{SLUG}"


def test_it_makes_as_many_products_and_customers_as_asked(small_shop):
    assert Product.objects.of(small_shop).count() == 24
    assert Customer.objects.of(small_shop).count() == 60


def test_it_gives_every_product_pictures_that_exist(small_shop, settings):
    with_pictures = set()
    for image in Image.objects.of(small_shop):
        path = Path(settings.MEDIA_ROOT) / image.file.name
        assert 0 < path.stat().st_size <= 30_000
        with_pictures.add(image.product_id)
    assert len(with_pictures) == 24


def test_it_numbers_rows_as_woocommerce_would(small_shop):
    for model in (Product, Variant, Order, Refund):
        ids = list(model.objects.of(small_shop).values_list("woo_id", flat=True))
        assert None not in ids
        assert len(set(ids)) == len(ids)


def test_it_sums_lines_to_orders_to_the_cent(small_shop):
    orders = Order.objects.of(small_shop).annotate(
        paid=Sum("lines__total"), asked=Sum("lines__subtotal")
    )
    for order in orders:
        assert order.total == order.paid + order.shipping_total
        assert order.discount_total == order.asked - order.paid


def test_it_refunds_no_more_than_was_paid(small_shop):
    assert not Order.objects.of(small_shop).filter(refunded_total__gt=F("total"))
    for order in Order.objects.of(small_shop).filter(refunded_total__gt=0):
        refunds = order.refunds.aggregate(all=Sum("amount"))["all"]
        lines = sum(r.lines.aggregate(s=Sum("total"))["s"] for r in order.refunds.all())
        assert order.refunded_total == refunds == lines


def test_it_never_has_negative_stock(small_shop):
    assert not StockChange.objects.of(small_shop).filter(quantity__lt=0)
    assert not Variant.objects.of(small_shop).filter(stock_quantity__lt=0)


def test_it_sells_only_what_was_there(small_shop):
    """Each day's drop in stock is what that day's orders took."""
    sold = defaultdict(int)
    lines = OrderLine.objects.of(small_shop).exclude(order__status="failed")
    for variant, at, count in lines.values_list(
        "variant", "order__placed_at", "quantity"
    ):
        sold[variant, at.astimezone(small_shop.zone).date()] += count
    dropped = defaultdict(int)
    for rows in histories(small_shop).values():
        for before, row in pairwise(rows):
            if row.reason == "sale":
                day = row.changed_at.astimezone(small_shop.zone).date()
                dropped[row.variant_id, day] += before.quantity - row.quantity
    assert dropped == sold


def test_it_ends_history_with_the_stock_of_today(small_shop):
    last = {
        variant: rows[-1].quantity for variant, rows in histories(small_shop).items()
    }
    for variant in Variant.objects.of(small_shop):
        assert last[variant.pk] == variant.stock_quantity


def histories(store):
    rows = defaultdict(list)
    for row in StockChange.objects.of(store).order_by("changed_at", "pk"):
        rows[row.variant_id].append(row)
    return rows


def test_it_sells_in_every_month(small_shop):
    months = Order.objects.of(small_shop).dates("placed_at", "month")
    assert [f"{month:%Y-%m}" for month in months] == ["2026-03", "2026-04", "2026-05"]


def test_it_sells_at_the_price_of_the_day(small_shop):
    changes = defaultdict(list)
    for change in PriceChange.objects.of(small_shop).order_by("changed_at"):
        changes[change.product_id].append(change)
    for line in OrderLine.objects.of(small_shop).select_related("order"):
        then = [
            c for c in changes[line.product_id] if c.changed_at <= line.order.placed_at
        ]
        assert line.subtotal == then[-1].price * line.quantity


def test_it_lowers_prices_only_in_promotions(small_shop):
    for change in PriceChange.objects.of(small_shop):
        is_reduced = change.price < change.regular_price
        assert is_reduced == (change.reason not in {"Launch", "Regular price"})


def test_it_shows_the_last_price_of_the_history(small_shop):
    for product in Product.objects.of(small_shop):
        last = product.price_changes.order_by("changed_at").last()
        assert (product.price, product.regular_price) == (
            last.price,
            last.regular_price,
        )
        assert product.cost < product.regular_price


def test_it_names_a_supplier_for_every_product(small_shop):
    terms = SupplyTerm.objects.of(small_shop)
    assert terms.values("product").distinct().count() == 24
    assert terms.filter(unit_cost__gt=Decimal(0)).count() == 24


def test_it_leaves_a_ready_shop_alone(small_shop):
    before = DemoShop.objects.of(small_shop).get().built_at
    _, seconds = build(Wanted(slug=SLUG), at=NOW, if_absent=True)
    assert seconds == {}
    assert DemoShop.objects.of(small_shop).get().built_at == before


def test_it_says_so_on_the_terminal_when_the_shop_is_there(small_shop, capsys):
    call_command("demo", "--slug", SLUG, "--if-absent")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "The demo shop of 2026-06-01 is ready already."


def test_it_refuses_a_real_stores_name(store):
    with pytest.raises(ConflictError, match="real store"):
        build(Wanted(slug=store.slug, **SMALL), at=NOW)
    assert Product.objects.of(store).count() == 0


def test_it_makes_the_first_superuser_its_owner(small_shop, django_user_model):
    boss = django_user_model.objects.create_superuser("boss@maison.example", "x" * 20)
    build(Wanted(slug=SLUG), at=NOW, if_absent=True)
    assert list(Store.objects.filter(memberships__user=boss)) == [small_shop]
