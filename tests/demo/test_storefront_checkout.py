from __future__ import annotations

import re
import uuid
from decimal import Decimal

import pytest
from django.test import Client

from apps.demo.forms import NEWS_TEXT
from apps.demo.models import Checkout
from apps.shop.models import (
    Address,
    Consent,
    Coupon,
    Customer,
    Order,
    OrderLine,
    StockChange,
    Variant,
)
from tests.demo.window import text, variant_of

ADA = {
    "first_name": "Ada",
    "last_name": "Berg",
    "email": "Ada@Mail.example",
    "country": "DE",
    "city": "Köln",
    "postcode": "50667",
}


@pytest.fixture
def bag(client, dress):
    """Two black dresses in S."""
    variant = variant_of(dress, "Black", "S")
    client.post("/demo/cart/add/", {"variant": variant.pk, "quantity": 2})
    return variant


def form_of(client, **values):
    page = text(client.get("/demo/checkout/"))
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    return {**ADA, "token": token, **values}


def buy(client, **values):
    return client.post("/demo/checkout/", form_of(client, **values))


def test_it_places_an_order(client, bag):
    response = buy(client)
    order = Order.objects.get()
    assert response.url == f"/demo/thanks/{order.pk}/"
    assert (order.total, order.discount_total) == (Decimal("120.00"), 0)
    assert (order.currency, order.status) == ("EUR", "processing")
    assert order.customer.email == "ada@mail.example"
    line = OrderLine.objects.get()
    assert (line.variant, line.quantity, line.total) == (bag, 2, Decimal("120.00"))


def test_it_takes_the_pieces_off_the_shelf(client, bag):
    buy(client)
    bag.refresh_from_db()
    assert bag.stock_quantity == 3
    assert StockChange.objects.get(variant=bag).quantity == 3


def test_it_keeps_where_the_order_goes(client, bag):
    buy(client)
    address = Order.objects.get().shipping_address
    assert (address.country, address.city, address.postcode) == ("DE", "Köln", "50667")


def test_it_charges_the_price_it_showed(client, bag):
    shown = re.search(r"Place the order.*?€([\d.]+)", checkout_page(client), re.DOTALL)
    buy(client)
    assert Order.objects.get().total == Decimal(shown[1])


def checkout_page(client):
    return text(client.get("/demo/checkout/"))


def test_it_charges_the_reduced_total_it_showed(client, bag, boutique):
    Coupon.objects.create(store=boutique, code="SUN", kind="percent", amount=15)
    client.post("/demo/cart/coupon/", {"code": "sun"})
    shown = client.get("/demo/checkout/").context["total"]
    buy(client)
    order = Order.objects.get()
    assert order.total == shown == Decimal("102.00")
    assert order.coupon_codes == ["SUN"]
    assert Coupon.objects.get().usage_count == 1


def test_it_keeps_a_consent_with_its_words(client, bag):
    assert not re.search(r'name="wants_news"[^>]*checked', checkout_page(client))
    buy(client, wants_news="on")
    consent = Consent.objects.get()
    assert (consent.channel, consent.purpose) == ("email", "marketing")
    assert consent.is_granted
    assert consent.text_shown == str(NEWS_TEXT)
    assert (consent.text_version, consent.surface) == ("2026-06-en", "demo checkout")


def test_it_keeps_no_consent_for_an_empty_box(client, bag):
    buy(client)
    assert not Consent.objects.exists()


def test_it_keeps_the_arabic_words_that_were_read(client, bag):
    client.get("/demo/?lang=ar")
    buy(client, wants_news="on")
    consent = Consent.objects.get()
    assert consent.text_shown.startswith("نعم")
    assert consent.text_version == "2026-06-ar"


def test_it_places_one_order_for_two_clicks(client, bag):
    form = form_of(client)
    first = client.post("/demo/checkout/", form)
    second = client.post("/demo/checkout/", form)
    assert first.url == second.url
    assert Order.objects.count() == 1
    assert Variant.objects.get(pk=bag.pk).stock_quantity == 3


def test_it_places_one_order_for_two_clicks_at_once(client, bag):
    """The second request read its session before the first one had ended."""
    form = form_of(client)
    before = dict(client.session)
    first = client.post("/demo/checkout/", form)
    session = client.session
    session.clear()
    session.update(before)
    session.save()
    assert client.post("/demo/checkout/", form).url == first.url
    assert Order.objects.count() == 1
    assert client.get(first.url).status_code == 200


def test_it_empties_the_bag(client, bag):
    buy(client)
    assert client.get("/demo/cart/").context["lines"] == []
    assert client.get("/demo/checkout/").url == "/demo/cart/"


def test_it_thanks_only_the_one_who_ordered(client, bag, client_of_ben):
    page = buy(client).url
    assert client.get(page).status_code == 200
    assert client_of_ben.get(page).status_code == 404
    assert client_of_ben.get("/demo/thanks/99999999999999999999/").status_code == 404


@pytest.fixture
def client_of_ben():
    return Client()


def test_it_shows_nobody_the_order_of_a_stolen_token(client, bag, client_of_ben):
    form = form_of(client)
    placed = client.post("/demo/checkout/", form).url
    client_of_ben.post("/demo/cart/add/", {"variant": bag.pk, "quantity": 1})
    client_of_ben.post("/demo/checkout/", form)
    assert client_of_ben.get(placed).status_code == 404


def test_it_refuses_when_the_last_piece_just_went(client, bag):
    form = form_of(client)
    Variant.objects.filter(pk=bag.pk).update(stock_quantity=1)
    response = client.post("/demo/checkout/", form, follow=True)
    assert "Only 1 left" in text(response)
    assert not Order.objects.exists()
    assert not Checkout.objects.exists()
    assert not Customer.objects.exists()


def test_it_changes_nothing_of_a_known_customer(client, bag, boutique):
    known = Customer.objects.create(
        store=boutique, email="ada@mail.example", first_name="Adelheid", last_name="B"
    )
    buy(client)
    assert Order.objects.get().customer == known
    known.refresh_from_db()
    assert (known.first_name, known.last_name) == ("Adelheid", "B")


def test_it_keeps_one_row_of_a_place(client, bag):
    buy(client)
    client.post("/demo/cart/add/", {"variant": bag.pk, "quantity": 1})
    buy(client)
    assert Order.objects.count() == 2
    assert Address.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "nobody"),
        ("email", "a" * 300 + "@mail.example"),
        ("first_name", ""),
        ("first_name", "x" * 101),
        ("first_name", "A\x00da"),
        ("country", "XX"),
        ("city", ""),
        ("postcode", "1" * 21),
        ("token", "not-a-token"),
        ("token", ""),
    ],
)
def test_it_marks_what_is_wrong(client, bag, field, value):
    response = buy(client, **{field: value})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert not Order.objects.exists()


def test_it_heals_a_form_whose_token_is_spoiled(client, bag):
    page = text(buy(client, token="spoiled"))
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    client.post("/demo/checkout/", {**ADA, "token": token})
    assert Order.objects.count() == 1


def test_it_refuses_a_token_that_it_never_gave(client, bag):
    response = buy(client, token=uuid.uuid4())
    assert response.status_code == 400
    assert "Please send it once more." in text(response)
    assert not Order.objects.exists()


def test_it_keeps_the_token_of_a_form_to_mend(client, bag):
    form = form_of(client, email="wrong")
    page = text(client.post("/demo/checkout/", form))
    assert f'value="{form["token"]}"' in page


def test_it_escapes_names(client, bag):
    evil = '"><script>alert(1)</script>'
    response = buy(client, first_name=evil, email="wrong")
    assert "<script>alert" not in text(response)
    assert "&lt;script&gt;alert" in text(response)


def test_it_refuses_a_form_from_another_site(bag, client):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    for address in ("/demo/checkout/", "/demo/cart/add/", "/demo/account/"):
        assert strict.post(address, ADA).status_code == 403
    assert not Order.objects.exists()
