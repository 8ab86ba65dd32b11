"""Every page of every kind of row: it opens, and asks the database 25 times at most."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.core.merchant_admin import MerchantAdminSite, StoreAdmin
from tests.backoffice.conftest import signed_in

MOST_QUERIES = 25
LABELS = sorted(model._meta.label_lower for model in admin.site._registry)
OF_STORES = [
    model._meta.label_lower
    for model, page in admin.site._registry.items()
    if isinstance(page, StoreAdmin)
]


def name_of(label: str) -> str:
    return f"admin:{label.replace('.', '_')}"


def visit(client, url):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert len(queries) <= MOST_QUERIES, [query["sql"] for query in queries]
    return answer


def pages_of(label, row):
    yield reverse(f"{name_of(label)}_changelist")
    if row is not None:
        yield reverse(f"{name_of(label)}_change", args=[row.pk])
        yield reverse(f"{name_of(label)}_history", args=[row.pk])


def test_it_is_our_site():
    """The theme's app would put its own in its place."""
    assert isinstance(admin.site._wrapped, MerchantAdminSite)


@pytest.mark.parametrize("label", OF_STORES)
def test_an_owner_opens_it(label, shop, page):
    row = (
        admin.site.get_model_admin(apps.get_model(label))
        .get_queryset(asked_by(shop))
        .first()
    )
    assert row is not None
    for url in pages_of(label, row):
        assert visit(page, url).status_code in (200, 302), url


@pytest.mark.parametrize("label", LABELS)
def test_a_superuser_opens_it(label, shop, root):
    client = signed_in(root, shop)
    row = apps.get_model(label)._base_manager.first()
    for url in pages_of(label, row):
        assert visit(client, url).status_code in (200, 302), url


@pytest.mark.parametrize(
    "url",
    [
        "/admin/?days=90", "/admin/home/cards/", "/admin/two-step/",
        "/admin/search/?s=dress", "/admin/shop/order/?q=Zoe", "/admin/shop/product/?stock=low",
        "/admin/shop/product/?price=sale", "/admin/shop/order/?status=completed",
        "/admin/shop/order/?placed_at_from=2026-05-01&placed_at_to=2026-06-01",
        "/admin/shop/customer/?orders=yes", "/admin/shop/product/?brand=Velanne",
        "/admin/shop/order/export/", "/admin/shop/variant/import/",
        "/admin/accounts/apikey/do/create/", "/admin/accounts/membership/do/invite/",
        "/admin/inventory/supplier/add/", "/admin/inventory/supplyterm/add/",
        "/admin/password_change/",
    ],
)  # fmt: skip
def test_other_pages_open(url, shop, page):
    assert visit(page, url).status_code == 200


def test_an_app_has_no_page_of_its_own(page, store):
    assert page.get("/admin/shop/").url == "/admin/"


def asked_by(store):
    class Request:
        role = "owner"

    Request.store = store
    return Request()
