"""Files in and out."""

from __future__ import annotations

import csv
import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import AuditEntry
from apps.core.merchant_admin.transfer import guard, unguard
from apps.inventory.models import Supplier
from apps.shop.models import Product, Variant
from tests.backoffice.conftest import product_of, signed_in

CSV, XLSX, JSON = "0", "1", "2"


def export(client, what, kind):
    return client.post(f"/admin/{what}/export/", {"format": kind, "resource": ""})


def upload(client, what, text):
    """Both steps: the look before, then the confirmation."""
    file = SimpleUploadedFile("costs.csv", text.encode())
    look = client.post(
        f"/admin/{what}/import/", {"import_file": file, "format": CSV, "resource": ""}
    )
    form = look.context.get("confirm_form")
    if form is None:
        return look
    return client.post(f"/admin/{what}/process_import/", form.initial)


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+1 234", "'+1 234"), ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("-5.00", "-5.00"), ("+7", "+7"),
        ("Dress", "Dress"), (-5, -5), (None, None),
    ],
)  # fmt: skip
def test_a_cell_that_a_spreadsheet_would_run_is_guarded(cell, safe):
    assert guard(cell) == safe
    assert unguard(safe) == cell


def test_an_apostrophe_of_one_s_own_stays():
    assert unguard("'t Hooft") == "'t Hooft"


def test_csv_and_xlsx_are_guarded_and_json_is_true(page, store):
    Product.objects.create(store=store, name="=1+1", slug="x", currency="EUR")
    rows = list(
        csv.DictReader(io.StringIO(export(page, "shop/product", CSV).content.decode()))
    )
    assert rows[0]["name"] == "'=1+1"
    book = openpyxl.load_workbook(
        io.BytesIO(export(page, "shop/product", XLSX).content)
    )
    names = [[cell.value for cell in row] for row in book.active.rows]
    assert names[1][names[0].index("name")] == "'=1+1"
    assert json.loads(export(page, "shop/product", JSON).content)[0]["name"] == "=1+1"


@pytest.mark.parametrize(
    "what",
    [
        "shop/product",
        "shop/variant",
        "shop/customer",
        "shop/order",
        "inventory/supplier",
    ],
)
@pytest.mark.parametrize("kind", [CSV, XLSX, JSON])
def test_an_export_holds_one_store(
    shop, other_store, page, what, kind, django_assert_max_num_queries
):
    Supplier.objects.create(store=other_store, name="Geheim", currency="USD")
    with django_assert_max_num_queries(25):
        answer = export(page, what, kind)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    if kind == JSON:
        assert len(json.loads(answer.content)) == 12
    assert b"Geheim" not in answer.content
    action = f"{what.replace('/', '.')}.exported"
    assert AuditEntry.objects.filter(action=action).count() == 1


def test_an_export_keeps_the_list_s_filter(shop, page):
    answer = page.post(
        "/admin/shop/order/export/?q=1003", {"format": JSON, "resource": ""}
    )
    assert [row["number"] for row in json.loads(answer.content)] == ["1003"]


def test_order_lines_are_exported_too(shop, page):
    answer = page.post("/admin/shop/order/export/", {"format": JSON, "resource": "1"})
    rows = json.loads(answer.content)
    assert len(rows) == 12
    assert rows[0].keys() >= {"order", "name", "quantity", "total"}


def test_costs_come_from_a_file(shop, page):
    one, two = Variant.objects.of(shop).order_by("pk")[:2]
    upload(
        page,
        "shop/variant",
        f"id,cost,price,sku\n{one.pk},12.50,1,STOLEN\n{two.pk},,1,x\n",
    )
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.cost, one.price, one.sku) == (12.5, 80, "D0-M")
    assert two.cost is None


@pytest.mark.parametrize("bad", ["-1", "cheap", "1e99"])
def test_a_bad_cost_changes_nothing(shop, page, bad):
    one, two = Variant.objects.of(shop).order_by("pk")[:2]
    upload(page, "shop/variant", f"id,cost\n{one.pk},9\n{two.pk},{bad}\n")
    assert set(Variant.objects.of(shop).values_list("cost", flat=True)) == {30}


def test_another_store_s_row_cannot_be_named_in_a_file(page, store, other_store):
    from apps.shop.models import Category

    category = Category.objects.create(store=other_store, name="x", slug="x")
    theirs = product_of(other_store, 1, category)
    answer = upload(page, "shop/variant", f"id,cost\n{theirs.pk},1\n")
    assert "Your store has no size or color" in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.cost == 30


def test_suppliers_are_changed_by_name_and_added(page, store, other_store):
    Supplier.objects.create(store=other_store, name="Mill", currency="USD")
    Supplier.objects.create(store=store, name="Mill", currency="EUR")
    upload(
        page,
        "inventory/supplier",
        "name,currency,lead_time_days_mean\nMill,EUR,9\nLoom,EUR,4\n",
    )
    mine = Supplier.objects.of(store).values_list("name", "lead_time_days_mean")
    assert sorted(mine) == [("Loom", 4), ("Mill", 9)]
    assert Supplier.objects.of(other_store).get().lead_time_days_mean == 14


def test_an_analyst_imports_nothing(analyst, store):
    assert signed_in(analyst).get("/admin/shop/variant/import/").status_code == 403


def test_a_file_that_is_gone_is_asked_for_again(page, store):
    values = {
        "import_file_name": "gone",
        "original_file_name": "gone.csv",
        "format": CSV,
        "resource": "",
    }
    answer = page.post("/admin/shop/variant/process_import/", values)
    assert answer.status_code == 302
