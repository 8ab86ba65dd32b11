from __future__ import annotations

import pytest
from django.test import Client

from apps.features.models import CustomerFeatures, ProductFeatures
from apps.features.services import refresh
from apps.shop.models import Customer
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
CUSTOMERS = "/admin/features/customerfeatures/"
PRODUCTS = "/admin/features/productfeatures/"


@pytest.fixture
def served(shop, ada, cleo):
    tops = shop.category("Tops")
    dress = shop.product("Dress", tops, brand="Mira")
    shop.order(ada, (dress, 2, "80"), days=30)
    shop.order(ada, (dress, 1, "40"), days=2)
    shop.order(cleo, (dress, 1, "40"), days=20)
    Customer.objects.filter(pk=cleo.pk).update(first_name="")
    for kind in refresh.SERVED:
        refresh.refresh_all(shop.store, kind, NOW)
    return dress


@pytest.fixture
def reader(analyst, store):
    client = Client()
    client.force_login(analyst)
    session = client.session
    session["store_id"] = store.pk
    session.save()
    return client


def test_an_analyst_reads_a_customer_s_numbers(reader, served, ada):
    listed = reader.get(CUSTOMERS).content.decode()
    assert "€120.00" in listed
    assert "2 days" in listed
    row = CustomerFeatures.objects.get(customer=ada)
    page = reader.get(f"{CUSTOMERS}{row.pk}/change/").content.decode()
    for words in ("Between orders", "28 days", "Mira 100 %", "Tops: M 100 %"):
        assert words in page


def test_no_page_names_an_e_mail_address(reader, served, cleo):
    row = CustomerFeatures.objects.get(customer=cleo)
    for address in (CUSTOMERS, f"{CUSTOMERS}{row.pk}/change/"):
        page = reader.get(address).content.decode()
        assert f"Customer {cleo.pk}" in page
        assert "cleo@mail.example" not in page


def test_an_analyst_reads_a_product_s_numbers(reader, served):
    assert "Dress" in reader.get(PRODUCTS).content.decode()
    row = ProductFeatures.objects.get(product=served)
    page = reader.get(f"{PRODUCTS}{row.pk}/change/").content.decode()
    for words in ("Pieces, 90 days", "Sold by month", "Mira", "Tops"):
        assert words in page


@pytest.mark.parametrize(
    ("address", "asked", "found"),
    [
        (CUSTOMERS, "last=month", 2),
        (CUSTOMERS, "last=late", 0),
        (CUSTOMERS, "last=never", 0),
        (PRODUCTS, "sales=none", 0),
        (PRODUCTS, "sales=faster", 1),
    ],
)
def test_a_list_can_be_narrowed(reader, served, address, asked, found):
    page = reader.get(f"{address}?{asked}")
    assert page.context["cl"].result_count == found


def test_a_row_without_a_number_that_is_new_shows_a_dash(reader, served, ada):
    CustomerFeatures.objects.filter(customer=ada).update(numbers={})
    row = CustomerFeatures.objects.get(customer=ada)
    assert reader.get(f"{CUSTOMERS}{row.pk}/change/").status_code == 200
