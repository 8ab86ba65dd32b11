from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.services.memory import forget_all
from apps.decisions.models import Decision
from apps.events.models import Interaction
from apps.features.models import CustomerFeatures
from apps.recommendations.models import Shelf, ShelfSettings, Shown
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.registry.services import versions
from apps.shop.models import Category, Order, Product, Variant
from tests.conftest import NOW
from tests.recommendations.goods import NEVER, Rails, buy, product, shelf, version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain(store):
    """As ranked: neither variety nor chance, where a test does not turn them on."""
    return ShelfSettings.objects.create(store=store, variety=0, exploration_share=0)


@pytest.fixture
def five(store):
    """a is the newest."""
    return [product(store, name, days_old=day) for day, name in enumerate("abcde")]


def names(store, chance=NEVER, at=NOW, **asked):
    found = answer(store, Ask(**asked), at, chance, explains=True)
    return [place.card.name for place in found.places]


def see(store, thing, *, visitor="v1", minutes_ago=1, did="product_view"):
    return Interaction.objects.create(
        id=uuid.uuid4(), store=store, visitor=visitor, product=thing, type=did,
        at=NOW - timedelta(minutes=minutes_ago),
    )  # fmt: skip


# Sources


def test_a_stranger_sees_what_is_new(store, five):
    assert names(store, limit=3) == ["a", "b", "c"]


def test_trending_comes_before_new(store, five):
    shelf(store, "trending", "", five[4], five[3])
    assert names(store, limit=3) == ["e", "d", "a"]


def test_a_customer_sees_their_own_picks(store, ada, five):
    shelf(store, "personal", f"customer:{ada.pk}", five[3], five[1])
    assert names(store, customer=ada.pk, limit=2) == ["d", "b"]
    assert names(store, limit=2) == ["a", "b"]


def test_the_next_click_changes_the_answer_at_once(store, five):
    a, b, c, d, e = five
    shelf(store, "similar", f"product:{a.pk}", d, e)
    shelf(store, "similar", f"product:{b.pk}", c, e)
    assert names(store, viewed=(a.pk,), limit=2) == ["d", "e"]
    assert names(store, viewed=(b.pk, a.pk), limit=3) == ["e", "c", "d"]


def test_what_visits_told_counts_without_the_page_saying_it(store, five):
    a, _, _, d, _ = five
    shelf(store, "similar", f"product:{a.pk}", d)
    see(store, a)
    assert names(store, visitor="v1", limit=1) == ["d"]
    assert names(store, visitor="v2", limit=1) == ["a"]


def test_the_page_s_product_brings_its_neighbors(store, five):
    a, _, c, d, _ = five
    shelf(store, "similar", f"product:{a.pk}", d, c, code="similar", about=a)
    assert names(store, kind="similar", product=a.pk, limit=2) == ["d", "c"]


def test_a_product_that_nobody_met_has_neighbors_by_what_it_is(store, five):
    a, b, *_ = five
    Shelf.objects.create(
        store=store, kind="content", subject=f"product:{a.pk}",
        picks=[[b.pk, 0.9, "content", a.pk]], computed_at=NOW,
    )  # fmt: skip
    assert names(store, kind="similar", product=a.pk, limit=1) == ["b"]


def test_a_basket_adds_up_what_goes_with_its_products(store, five):
    a, b, c, d, e = five
    shelf(store, "together", f"product:{a.pk}", c, d, code="together", about=a)
    shelf(store, "together", f"product:{b.pk}", d, e, code="together", about=b)
    assert names(store, kind="together", basket=(a.pk, b.pk), limit=2) == ["d", "c"]


def test_recently_viewed_comes_in_the_order_of_time(store, five):
    for minutes, thing in enumerate(five[:3]):
        see(store, thing, minutes_ago=minutes + 1)
    found = names(store, kind="recent", visitor="v1", limit=3)
    assert found == ["a", "b", "c"]


def test_what_a_category_sells_comes_before_what_trends(store, five):
    shoes = Category.objects.create(store=store, name="Shoes", slug="shoes")
    shoes.products.add(five[4])
    from apps.features.models import ProductFeatures

    ProductFeatures.objects.create(store=store, product=five[4], as_of=NOW, units_28=3)
    shoes.products.add(five[0])
    shelf(store, "trending", "", five[2])
    found = names(store, kind="similar", product=five[0].pk, limit=2)
    assert found == ["e", "c"]


def test_favorites_are_those_of_who_spends_alike(store, ada, five):
    CustomerFeatures.objects.create(store=store, customer=ada, as_of=NOW, spent=2_000)
    shelf(store, "hero", "segment:high", five[3])
    shelf(store, "hero", "segment:new", five[4])
    assert names(store, kind="hero", customer=ada.pk, limit=1) == ["d"]
    assert names(store, kind="hero", limit=1) == ["e"]


def test_only_the_version_that_serves_is_read(store, ada, five):
    old, new = version(store), version(store, number=2, status="candidate")
    shelf(store, "personal", f"customer:{ada.pk}", five[3], of=old)
    shelf(store, "personal", f"customer:{ada.pk}", five[4], of=new)
    assert names(store, customer=ada.pk, limit=1) == ["d"]
    versions.promote(new, NOW)
    assert names(store, customer=ada.pk, limit=1) == ["e"]
    versions.rollback(store, old.kind, NOW)
    assert names(store, customer=ada.pk, limit=1) == ["d"]


# Rules


@pytest.mark.parametrize(
    "change",
    [
        {"is_visible": False},
        {"status": Product.Status.DRAFT},
        {"price": None},
        {"published_at": NOW + timedelta(days=1)},
        {"deleted_at": NOW},
        {"stock_status": "outofstock"},
    ],
    ids=str,
)
def test_what_cannot_be_bought_is_never_shown(store, five, change):
    shelf(store, "trending", "", *five)
    Product.objects.of(store).filter(name="a").update(**change)
    assert names(store) == ["b", "c", "d", "e"]


def test_sold_out_in_every_size_is_hidden_in_one_is_not(store, five):
    shelf(store, "trending", "", *five)
    a, b, *_ = five
    a.variants.update(stock_quantity=0)
    b.variants.filter(size="S").update(stock_quantity=0)
    assert names(store, limit=2) == ["b", "c"]


def test_a_product_without_variants_counts_by_itself(store):
    product(store, "scarf", sizes=())
    product(store, "belt", sizes=(), stock_status="outofstock")
    assert names(store) == ["scarf"]


def test_just_bought_is_hidden_for_as_long_as_the_merchant_says(store, ada, five):
    buy(store, ada, five[0], days_ago=29)
    buy(store, ada, five[1], days_ago=31)
    assert names(store, customer=ada.pk, limit=2) == ["b", "c"]


def test_an_order_that_fell_through_hides_nothing(store, ada, five):
    buy(store, ada, five[0], status=Order.Status.CANCELLED)
    assert names(store, customer=ada.pk, limit=1) == ["a"]


def test_a_visitor_s_own_order_hides_before_the_shop_s_copy_has_it(store, five):
    see(store, five[0], did="order")
    assert names(store, visitor="v1", limit=1) == ["b"]


def test_the_page_s_own_products_and_those_excluded_are_not_repeated(store, five):
    a, b, c, *_ = five
    asked = {"product": a.pk, "basket": (b.pk,), "exclude": frozenset({c.pk})}
    assert names(store, **asked) == ["d", "e"]


def test_nothing_of_another_store_is_shown(store, other_store, five):
    theirs = product(other_store, "theirs")
    shelf(store, "trending", "", theirs, five[1])
    assert names(store, limit=2) == ["b", "a"]
    assert names(store, viewed=(theirs.pk,), product=theirs.pk, limit=1) == ["b"]


def test_a_category_holds_those_below_it(store, five):
    shoes = Category.objects.create(store=store, name="Shoes", slug="shoes")
    boots = Category.objects.create(store=store, name="B", slug="b", parent=shoes)
    boots.products.add(five[3])
    shelf(store, "trending", "", *five)
    assert names(store, category=shoes.pk) == ["d"]
    assert names(store, category=0) == []


def test_prices_and_sizes_filter(store):
    product(store, "cheap", price=10)
    product(store, "fair", price=20)
    product(store, "dear", price=30, sizes=("L",))
    assert names(store, price_from=15, price_to=25) == ["fair"]
    assert names(store, size="L") == ["dear"]


def test_sold_out_sizes_do_not_count_for_the_size_filter(store):
    dress = product(store, "dress")
    Variant.objects.of(store).filter(product=dress, size="M").update(stock_quantity=0)
    assert names(store, size="M") == []
    assert names(store, size="S") == ["dress"]


def test_it_is_never_empty_while_anything_can_be_bought(store, ada):
    shelf(store, "personal", f"customer:{ada.pk}", product(store, "gone", pieces=0))
    hidden = [product(store, f"h{i}", is_visible=False) for i in range(150)]
    shelf(store, "trending", "", *hidden)
    product(store, "last")
    assert names(store, customer=ada.pk) == ["last"]


# What moves back


def test_the_shopper_s_size_comes_first(store, ada):
    dresses = Category.objects.create(store=store, name="Dresses", slug="dresses")
    small = product(store, "small", sizes=("S",))
    large = product(store, "large", sizes=("L",))
    dresses.products.add(small, large)
    shelf(store, "personal", f"customer:{ada.pk}", small, large)
    assert names(store, customer=ada.pk) == ["small", "large"]
    CustomerFeatures.objects.create(
        store=store, customer=ada, as_of=NOW,
        numbers={"size_profile": [{"key": f"{dresses.pk}:L", "share": 0.9}]},
    )  # fmt: skip
    assert names(store, customer=ada.pk) == ["large", "small"]


def test_a_step_up_stays_within_what_the_customer_pays(store, ada):
    anchor = product(store, "anchor", price=50)
    dear = product(store, "dear", price=200)
    fair = product(store, "fair", price=70)
    shelf(store, "upsell", f"product:{anchor.pk}", dear, fair)
    asked = {"kind": "upsell", "product": anchor.pk, "limit": 2}
    assert names(store, **asked) == ["dear", "fair"]
    CustomerFeatures.objects.create(
        store=store, customer=ada, as_of=NOW, average_order=60
    )
    assert names(store, customer=ada.pk, **asked) == ["fair", "dear"]


def test_what_was_shown_in_vain_moves_back(store, five):
    shelf(store, "trending", "", *five[:2])
    shown = Shown.objects.create(
        store=store, visitor="v1", times={str(five[0].pk): 5}, last_at=NOW
    )
    assert names(store, visitor="v1", limit=2) == ["b", "a"]
    shown.last_at = NOW - timedelta(days=15)
    shown.save(update_fields=["last_at"])
    assert names(store, visitor="v1", limit=2) == ["a", "b"]


def test_variety_puts_another_brand_between_two_of_one(store):
    things = [
        product(store, name, brand=brand, days_old=day)
        for day, (name, brand) in enumerate([("a", "X"), ("b", "X"), ("c", "Y")])
    ]
    shelf(store, "trending", "", *things)
    assert names(store) == ["a", "b", "c"]
    ShelfSettings.objects.of(store).update(variety=0.5)
    forget_all()
    assert names(store) == ["a", "c", "b"]


# Chance and the log


def test_chance_shows_what_ranks_low_and_says_how_likely_that_was(store, five):
    shelf(store, "trending", "", *five)
    ShelfSettings.objects.of(store).update(exploration_share=0.1)
    forget_all()
    found = answer(store, Ask(limit=2), NOW, Rails(0.05, index=4))
    assert [place.card.name for place in found.places] == ["e", "a"]
    first, second = found.places
    assert (first.is_explored, first.propensity) == (True, 0.1 / 5)
    assert (second.is_explored, second.propensity) == (False, 0.1 / 4 + 0.9)
    decision = Decision.objects.of(store).get(pk=found.decision_id)
    assert decision.arm == "explored"
    assert decision.propensity == pytest.approx(0.02 * 0.925)


def test_each_answer_is_a_decision_that_can_be_judged_later(store, ada, five):
    _, b, c, *_ = five
    shelf(store, "personal", f"customer:{ada.pk}", c, b)
    found = answer(store, Ask(customer=ada.pk, limit=1, placement="home"), NOW, NEVER)
    decision = Decision.objects.of(store).get(pk=found.decision_id)
    assert (decision.kind, decision.subject) == (
        "recommendations.served", f"customer:{ada.pk}",
    )  # fmt: skip
    assert decision.candidates[0] == [c.pk, 1.0, "personal"]
    assert decision.chosen["products"] == [c.pk]
    assert decision.chosen["placement"] == "home"
    assert decision.chosen["places"][0]["source"] == "personal"
    assert decision.model_version == "recommendations.personal#1"
    assert decision.propensity is None
    assert decision.reason["code"] == "picked_by_model"


def test_an_empty_shop_gets_an_empty_shelf_and_a_decision(store):
    found = answer(store, Ask(), NOW, NEVER)
    assert found.places == ()
    assert Decision.objects.of(store).get().chosen["products"] == []


def test_it_says_why(store, ada, five):
    a, b, c, *_ = five
    shelf(store, "personal", f"customer:{ada.pk}", c, code="bought", about=a)
    shelf(store, "similar", f"product:{a.pk}", b, code="similar", about=a)
    found = answer(
        store, Ask(customer=ada.pk, viewed=(a.pk,), limit=3), NOW, NEVER, explains=True
    )
    assert {place.card.name: place.sentence for place in found.places} == {
        "b": "Because you viewed a",
        "c": "Because you bought a",
        "a": "New in the shop",
    }


def test_a_reason_names_no_product_that_is_hidden_by_now(store, ada, five):
    a, b, *_ = five
    shelf(store, "personal", f"customer:{ada.pk}", b, code="bought", about=a)
    Product.objects.of(store).filter(pk=a.pk).update(is_visible=False)
    found = answer(store, Ask(customer=ada.pk, limit=1), NOW, NEVER, explains=True)
    assert found.places[0].sentence == "Because of what you bought"


def test_the_number_of_queries_is_known(store, ada, five, django_assert_num_queries):
    shelf(store, "personal", f"customer:{ada.pk}", *five)
    asked = Ask(customer=ada.pk, visitor="v1", viewed=(five[0].pk,), limit=4)
    answer(store, asked, NOW, NEVER)
    # What is known of the shopper, lists, products, the decision.
    with django_assert_num_queries(4):
        answer(store, asked, NOW, NEVER)


# Cost


def test_a_shopper_s_deeds_are_found_by_an_index(store, ada, five):
    """SQLite walked all of the store's deeds, where it was asked for both at once."""
    with CaptureQueriesContext(connection) as ran:
        names(store, customer=ada.pk, visitor="v1")
    (statement,) = [one["sql"] for one in ran if "UNION ALL" in one["sql"]]
    assert " OR " not in statement
    if connection.vendor != "sqlite":
        # Elsewhere the plan hangs on how many rows there are.
        return
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        plan = str(cursor.fetchall())
    assert "events_act_customer" in plan
    assert "events_act_visitor" in plan
    assert "events_act_recent" not in plan


def test_many_looks_push_out_no_purchase(store, five):
    see(store, five[0], minutes_ago=500, did="order")
    for minute in range(210):
        see(store, five[1], minutes_ago=minute)
    assert "a" not in names(store, visitor="v1")


def test_a_large_basket_costs_no_more_queries(store, five):
    many = [product(store, f"p{n}") for n in range(120)]
    for one in many:
        shelf(store, "together", f"product:{one.pk}", *many)
    with CaptureQueriesContext(connection) as ran:
        names(store, kind="together", basket=tuple(one.pk for one in many), size="none")
    assert len(ran) < 40
