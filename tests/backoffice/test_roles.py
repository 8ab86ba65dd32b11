"""What each role sees and may do."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts.models import AuditEntry, User
from apps.shop.models import Product
from tests.backoffice.conftest import signed_in

OWNERS_ONLY = ["accounts_apikey", "accounts_auditentry"]
SYSTEM = [
    "accounts_user",
    "auth_group",
    "django_celery_beat_periodictask",
    "otp_totp_totpdevice",
]


@pytest.mark.parametrize("name", OWNERS_ONLY)
def test_keys_and_audit_are_the_owner_s(name, owner, manager, analyst):
    url = reverse(f"admin:{name}_changelist")
    assert signed_in(owner).get(url).status_code == 200
    assert signed_in(manager).get(url).status_code == 403
    assert signed_in(analyst).get(url).status_code == 403


@pytest.mark.parametrize("name", SYSTEM)
def test_the_machine_s_pages_are_for_superusers(name, owner, root, store):
    url = reverse(f"admin:{name}_changelist")
    assert signed_in(owner).get(url).status_code == 403
    assert signed_in(root, store).get(url).status_code == 200


def test_django_s_own_permissions_open_nothing(analyst):
    analyst.user_permissions.add(*all_permissions())
    assert signed_in(analyst).get("/admin/accounts/user/").status_code == 403


def all_permissions():
    from django.contrib.auth.models import Permission

    return Permission.objects.all()


def test_an_analyst_sees_no_e_mail_or_phone(shop, analyst, manager):
    person = shop and Product  # The shop is filled.
    assert person
    for url in ("/admin/shop/customer/", "/admin/shop/customer/1/change/"):
        assert "zoe0@mail.example" not in signed_in(analyst).get(url).content.decode()
    assert (
        "zoe0@mail.example"
        in signed_in(manager).get("/admin/shop/customer/").content.decode()
    )


def test_an_analyst_finds_nobody_by_e_mail(shop, analyst, manager):
    url = "/admin/shop/customer/?q=mail.example"
    assert "Nothing fits" in signed_in(analyst).get(url).content.decode()
    assert "Zoe0" in signed_in(manager).get(url).content.decode()


def test_an_analyst_exports_no_people(shop, analyst):
    assert signed_in(analyst).get("/admin/shop/customer/export/").status_code == 403


def test_an_analyst_changes_nothing(shop, analyst):
    product = Product.objects.of(shop).first()
    url = reverse("admin:shop_product_change", args=[product.pk])
    client = signed_in(analyst)
    assert client.get(url).status_code == 200
    assert client.post(url, {"cost": "1"}).status_code == 403
    product.refresh_from_db()
    assert product.cost == 30


def test_a_manager_writes_a_cost_and_nothing_else(shop, manager):
    product = Product.objects.of(shop).order_by("pk").first()
    variant = product.variants.get()
    values = {
        "name": "Stolen", "cost": "31.50", "variants-TOTAL_FORMS": 1,
        "variants-INITIAL_FORMS": 1, "variants-0-id": variant.pk,
        "variants-0-product": product.pk, "variants-0-cost": "32", "variants-0-price": "1",
    }  # fmt: skip
    url = reverse("admin:shop_product_change", args=[product.pk])
    assert signed_in(manager).post(url, values).status_code == 302
    product.refresh_from_db()
    variant.refresh_from_db()
    assert (product.name, product.cost, variant.cost, variant.price) == (
        "Dress 0",
        31.5,
        32,
        80,
    )
    entry = AuditEntry.objects.get(action="shop.product.changed")
    assert entry.actor == manager


def test_only_an_owner_deletes_a_supplier(shop, owner, manager):
    from apps.inventory.models import Supplier

    supplier = Supplier.objects.of(shop).first()
    url = reverse("admin:inventory_supplier_delete", args=[supplier.pk])
    assert signed_in(manager).post(url, {"post": "yes"}).status_code == 403
    assert signed_in(owner).post(url, {"post": "yes"}).status_code == 302
    assert not Supplier.objects.filter(pk=supplier.pk).exists()


def test_whoever_has_no_store_is_told_so(db):
    lonely = User.objects.create_user("lonely@mail.example", "correct horse battery")
    client = signed_in(lonely)
    assert "You have no store yet" in client.get("/admin/").content.decode()
    assert client.get("/admin/shop/order/").status_code == 403
    assert client.get("/admin/home/cards/").url == "/admin/"


def test_the_menu_offers_what_one_may_see(owner, analyst, root, store):
    menu = signed_in(analyst).get("/admin/").content.decode()
    assert "Orders" in menu
    assert "Audit trail" not in menu
    assert "Periodic jobs" not in signed_in(owner).get("/admin/").content.decode()
    assert "Periodic jobs" in signed_in(root, store).get("/admin/").content.decode()
