from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from apps.recommendations.models import Kind
from apps.recommendations.services.answering.wishes import NO_WISHES, Match
from apps.shop.models import Category
from apps.storefront.models import Action, Place, Placement, Rule
from apps.storefront.services.defaults import KINDS, TITLES
from apps.storefront.services.plans import forget_plans, plans_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def rule(store):
    def made(action, position=0, **said):
        row = Rule.objects.create(
            store=store, name=action, action=action, position=position, **said
        )
        forget_plans(store)
        return row

    return made


def wishes(store, place=Place.TRENDING, at=NOW):
    return plans_of(store, at)[place].wishes


def test_it_has_a_plan_for_each_place_of_who_set_nothing(store):
    plans = plans_of(store, NOW)
    assert list(plans) == Place.values
    assert all(plan.is_on and plan.wishes == NO_WISHES for plan in plans.values())
    assert plans[Place.NEW_FOR_YOU].kinds == ("new", "personal")
    assert plans[Place.PRICE_LINE].kinds == ()
    assert set(KINDS) == set(TITLES) == set(Place.values)
    assert {kind for kinds in KINDS.values() for kind in kinds} <= set(Kind.values)


def test_it_says_the_default_title_in_the_language_of_the_page(store):
    plan = plans_of(store, NOW)[Place.PRODUCT_SIMILAR]
    assert (plan.title, plan.heading) == ("", "You may also like")
    with translation.override("ar"):
        assert plan.heading == "قد يعجبك أيضًا"
        assert plans_of(store, NOW)[Place.PRICE_LINE].heading == ""


def test_it_takes_what_the_merchant_set(store):
    Placement.objects.create(
        store=store, place=Place.UPSELL, is_on=False, title="Treat yourself",
        kinds=["alike", "trending"], size=4,
    )  # fmt: skip
    plan = plans_of(store, NOW)[Place.UPSELL]
    assert (plan.is_on, plan.heading, plan.limit) == (False, "Treat yourself", 4)
    assert plan.kinds == ("alike", "trending")


def test_it_leaves_a_place_without_picks_without_kinds(store):
    Placement.objects.create(store=store, place=Place.PRICE_LINE, kinds=["trending"])
    assert plans_of(store, NOW)[Place.PRICE_LINE].kinds == ()


def test_it_pins_in_the_order_of_the_rules_each_product_once(store, rule):
    rule(Action.PIN, position=2, products=[5, 6])
    rule(Action.PIN, position=1, products=[7, 5])
    assert wishes(store).pinned == (7, 5, 6)


def test_it_multiplies_no_rules_but_lists_each(store, rule):
    rule(Action.BOOST, factor=2.0, brands=["ADA"])
    rule(Action.BURY, factor=0.5, new_days=30)
    assert wishes(store).factors == (
        (Match(brands=frozenset({"ada"})), 2.0),
        (Match(is_new_days=30), 0.5),
    )


def test_it_takes_the_stricter_of_two(store, rule):
    rule(Action.BRAND_CAP, most=3)
    rule(Action.BRAND_CAP, most=2)
    rule(Action.CATEGORY_CAP, most=4)
    rule(Action.PRICE, price_from=Decimal(10), price_to=Decimal(90))
    rule(Action.PRICE, price_from=Decimal(20))
    rule(Action.MARGIN, margin=0.2)
    rule(Action.MARGIN, margin=0.4)
    found = wishes(store)
    assert (found.most_per_brand, found.most_per_category) == (2, 4)
    assert (found.price_from, found.price_to) == (Decimal(20), Decimal(90))
    assert found.margin_floor == 0.4


def test_it_knows_what_lies_below_a_category(store, rule):
    top = Category.objects.create(store=store, name="Dresses", slug="dresses")
    low = Category.objects.create(store=store, name="Maxi", slug="maxi", parent=top)
    rule(Action.ONLY, categories=[top.pk])
    assert wishes(store).only == (Match(categories=frozenset({top.pk, low.pk})),)


def test_it_keeps_a_rule_about_a_category_that_is_gone(store, rule):
    rule(Action.ONLY, categories=[999_999])
    assert wishes(store).only == (Match(categories=frozenset({999_999})),)


def test_it_holds_a_rule_to_its_places(store, rule):
    rule(Action.EXCLUDE, products=[1], places=[Place.UPSELL])
    assert wishes(store) == NO_WISHES
    assert wishes(store, Place.UPSELL).excluded == (Match(products=frozenset({1})),)


def test_it_holds_a_rule_to_its_time_to_the_moment(store, rule):
    rule(Action.PIN, products=[1], starts_at=NOW, ends_at=NOW + HOUR)
    moment = timedelta(microseconds=1)
    assert wishes(store, at=NOW - moment).pinned == ()
    assert wishes(store, at=NOW).pinned == (1,)
    assert wishes(store, at=NOW + HOUR - moment).pinned == (1,)
    assert wishes(store, at=NOW + HOUR).pinned == ()


def test_it_passes_over_a_rule_that_is_off(store, rule):
    rule(Action.PIN, products=[1], is_on=False)
    assert wishes(store).pinned == ()


def test_it_asks_the_database_once_in_five_seconds(
    store, rule, django_assert_num_queries
):
    rule(Action.PIN, products=[1])
    with django_assert_num_queries(2):
        plans_of(store, NOW)
        assert plans_of(store, NOW + HOUR) is plans_of(store, NOW + HOUR)


def test_it_knows_nothing_of_another_store(store, other_store, rule):
    rule(Action.PIN, products=[1])
    assert wishes(other_store).pinned == ()


@pytest.mark.parametrize(
    ("match", "is_met"),
    [
        (Match(), False),
        (Match(products=frozenset({7})), True),
        (Match(products=frozenset({8})), False),
        (Match(categories=frozenset({1, 2})), True),
        (Match(categories=frozenset({3})), False),
        (Match(brands=frozenset({"ada"})), True),
        (Match(brands=frozenset({"ada"}), categories=frozenset({3})), False),
        (Match(is_new_days=10), True),
        (Match(is_new_days=9), False),
    ],
)
def test_a_product_fits_each_part_that_is_said(match, is_met):
    assert match.fits(7, {2}, "Ada", 9.5) is is_met


def test_nobody_knows_how_new_it_is_so_it_is_not_new():
    assert not Match(is_new_days=10).fits(7, {2}, "Ada", None)
