from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from apps.recommendations.services.segments import GROUPS
from apps.segmentation.models import Code
from apps.shop.models import Image, Product
from apps.storefront.models import Banner
from apps.storefront.services.hero import banner_for, forget_banners
from apps.storefront.services.segments import CHOICES, LEARNED, SEGMENTS, name_of
from tests.conftest import NOW
from tests.shop.conftest import make_product

HOUR = timedelta(hours=1)


@pytest.fixture
def banner(store):
    def made(heading, **values):
        row = Banner.objects.create(store=store, heading=heading, **values)
        forget_banners(store)
        return row

    return made


def heading(store, segment="", at=NOW):
    hero = banner_for(store, segment, at)
    return hero and hero.heading


def test_nobody_is_greeted_where_the_merchant_wrote_nothing(store):
    assert banner_for(store, "high", NOW) is None


def test_a_segment_sees_its_own_and_others_the_common_one(store, banner):
    banner("Welcome")
    banner("For our best", segment="high")
    assert heading(store, "high") == "For our best"
    assert heading(store, "low") == heading(store) == "Welcome"
    assert heading(store, "no-such") == "Welcome"


def test_the_smaller_position_goes_first_and_then_the_older(store, banner):
    banner("Second", position=2)
    banner("First", position=1)
    banner("Younger", position=1)
    assert heading(store) == "First"


def test_it_keeps_to_its_time_and_to_the_switch(store, banner):
    banner("Off", is_on=False)
    banner("Now", starts_at=NOW, ends_at=NOW + HOUR)
    assert heading(store, at=NOW - HOUR) is None
    assert heading(store, at=NOW) == "Now"
    assert heading(store, at=NOW + HOUR) is None


def test_it_falls_back_where_the_segments_own_is_over(store, banner):
    banner("Welcome")
    banner("For our best", segment="high", ends_at=NOW)
    assert heading(store, "high") == "Welcome"


def test_it_leads_to_its_product_and_shows_it(store, banner):
    dress = make_product(store, permalink="https://maison.example/p/dress")
    Image.objects.create(
        store=store, product=dress, url="https://maison.example/2.jpg", position=2
    )
    Image.objects.create(
        store=store, product=dress, url="https://maison.example/1.jpg", position=1
    )
    banner("Dresses", product=dress, label="Look")
    hero = banner_for(store, "", NOW)
    assert (hero.image, hero.url, hero.label) == (
        "https://maison.example/1.jpg", "https://maison.example/p/dress", "Look",
    )  # fmt: skip


def test_what_cannot_be_bought_leads_nobody_there(store, banner):
    dress = make_product(store)
    banner("Dresses", product=dress, position=1)
    banner("Welcome", position=2)
    assert heading(store) == "Dresses"
    Product.objects.of(store).update(stock_status="outofstock")
    forget_banners(store)
    assert heading(store) == "Welcome"


def test_its_own_picture_and_link_go_before_the_products(store, banner, settings):
    settings.PUBLIC_URL = "https://brain.example"
    dress = make_product(store, permalink="https://maison.example/p/dress")
    row = banner("Dresses", product=dress, url="https://maison.example/sale")
    row.picture.save("summer.jpg", ContentFile(b"jpeg"))
    forget_banners(store)
    hero = banner_for(store, "", NOW)
    assert hero.image.startswith("https://brain.example/media/banners/summer")
    assert hero.url == "https://maison.example/sale"
    row.picture.delete()


def test_another_stores_banners_are_another_stores(store, other_store, banner):
    banner("Welcome")
    assert banner_for(other_store, "", NOW) is None


def test_each_segment_that_shelves_know_has_a_name(store):
    assert set(SEGMENTS) == set(GROUPS)
    assert [name for name, _ in CHOICES] == ["", *GROUPS, *LEARNED]
    assert list(LEARNED) == [f"learned:{code}" for code in Code.values]
    assert name_of("high") == "Spent 1,000 or more"
    assert name_of("learned:vip") == "High-Value VIP (learned)"
    assert name_of("bygone") == "bygone"
