"""Banners for one of the five learned segments, read with the shopper."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.accounts.models import StoreOrigin
from apps.accounts.services import customer_token, keys
from apps.decisions.models import Decision
from apps.features.models import CustomerFeatures
from apps.recommendations.models import ShelfSettings
from apps.recommendations.services.answering import changed
from apps.registry.models import ModelVersion
from apps.segmentation.models import Code, Place
from apps.segmentation.models.learned import GROUPS
from apps.shop.models import Customer
from apps.storefront.models import Banner
from apps.storefront.services.segments import LEARNED
from tests.callers import person
from tests.conftest import NOW
from tests.recommendations.pages import ORIGIN
from tests.segmentation.kinds import champion
from tests.storefront.pages import WholePage

pytestmark = pytest.mark.django_db
HERO = "home-hero"


@pytest.fixture(autouse=True)
def now(time_machine, store, monkeypatch):
    time_machine.move_to(NOW, tick=False)
    ShelfSettings.objects.create(store=store)
    # What has changed is asked once a second: not in this one.
    monkeypatch.setattr(changed.LOOKED, "seconds", 60.0)


@pytest.fixture
def page(store, ada):
    """Ada's home page; she spent 2,000."""
    StoreOrigin.objects.create(store=store, origin=ORIGIN)
    Customer.objects.filter(pk=ada.pk).update(woo_id=7)
    CustomerFeatures.objects.create(store=store, customer=ada, as_of=NOW, spent=2000.0)
    key = keys.create(store, "pk", "shop pages")[1]
    found = WholePage(key, headers={"Origin": ORIGIN})
    found.token = customer_token.mint(
        keys.create(store, "sk", "plugin")[1], 7, NOW + timedelta(hours=1)
    )
    return found


@pytest.fixture
def groups(store):
    return champion(store, GROUPS)


def place(groups, who, code="vip"):
    Place.objects.create(
        store=groups.store, version=groups, customer=who, code=code, since_at=NOW,
        placed_at=NOW,
    )  # fmt: skip


def write(store, *headings):
    """By group."""
    for turn, (segment, heading) in enumerate(headings):
        Banner.objects.create(
            store=store, heading=heading, segment=segment, position=turn
        )


def shown(page):
    hero = page.ask(HERO, token=page.token).json()["hero"]
    return hero and hero["heading"]


def test_a_customer_sees_the_banner_of_their_learned_segment(page, store, groups, ada):
    write(store, ("", "Hello"), ("learned:loyal", "Again"), ("learned:vip", "Dear Ada"))
    place(groups, ada)
    hero = page.ask(HERO, token=page.token).json()["hero"]
    assert hero["heading"] == "Dear Ada"
    kept = Decision.objects.of(store).get(pk=hero["decision"])
    assert kept.reason["facts"]["segment"] == "learned:vip"
    # A page that is the same for all knows nobody's segment.
    assert page.ask(HERO).json()["hero"]["heading"] == "Hello"


def test_of_two_groups_the_turn_decides(page, store, groups, ada):
    place(groups, ada)
    write(store, ("high", "For friends"), ("learned:vip", "Dear Ada"))
    assert shown(page) == "For friends"
    kept = Decision.objects.of(store).latest("created_at")
    assert kept.reason["facts"]["segment"] == "high"


@pytest.mark.parametrize("code", ["", "of-next-year"])
def test_who_is_in_none_that_is_known_sees_the_common_one(
    page, store, groups, ada, code
):
    write(store, ("", "Hello"), *((name, name) for name in LEARNED))
    if code:
        place(groups, ada, code)
    assert shown(page) == "Hello"


def test_a_learned_newcomer_is_not_one_who_has_not_bought(page, store, groups, ada):
    place(groups, ada, "new")
    write(store, ("new", "Have not bought"), ("learned:new", "Welcome"))
    assert shown(page) == "Welcome"


def test_only_the_version_that_serves_and_the_own_store_count(
    page, store, other_store, groups, ada
):
    write(store, ("", "Hello"), ("learned:vip", "Dear Ada"))
    place(champion(other_store, GROUPS), ada)
    assert shown(page) == "Hello"
    place(groups, ada)
    assert shown(page) == "Dear Ada"
    ModelVersion.objects.of(store).update(status=ModelVersion.Status.RETIRED)
    assert shown(page) == "Hello"


@pytest.mark.parametrize("segment", ["high", "learned:vip"])
def test_it_costs_no_query_more(
    page, store, groups, ada, segment, django_assert_num_queries
):
    place(groups, ada)
    write(store, (segment, "Dear Ada"))
    page.ask(HERO, token=page.token)
    # The shopper, and the decision.
    with django_assert_num_queries(2):
        assert shown(page) == "Dear Ada"


def test_each_of_the_five_can_be_chosen_by_the_api(store, manager):
    client, url = person(manager), "/api/v1/storefront/banners/"
    for code in Code.values:
        body = {"heading": code, "segment": f"learned:{code}", "url": "/sale"}
        assert client.post(url, body, format="json").status_code == 201
    found = client.get(url, {"segment": "learned:new"}).json()["results"]
    assert [row["heading"] for row in found] == ["new"]
    body = {"heading": "x", "segment": "vip", "url": "/sale"}
    refused = client.post(url, body, format="json")
    assert refused.status_code == 400
