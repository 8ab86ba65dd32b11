from __future__ import annotations

import gettext
import re
from datetime import timedelta
from pathlib import Path

import pytest

from apps.demo import cast
from apps.shop.models import Consent, Customer, Order
from tests.conftest import NOW
from tests.demo.window import hang, names, text

HERE = Path(cast.__file__).parent
CATALOGUE = HERE / "locale/ar/LC_MESSAGES/django.mo"


def person(store, name, *, first, last, orders=1):
    customer = Customer.objects.create(
        store=store,
        email=f"{name.lower()}@mail.example",
        first_name=name,
        source_created_at=NOW - timedelta(days=first),
        first_ordered_at=NOW - timedelta(days=first),
        last_ordered_at=NOW - timedelta(days=last),
    )
    for number in range(orders):
        Order.objects.create(
            store=store,
            customer=customer,
            number=f"{name}-{number}",
            status="completed",
            total=50,
            currency="EUR",
            placed_at=NOW,
        )
    return customer


@pytest.fixture
def people(boutique):
    """Ada, Ben, Cleo and Dov, as the demo shop would have them."""
    cleo = person(boutique, "Cleo", first=200, last=60)
    Consent.objects.create(
        store=boutique,
        customer=cleo,
        channel="email",
        purpose="marketing",
        is_granted=False,
        stated_at=NOW,
    )
    return {
        "Ada": person(boutique, "Ada", first=300, last=5, orders=4),
        "Ben": person(boutique, "Ben", first=1, last=1),
        "Cleo": cleo,
        "Dov": person(boutique, "Dov", first=700, last=400),
    }


def test_it_offers_four_who_differ(client, people):
    parts = client.get("/demo/account/").context["people"]
    assert [part.customer.first_name for part in parts] == ["Ada", "Ben", "Cleo", "Dov"]


def test_nobody_can_play_a_visitor_who_ordered_here(client, people, boutique):
    visitor = person(boutique, "Eve", first=0, last=0, orders=9)
    Customer.objects.of(boutique).filter(pk=visitor.pk).update(source_created_at=None)
    parts = client.get("/demo/account/").context["people"]
    client.post("/demo/account/", {"customer": visitor.pk})
    assert visitor not in [part.customer for part in parts]
    assert "Latest orders" not in text(client.get("/demo/account/"))


def test_it_signs_in_and_out(client, people):
    client.post("/demo/account/", {"customer": people["Ada"].pk})
    page = text(client.get("/demo/account/"))
    assert "Latest orders" in page
    assert "#Ada-3" in page
    client.post("/demo/account/")
    assert "Who would you like to be?" in text(client.get("/demo/account/"))


def test_it_fills_in_what_the_shop_knows(client, people, dress):
    client.post("/demo/account/", {"customer": people["Ada"].pk})
    variant = dress.variants.get(color="Red")
    client.post("/demo/cart/add/", {"variant": variant.pk, "quantity": 1})
    assert 'value="ada@mail.example"' in text(client.get("/demo/checkout/"))


def test_it_lets_nobody_play_someone_else(client, people, store):
    extra = person(people["Ada"].store, "Eve", first=250, last=50)
    foreign = person(store, "Ada", first=300, last=5)
    for customer_id in (extra.pk, foreign.pk, "x", "-1", "9" * 30, ""):
        client.post("/demo/account/", {"customer": customer_id})
        assert client.get("/demo/account/").context["person"] is None


def test_it_leaves_an_admin_signed_in(client, people, owner):
    client.force_login(owner)
    client.post("/demo/account/", {"customer": people["Ada"].pk})
    client.post("/demo/account/")
    assert client.session["_auth_user_id"] == str(owner.pk)


def test_it_remembers_a_privacy_choice_only_when_made(client, boutique):
    assert "luxe_consent" not in client.get("/demo/privacy/").cookies
    client.post("/demo/privacy/", {"choice": "none"})
    assert client.cookies["luxe_consent"].value == "none"
    assert "You said no." in text(client.get("/demo/privacy/"))
    client.post("/demo/privacy/", {"choice": "all; Domain=evil.example"})
    assert client.cookies["luxe_consent"].value == "none"


def test_it_keeps_the_banner_hidden_without_scripts(client, boutique):
    banner = re.search(r'<section class="consent"[^>]*>', text(client.get("/demo/")))
    assert "hidden" in banner[0]


EVIL = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_it_escapes_what_the_shop_calls_things(client, dress, lang):
    dress.name = dress.brand = dress.description = dress.short_description = EVIL
    dress.save()
    dress.categories.update(name=EVIL)
    dress.variants.update(color=EVIL, size="M<b>")
    dress.images.update(alt='" onload="alert(1)', url='" onerror="alert(1)')
    for address in ("/demo/", "/demo/c/dresses/", "/demo/p/ada-dress/"):
        page = text(client.get(address, {"lang": lang}))
        assert "<img src=x" not in page
        assert '" on' not in page.replace('" once', "")
        assert "M<b>" not in page


@pytest.mark.parametrize(
    "words",
    [
        EVIL,
        "\x00",
        "%",
        "_",
        "' OR 1=1 --",
        "\ud83d\udc57",
        "\u202e\u0627\u0644",
        "a " * 40,
        "x" * 5000,
        "🧥",
    ],
)
def test_it_survives_hostile_words(client, dress, words):
    response = client.get("/demo/search/", {"q": words.encode("utf-8", "ignore")})
    assert response.status_code == 200
    assert "<img src=x" not in text(response)


def test_it_takes_a_percent_sign_for_itself(client, dress):
    hang(dress.store, "100% Silk")
    assert names(client.get("/demo/search/", {"q": "%"})) == ["100% Silk"]


@pytest.mark.parametrize(
    "query",
    [
        "size=%00&color=%00",
        "size=" + "x" * 100,
        "low=abc&high=1e400",
        "low=-5&high=NaN",
        "low=Infinity",
        "page=-1",
        "page=99999999999999999999999",
        "page=x",
        "sort=password",
        "stock=maybe",
        "lang=xx",
        "lang=%3Cscript%3E",
        "&".join(f"size={number}" for number in range(900)),
    ],
)
def test_it_survives_hostile_filters(client, dress, query):
    response = client.get(f"/demo/c/dresses/?{query}")
    assert response.status_code == 200
    assert '<html lang="en" dir="ltr">' in text(response)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_it_answers_other_methods_with_405(client, dress, method):
    for address in ("/demo/", "/demo/cart/", "/demo/cart/add/", "/demo/checkout/"):
        assert getattr(client, method)(address).status_code == 405


def test_it_has_every_text_in_arabic():
    with CATALOGUE.open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog
    texts = set()
    for path in (HERE.parents[1] / "templates/demo").glob("*.html"):
        texts |= set(re.findall(r"{%\s*translate\s+([\"'])(.+?)\1", path.read_text()))
    for path in HERE.rglob("*.py"):
        texts |= set(re.findall(r"\b_\(\s*([\"'])(.+?)\1\s*\)", path.read_text()))
    assert {text for _, text in texts} - set(known) == set()
