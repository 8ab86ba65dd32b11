"""A page shows and takes rows of the chosen store alone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.inventory.models import Supplier, SupplyTerm
from apps.shop.models import Category, Customer, Product
from tests.backoffice.conftest import buyer_of, fill, product_of, signed_in


@pytest.fixture
def theirs(other_store):
    category = Category.objects.create(store=other_store, name="Geheim", slug="geheim")
    return product_of(other_store, 7, category).product


@pytest.mark.parametrize("page_name", ["change", "delete", "history"])
def test_another_store_s_row_is_not_there(page, theirs, page_name):
    url = reverse(f"admin:shop_product_{page_name}", args=[theirs.pk])
    assert page.get(url).status_code == 404
    assert page.post(url, {"cost": "1", "post": "yes"}).status_code == 404


def test_a_missing_row_is_404_too(page):
    assert page.get("/admin/shop/product/999999/change/").status_code == 404
    assert page.get("/admin/shop/product/no-number/change/").status_code == 404


def test_it_lists_one_store(page, theirs, store):
    Product.objects.create(store=store, name="Ours", slug="ours", currency="EUR")
    body = page.get("/admin/shop/product/").content.decode()
    assert "Ours" in body
    assert theirs.name not in body


def test_filters_offer_own_rows(page, theirs, store):
    Category.objects.create(store=store, name="Röcke", slug="roecke")
    body = page.get("/admin/shop/product/").content.decode()
    assert "Röcke" in body
    assert "Geheim" not in body


def test_a_form_takes_no_foreign_row(page, theirs, store):
    supplier = Supplier.objects.create(store=store, name="Mill", currency="EUR")
    values = {
        "supplier": supplier.pk,
        "product": theirs.pk,
        "unit_cost": "5",
        "minimum_order": 1,
        "pack_size": 1,
    }
    answer = page.post("/admin/inventory/supplyterm/add/", values)
    assert "not one of the available choices" in answer.content.decode()
    assert not SupplyTerm.objects.exists()


def test_a_new_row_belongs_to_the_chosen_store(page, store):
    values = {
        "name": "Mill", "currency": "EUR", "is_active": "on", "lead_time_days_mean": 9,
        "lead_time_days_sd": 2, "review_period_days": 7,
    }  # fmt: skip
    assert page.post("/admin/inventory/supplier/add/", values).status_code == 302
    assert Supplier.objects.get().store == store
    again = page.post("/admin/inventory/supplier/add/", values)
    assert "already exists" in again.content.decode()


def test_autocomplete_finds_own_rows(page, theirs, store):
    Product.objects.create(
        store=store, name="Dress of ours", slug="ours", currency="EUR"
    )
    ask = "/admin/autocomplete/?app_label=inventory&model_name=supplyterm&field_name=product&term=dress"
    assert [row["text"] for row in page.get(ask).json()["results"]] == ["Dress of ours"]


def test_search_finds_own_rows(page, theirs, store):
    Product.objects.create(
        store=store, name="Dress of ours", slug="ours", currency="EUR"
    )
    body = page.get("/admin/search/?s=dress").content.decode()
    assert "Dress of ours" in body
    assert theirs.name not in body


def test_search_forgets_the_store_before(owner, store, other_store, theirs):
    from apps.accounts.models import Membership

    Membership.objects.create(user=owner, store=other_store, role="analyst")
    assert (
        theirs.name
        in signed_in(owner, other_store).get("/admin/search/?s=dress").content.decode()
    )
    assert (
        theirs.name
        not in signed_in(owner, store).get("/admin/search/?s=dress").content.decode()
    )


def test_the_shortcut_by_content_type_leads_nowhere(page, theirs):
    assert page.get(f"/admin/r/1/{theirs.pk}/").status_code == 404


def test_a_column_that_no_filter_has_cannot_be_asked(page, analyst, store):
    buyer_of(store, 1)
    answer = signed_in(analyst).get("/admin/shop/customer/?email__startswith=zoe")
    assert answer.status_code in (302, 400)
    assert "Zoe1" not in answer.content.decode()


def test_a_superuser_stays_in_the_chosen_store(root, store, other_store, theirs):
    url = reverse("admin:shop_product_change", args=[theirs.pk])
    assert signed_in(root, store).get(url).status_code == 404
    assert signed_in(root, other_store).get(url).status_code == 200


def test_the_menu_switches_stores(owner, store, other_store):
    from apps.accounts.models import Membership

    client = signed_in(owner)
    assert "This is your only store." in client.get("/admin/").content.decode()
    Membership.objects.create(user=owner, store=other_store, role="analyst")
    assert "Rivale" in client.get("/admin/").content.decode()
    assert client.post("/switch-store/", {"store": other_store.pk}).url == "/admin/"
    assert "<small>Analyst</small>" in client.get("/admin/").content.decode()


def test_dates_are_the_store_s(page, store):
    store.time_zone = "Asia/Tokyo"
    store.save()
    person = buyer_of(store, 0)
    Customer.objects.filter(pk=person.pk).update(first_ordered_at="2026-05-31T16:00Z")
    assert "1 Jun 2026" in page.get("/admin/shop/customer/").content.decode()


def test_both_stores_full_show_no_row_of_each_other(shop, other_store, stranger, page):
    fill(other_store, stranger)
    Product.objects.of(other_store).update(name="Geheim")
    for url in (
        "/admin/",
        "/admin/shop/order/",
        "/admin/shop/pricechange/",
        "/admin/inventory/supplyterm/",
    ):
        assert "Geheim" not in page.get(url).content.decode(), url
