"""A shelf all the way: the plugin of a real WordPress asks a real LuxeBrain."""

from __future__ import annotations

import httpx
import pytest
from django.utils import timezone

from apps.core.services.memory import forget_all
from apps.decisions.models import Decision
from apps.recommendations.models import ShelfSettings
from apps.shop.models import Image
from apps.storefront.models import Action, Rule
from apps.sync.services import plugin_codes
from tests.recommendations.goods import product, shelf, version
from tests.wordpress.connecting import connection, open_shop, paste
from tests.wordpress.shelf_reader import cards, shelves, titles

pytestmark = [
    pytest.mark.wordpress,
    pytest.mark.xdist_group("wordpress"),
    pytest.mark.django_db(transaction=True),
]
SIMILAR = "product-similar"


@pytest.fixture
def goods(store, shop):
    """The shop's products, as a sync would have copied them."""
    ShelfSettings.objects.create(
        store=store, variety=0, exploration_share=0, shelf_size=3
    )
    made = {
        name: product(store, name, woo_id=shop.ids[name])
        for name in ("Linen dress", "Silk blouse", "Wool coat", "Denim jacket")
    }
    for one in made.values():
        one.permalink = f"{shop.site.url}/?post_type=product&p={one.woo_id}"
        one.save()
        Image.objects.create(store=store, product=one, url=f"{shop.site.url}/a.jpg")
    of = version(store, "recommendations.similar")
    about = f"product:{made['Linen dress'].pk}"
    others = [made[name] for name in ("Silk blouse", "Wool coat", "Denim jacket")]
    shelf(store, "similar", about, *others, code="similar", of=of)
    forget_all()
    return made


@pytest.fixture
def connected_shop(site, shop, ada, luxebrain, store, goods):
    open_shop(site)
    paste(ada, plugin_codes.make(store, None, timezone.now()))
    assert connection(site)["url"] == luxebrain.url
    return shop


def test_a_page_shows_what_luxebrain_said_in_the_background(
    connected_shop, site, visitor, store
):
    path = connected_shop.product("Linen dress")
    assert SIMILAR not in shelves(visitor.open(path).text)
    connected_shop.refresh()

    page = visitor.open(path).text

    assert shelves(page)[SIMILAR] == ["Silk blouse", "Wool coat", "Denim jacket"]
    assert titles(page)[SIMILAR] == "You may also like"
    told = next(card["luxe"] for card in cards(page) if card["place"] == SIMILAR)
    kept = Decision.objects.of(store).get(pk=told["decision"])
    assert kept.chosen["placement"] == SIMILAR
    assert kept.subject == "nobody"
    assert site.complaints() == []


def test_a_rule_of_the_merchant_reaches_the_page(connected_shop, visitor, store, goods):
    rule = Rule(store=store, name="Coats first", action=Action.PIN)
    rule.products = [goods["Wool coat"].pk]
    rule.save()
    forget_all()
    path = connected_shop.product("Linen dress")
    visitor.open(path)
    connected_shop.refresh()

    assert shelves(visitor.open(path).text)[SIMILAR][0] == "Wool coat"


def test_the_same_origin_way_answers_as_the_direct_one(connected_shop, site, visitor):
    asked = {
        "places": SIMILAR,
        "product": connected_shop.ids["Linen dress"],
        "visitor": "v1",
    }
    through = visitor.http.post("/?rest_route=/luxebrain/v1/page", data=asked)
    kept = connection(site)
    direct = httpx.get(
        f"{kept['url']}/api/v1/storefront/page",
        params=asked | {"key": kept["publishable_key"]},
        headers={"Origin": site.url},
    )

    assert direct.status_code == 200
    assert direct.headers["Access-Control-Allow-Origin"] == site.url
    wanted = [
        connected_shop.ids[n] for n in ("Silk blouse", "Wool coat", "Denim jacket")
    ]
    (shown,) = direct.json()["shelves"]
    assert [pick["product"] for pick in shown["picks"]] == wanted
    assert through.status_code == 200
    assert [pick["product"] for pick in through.json()["shelves"][0]["picks"]] == wanted
    assert site.complaints() == []
