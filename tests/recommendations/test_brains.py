from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from apps.events.models import Interaction
from apps.recommendations.models import Shelf
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.registry.models import ModelVersion
from apps.registry.services import learn, versions
from apps.registry.services.brain import TooLittleDataError
from apps.shop.models import Order, OrderLine, PriceChange
from tests.conftest import NOW
from tests.recommendations.goods import NEVER
from tests.recommendations.season import open_shop

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Status = ModelVersion.Status


@pytest.fixture
def shop(store):
    return open_shop(store)


def train(store, kind):
    return learn.learn(
        store, f"recommendations.{kind}", as_of=NOW, clock=lambda: NOW, seed=1
    )


def listed(store, kind, subject, most=5):
    """Names on a shelf that serves."""
    from apps.shop.models import Product

    names = dict(Product.objects.of(store).values_list("pk", "name"))
    row = Shelf.objects.of(store).served().filter(kind=kind, subject=subject).get()
    return [names[pick[0]] for pick in row.picks[:most]]


def tastes(names):
    return {name.split()[0] for name in names}


def test_similar_products_are_those_of_the_same_taste(store, shop):
    goods, _ = shop
    version = train(store, "similar")
    assert (version.status, version.name) == (Status.CHAMPION, "neighbors")
    linen = listed(store, "similar", f"product:{goods['linen dress 3'].pk}")
    assert tastes(linen) == {"linen"}
    assert version.metrics["ndcg_at_10"] > version.baseline_metrics["ndcg_at_10"]


def test_what_is_bought_together_is_found(store, shop):
    goods, _ = shop
    train(store, "together")
    with_shoe = listed(store, "together", f"product:{goods['wool shoe 1'].pk}")
    assert tastes(with_shoe) == {"wool"}
    assert all("dress" in name for name in with_shoe)


def basket(store, things, days_ago):
    order = Order.objects.create(
        store=store, number=f"big-{days_ago}", status="completed", currency="EUR",
        placed_at=NOW - timedelta(days=days_ago), total=100,
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        OrderLine(
            store=store, order=order, product=thing, name=thing.name, quantity=1,
            subtotal=thing.price, total=thing.price,
        )
        for thing in things
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["together", "outfit"])
def test_an_order_has_one_say_however_large(store, shop, kind):
    goods, _ = shop
    since = NOW - timedelta(days=28)
    orders = Order.objects.of(store).filter(placed_at__gte=since).count()
    before = train(store, kind).metrics
    assert before["cases"] == orders
    basket(store, goods.values(), days_ago=3)
    after = train(store, kind).metrics
    assert after["cases"] == orders + 1
    moved = after["ndcg_at_10"] - before["ndcg_at_10"]
    assert abs(moved) <= 1 / after["cases"]


def test_costs_of_the_days_to_be_foreseen_do_not_help(store, shop):
    """Lines of one product by nobody are no case: what they cost is all they tell."""
    goods, _ = shop
    before = train(store, "together")
    for number, thing in enumerate(goods.values()):
        basket(store, [thing], days_ago=1 + number / 2)
    lines = OrderLine.objects.of(store).filter(order__number__startswith="big-")
    for number, line in enumerate(lines.order_by("pk")):
        OrderLine.objects.of(store).filter(pk=line.pk).update(
            unit_cost=line.total * (number * 7 % 5)
        )
    after = train(store, "together")
    assert after.metrics == before.metrics
    assert after.card["rivals"] == before.card["rivals"]


def test_prices_of_the_days_to_be_foreseen_do_not_help(store, shop):
    goods, _ = shop
    before = train(store, "upsell").card["rivals"]
    PriceChange.objects.bulk_create(
        PriceChange(
            store=store, product=thing, price=1_000 - 7 * number, currency="EUR",
            changed_at=NOW - timedelta(days=10),
        )
        for number, thing in enumerate(goods.values())
    )  # fmt: skip
    assert train(store, "upsell").card["rivals"] == before


def test_a_shop_whose_prices_are_noted_since_yesterday_learns_steps_up(store):
    open_shop(store, noted_days=1)
    found = train(store, "upsell")
    assert found.metrics["ndcg_at_10"] > found.baseline_metrics["ndcg_at_10"] > 0


@pytest.mark.parametrize("kind", ["together", "outfit"])
def test_a_shop_that_sold_nothing_lately_is_told_so(store, shop, kind):
    Order.objects.of(store).update(placed_at=F("placed_at") - timedelta(days=60))
    with pytest.raises(TooLittleDataError, match="too little to judge neighbors by"):
        train(store, kind)


def test_a_visitor_has_one_say_however_busy(store, shop):
    since = NOW - timedelta(days=28)
    looks = Interaction.objects.of(store).filter(at__gte=since)
    visitors = looks.values("visitor").distinct().count()
    found = train(store, "similar").metrics
    assert found["cases"] == visitors


def test_an_outfit_is_completed_from_another_group(store, shop):
    goods, _ = shop
    train(store, "outfit")
    found = listed(store, "outfit", f"product:{goods['silk dress 2'].pk}", 4)
    assert sorted(found) == [f"silk shoe {number}" for number in range(4)]


def test_a_step_up_is_dearer_and_of_the_same_kind(store, shop):
    goods, _ = shop
    train(store, "upsell")
    dress = goods["linen dress 3"]
    row = Shelf.objects.of(store).served().get(
        kind="upsell", subject=f"product:{dress.pk}"
    )  # fmt: skip
    by_id = {thing.pk: thing for thing in goods.values()}
    up = [by_id[pick[0]] for pick in row.picks]
    assert up
    assert all(dress.price < thing.price for thing in up)
    assert all("dress" in thing.name for thing in up)


def test_customers_get_what_customers_like_them_bought(store, shop):
    _, people = shop
    train(store, "alike")
    found = listed(store, "alike", f"customer:{people[0].pk}", 3)
    assert tastes(found) == {"linen"}


def test_what_is_bought_again_is_their_own(store, shop):
    _, people = shop
    train(store, "rebuy")
    assert listed(store, "rebuy", f"customer:{people[4].pk}", 1) == ["wool shoe 0"]


def test_favorites_serve_though_groups_do_not_differ(store, shop):
    version = train(store, "hero")
    assert version.parameters == {"prior": None}
    assert Shelf.objects.of(store).served().filter(kind="hero").count() == 5


def test_each_customer_gets_picks_with_reasons_of_their_own(store, shop):
    goods, people = shop
    version = train(store, "personal")
    assert version.status == Status.CHAMPION
    rows = Shelf.objects.of(store).served().filter(kind="personal")
    assert rows.count() == len(people) + 1
    assert rows.filter(subject="").exists()
    mine = {thing.pk for name, thing in goods.items() if name.startswith("linen")}
    picks = rows.get(subject=f"customer:{people[0].pk}").picks
    assert {pick[0] for pick in picks[:5]} <= mine
    reasons = {pick[2] for pick in picks[:5]}
    assert reasons <= {"bought", "viewed"}
    assert {pick[3] for pick in picks[:5]} <= mine


def test_the_shelf_of_a_customer_is_served_from_all_that_was_learned(store, shop):
    goods, people = shop
    for kind in ("similar", "personal"):
        train(store, kind)
    silk = goods["silk dress 0"]
    linen = answer(store, Ask(customer=people[0].pk, limit=4), NOW, NEVER)
    assert tastes(place.card.name for place in linen.places) == {"linen"}
    clicked = Ask(visitor="new", viewed=(silk.pk,), limit=4)
    found = answer(store, clicked, NOW, NEVER)
    assert tastes(place.card.name for place in found.places) == {"silk"}


@pytest.mark.parametrize("kind", ["similar", "personal"])
def test_the_next_training_plays_against_the_champion_and_back(store, shop, kind):
    first = train(store, kind)
    second = train(store, kind)
    assert second.status == Status.CHAMPION
    assert "champion" in second.card["against"]
    assert second.card["former"] == ""
    rows = Shelf.objects.of(store).filter(version=first).count()
    assert rows == Shelf.objects.of(store).filter(version=second).count()
    assert versions.rollback(store, first.kind, NOW) == first
    assert Shelf.objects.of(store).served().filter(version=first).count() == rows


@pytest.mark.parametrize(
    "kind",
    ["personal", "alike", "rebuy", "similar", "together", "upsell", "outfit", "hero"],
)
def test_a_shop_without_orders_is_told_so(store, kind):
    with pytest.raises(TooLittleDataError):
        train(store, kind)
    assert not Shelf.objects.of(store).exists()
