"""What is exported comes back the same, to the last letter and cent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.core.errors import InvalidInputError
from apps.shop.models import Customer, Order, OrderLine, Product, Refund, Variant
from apps.sync.services.files.export_file import export
from tests.sync.files.conftest import ndjson, problems, take

ODD = "=SUM(A1) | “x”, 'y';\n\tzwei\r\nلينا"  # noqa: RUF001
AT = "2026-05-01T10:00:00.123456+00:00"
PRODUCTS = ndjson(
    {
        "id": 7, "name": ODD, "slug": "-dash", "status": "draft", "is_visible": False, "price": "1234.5678",
        "regular_price": "2000", "sale_price": "0.125", "sale_from_at": AT, "cost": "3.3333", "brand": "'=B",
        "description": "+1\n\n  indented  ", "categories": ["Women > Dresses | long", "New in"],
        "category_ids": ["15>18", "20"], "tags": ["Linen", "[odd]"], "tag_ids": ["31", "32"], "published_at": AT,
        "image_urls": ["https://a.example/1.jpg?a=1|2", "https://a.example/2.jpg"], "extra": {"a": [1, 2.5, None, "=x"]},
        "variant_id": 71, "size": "=M", "color": "Sand | Rose", "options": {"Length": "Long"}, "variant_sku": "-5",
        "variant_price": "-1.5", "variant_stock_quantity": -3, "variant_position": 2, "modified_at": AT,
        "created_at": AT, "variant_modified_at": "2026-05-02T00:00:00Z", "variant_created_at": AT,
    },
    {"id": 7, "name": ODD, "variant_id": 72, "size": "L", "variant_manages_stock": False, "variant_stock_status": "outofstock"},
    {"id": 8, "name": "Scarf", "price": 14.5, "stock_quantity": 0, "modified_at": AT},
    {"id": 9, "name": "Set", "kind": "grouped", "price": "9", "modified_at": AT},
)  # fmt: skip
CUSTOMERS = ndjson(
    {"id": 5, "email": "ada@mail.example", "first_name": "@Ada", "last_name": ODD[:40], "phone": "+49 30 1", "language": "de",
     "acquisition_channel": "instagram", "extra": {"loyalty": "gold"}, "created_at": AT, "modified_at": AT},
    {"id": 6, "email": "", "first_name": "Nameless", "is_guest": True, "modified_at": AT},
    {"email": "ben@mail.example", "first_name": "Ben", "created_at": AT},
)  # fmt: skip
SHARED = {
    "id": 900, "number": "2026/900", "status": "shipped", "placed_at": AT, "paid_at": AT, "completed_at": AT, "total": "100.1234",
    "discount_total": "1", "shipping_total": "2", "tax_total": "3", "fee_total": "-4", "coupon_codes": ["A|B", "summer"],
    "payment_method": "card", "created_via": "checkout", "attribution": {"source": "=x"}, "customer_id": 5, "email": "ada@mail.example",
    "ship_country": "DE", "ship_city": "Köln", "ship_postcode": "01067", "created_at": AT, "modified_at": AT,
    "refunds": [{"id": 950, "amount": "10", "extras_total": "2", "reason": "=late", "refunded_at": AT,
                 "lines": [{"id": 951, "line_id": 91, "quantity": 1, "total": "5", "tax": "1"}]}],
}  # fmt: skip
ORDERS = ndjson(
    SHARED | {"line_id": 91, "product_id": 7, "variant_id": 71, "line_name": ODD, "line_sku": "S", "line_quantity": 2,
              "line_subtotal": "50", "line_total": "49.99", "line_tax": "9.5", "unit_cost": "3.3333"},
    SHARED | {"line_id": 92, "product_id": 404, "line_name": "Gone", "line_quantity": 1, "line_total": "1", "unit_cost": None},
    {"id": 901, "placed_at": AT, "total": "0", "email": "ben@mail.example", "modified_at": AT,
     "refunds": []},
    {"id": 902, "placed_at": AT, "total": "5", "line_name": "No number", "line_quantity": 1, "line_total": "5", "modified_at": AT},
)  # fmt: skip
OWN = {"id", "pk", "store", "store_id", "created_at", "updated_at"}


def rows(model, store, *more):
    """Everything that a row says, but keys of its own database."""
    plain = [
        f.name
        for f in model._meta.concrete_fields
        if not f.is_relation and f.name not in OWN
    ]
    found = model.objects.of(store).order_by("woo_id", *plain[:1])
    return list(found.values(*plain, *more))


def everything(store):
    return {
        "products": rows(Product, store),
        "variants": rows(Variant, store, "product__woo_id"),
        "customers": sorted(rows(Customer, store), key=str),
        "orders": rows(
            Order, store, "customer__email", "customer__woo_id",
            "shipping_address__country", "shipping_address__city", "shipping_address__postcode",
        ),
        "lines": rows(OrderLine, store, "order__woo_id", "product__woo_id", "variant__woo_id"),
        "refunds": rows(Refund, store, "order__woo_id", "lines__woo_id", "lines__order_line__woo_id",
                        "lines__quantity", "lines__total", "lines__tax"),
        "categories": sorted(
            Product.objects.of(store).exclude(categories=None)
            .values_list("woo_id", "categories__woo_id", "categories__name", "categories__parent__woo_id", "categories__parent__name")
        ),
        "tags": sorted(
            Product.objects.of(store).exclude(tags=None).values_list("woo_id", "tags__woo_id", "tags__name")
        ),
        "images": sorted(
            Product.objects.of(store).exclude(images=None).values_list("woo_id", "images__url", "images__position")
        ),
    }  # fmt: skip


def fill(store):
    for kind, content in (("products", PRODUCTS), ("customers", CUSTOMERS), ("orders", ORDERS)):  # fmt: skip
        row = take(store, kind, content, "a.ndjson")
        assert problems(row) == []


@pytest.mark.parametrize("form", ["csv", "ndjson"])
@pytest.mark.parametrize(
    "kinds",
    [("products", "customers", "orders"), ("customers", "products", "orders")],
)
def test_it_brings_back_the_same_rows_in_an_empty_store(
    atelier, second_atelier, form, kinds
):
    fill(atelier)
    for kind in kinds:
        content = b"".join(export(atelier, kind, form))
        row = take(second_atelier, kind, content, f"{kind}.{form}")
        assert (row.status, row.error, problems(row)) == ("done", "", [])
        assert row.ignored_columns == []
    assert everything(second_atelier) == everything(atelier)


def test_it_changes_nothing_where_it_came_from(atelier):
    fill(atelier)
    before = everything(atelier)
    for kind in ("products", "customers", "orders"):
        row = take(atelier, kind, b"".join(export(atelier, kind)))
        assert set(row.counts) == {"unchanged"}
    assert everything(atelier) == before


def test_it_writes_what_is_known_of_the_sample(atelier):
    fill(atelier)
    product = Product.objects.of(atelier).get(woo_id=7)
    assert (product.name, product.price) == (ODD, Decimal("1234.5678"))
    assert product.source_modified_at == datetime(2026, 5, 1, 10, 0, 0, 123456, UTC)
    order = Order.objects.of(atelier).get(woo_id=900)
    assert order.coupon_codes == ["A|B", "summer"]
    assert order.refunded_total == Decimal(10)


def test_it_guards_cells_that_a_spreadsheet_would_run(atelier):
    fill(atelier)
    text = b"".join(export(atelier, "customers")).decode("utf-8-sig")
    assert "'@Ada" in text
    assert "'+49 30 1" in text
    assert ",@" not in text


def test_it_exports_only_this_stores_rows(atelier, second_atelier):
    fill(second_atelier)
    assert list(export(atelier, "customers", "ndjson")) == []
    assert len(list(export(atelier, "customers"))) == 1


def test_it_knows_no_other_kind_or_format(atelier):
    with pytest.raises(InvalidInputError):
        export(atelier, "coupons")
    with pytest.raises(InvalidInputError):
        export(atelier, "orders", "xlsx")
