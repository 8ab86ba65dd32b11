"""What LuxeBrain shows on the demo's pages: the copy for everybody, which scripts fill anew."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from apps.decisions.models import Decision
from apps.demo.models import DemoShop
from apps.shop.models import PriceChange, Product, Variant
from apps.storefront.models import Banner, Placement
from tests.demo.window import hang, stock, text


@pytest.fixture
def alone(dress):
    """The dress, with the id and the address of a shop."""
    Product.objects.filter(pk=dress.pk).update(woo_id=1, permalink="/demo/p/ada-dress/")
    DemoShop.objects.of(dress.store).update(page_key="pk_of_the_pages")
    return dress.store


@pytest.fixture
def window(dress, alone):
    """Thirty other products beside it: enough for all shelves of a page."""
    for number in range(30):
        product = hang(
            dress.store, f"Dress {number}", woo_id=100 + number,
            permalink=f"/demo/p/dress-{number}/",
            extra={"translations": {"ar": {"name": f"فستان {number}"}}},
        )  # fmt: skip
        stock(product, "Black", "S", 3)
    return alone


def shelf(page, place):
    """The HTML of one place; empty where nothing stands."""
    found = re.search(
        rf'<section class="luxe-shelf[^>]*data-luxe-place="{place}".*?</section>',
        page,
        re.DOTALL,
    )
    return found[0] if found else ""


def told(html):
    return [
        json.loads(unescape(one)) for one in re.findall('data-luxe="([^"]*)"', html)
    ]


def script(page):
    tag = re.search(r"<script[^>]*plugin/widget[^>]*>", page)[0]
    return {
        name: unescape(value)
        for name, value in re.findall(r'data-(\w+)="([^"]*)"', tag)
    }


@pytest.mark.parametrize(
    ("address", "places"),
    [
        # Where nobody has bought anything nothing trends: both would be headed alike.
        ("/demo/", ["home-picks", "recently-viewed"]),
        ("/demo/c/dresses/", ["category-top"]),
        ("/demo/search/?q=dress", ["trending", "recently-viewed"]),
        ("/demo/p/ada-dress/", ["product-similar", "recently-viewed"]),
        ("/demo/cart/", ["trending", "recently-viewed"]),
    ],
)
def test_each_page_has_its_places(client, window, address, places):
    page = text(client.get(address))
    assert (
        re.findall(
            '<section class="luxe-shelf.*?data-luxe-place="(.*?)"', page, re.DOTALL
        )
        == places
    )


def test_each_shelf_is_a_decision_that_its_picks_name(client, window):
    cards = told(shelf(text(client.get("/demo/")), "home-picks"))
    assert [card["position"] for card in cards] == list(range(1, 9))
    made = Decision.objects.of(window).get(pk=cards[0]["decision"])
    assert {card["decision"] for card in cards} == {str(made.pk)}
    assert made.subject == "nobody"


def test_a_product_stands_on_one_shelf_of_a_page(client, window):
    cards = told(text(client.get("/demo/p/ada-dress/")))
    shown = [card["product"] for card in cards if "position" in card]
    assert len(shown) == len(set(shown)) > 0
    assert 1 not in shown, "Not the page's own."


def test_its_script_knows_what_the_page_is_about(client, window):
    said = script(text(client.get("/demo/p/ada-dress/")))
    assert said["url"] == "/api/v1/storefront/page"
    assert (said["key"], said["product"], said["viewed"]) == (
        "pk_of_the_pages",
        "1",
        "yes",
    )
    assert json.loads(said["format"])["before"] == "€"
    assert script(text(client.get("/demo/")))["viewed"] == ""


def test_it_asks_nothing_where_it_has_no_key(client, window):
    DemoShop.objects.of(window).update(page_key="")
    assert "plugin/widget.js" not in text(client.get("/demo/"))


def test_a_bag_is_told_with_what_goes_with_it(client, window):
    variant = Variant.objects.of(window).filter(product__woo_id=100).get()
    client.post("/demo/cart/add/", {"variant": variant.pk, "quantity": 1})
    page = text(client.get("/demo/cart/"))
    assert script(page)["basket"] == "100"
    cards = told(shelf(page, "cart-cross-sell"))
    assert cards
    assert 100 not in [card["product"] for card in cards]
    assert shelf(page, "trending") == ""


def test_what_the_merchant_switches_off_is_gone(client, window):
    for place in ("home-picks", "recently-viewed", "price-line"):
        Placement.objects.create(store=window, place=place, is_on=False)
    for address in ("/demo/", "/demo/p/ada-dress/"):
        page = text(client.get(address))
        assert shelf(page, "home-picks") == shelf(page, "recently-viewed") == ""
        assert "price-line" not in page


def test_favorites_stand_where_there_is_no_banner(client, window):
    """No script fills them: a banner would not fit in."""
    page = text(client.get("/demo/"))
    assert "hero-pictures" in page
    assert "Our favorites</h2>" in page
    assert 'data-luxe-place="home-hero"' not in page


def test_a_banner_for_everybody_stands_on_the_home_page(client, window):
    Banner.objects.create(
        store=window, heading="Spring <b>is</b> here", text="Look.", label="See", url="/demo/search/"
    )  # fmt: skip
    page = text(client.get("/demo/"))
    assert "Spring &lt;b&gt;is&lt;/b&gt; here" in page
    assert re.search(r'<a class="luxe-hero__button" href="/demo/search/">See</a>', page)
    assert "hero-pictures" not in page
    assert Decision.objects.of(window).filter(kind="storefront.banner").count() == 1


def test_it_names_products_in_the_visitors_language(client, window):
    html = shelf(text(client.get("/demo/?lang=ar")), "home-picks")
    names = re.findall('<bdi class="luxe-card__name">(.*?)</bdi>', html)
    assert len(names) == 8
    assert all(name.startswith("فستان") for name in set(names) - {"Ada Dress"})


def test_a_reduced_pick_names_the_price_before_and_the_lowest(client, alone):
    for variant in Variant.objects.of(alone):
        for price, days in ((80, 90), (70, 20), (60, 10)):
            PriceChange.objects.create(
                store=alone, product=variant.product, variant=variant, price=price,
                regular_price=80, currency="EUR",
                changed_at=timezone.now() - timedelta(days=days),
            )  # fmt: skip
    html = shelf(text(client.get("/demo/c/dresses/")), "category-top")
    assert re.search(r"<del><bdi>€80.00</bdi></del>", html)
    assert re.search(r"<small>.*<bdi>€70.00</bdi></small>", html)


def test_one_title_stands_once(client, window):
    """Without anything learned, an outfit cannot keep its word and is called as similar is."""
    page = text(client.get("/demo/p/ada-dress/"))
    assert page.count("You may also like</h2>") == 1
