from __future__ import annotations

from datetime import timedelta

import pytest

from apps.recommendations.models import Pick
from apps.recommendations.services import train
from apps.registry.models import ModelVersion, TrainingRun
from apps.shop.models import Customer, Order, OrderLine, Product
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def product(store, name, **values):
    return Product.objects.create(
        store=store, name=name, slug=name, currency="EUR", **values
    )


def sell(store, thing, days_ago, customer, quantity=1):
    order = Order.objects.create(
        store=store,
        number=f"{thing.pk}-{days_ago}-{customer.pk}",
        status=Order.Status.COMPLETED,
        customer=customer,
        currency="EUR",
        placed_at=NOW - timedelta(days=days_ago),
    )
    OrderLine.objects.create(
        store=store,
        order=order,
        product=thing,
        name=thing.name,
        quantity=quantity,
        subtotal=10,
        total=10,
    )


@pytest.fixture
def season(store):
    """Coats sold all winter; dresses sell since spring."""
    coat, dress = product(store, "coat"), product(store, "dress")
    for number in range(40):
        who = Customer.objects.create(store=store, email=f"c{number}@mail.example")
        sell(store, coat, 150 + number, who, quantity=3)
        sell(store, dress, number * 2, who)
    return coat, dress


def test_what_sells_now_comes_first(store, season):
    version = train.train(store, NOW, NOW)
    first = Pick.objects.of(store).served("trending").first()
    assert version.status == ModelVersion.Status.CHAMPION
    assert first.product == season[1]


def test_sales_after_the_moment_teach_nothing(store, season):
    coat, _ = season
    late = Customer.objects.create(store=store, email="late@mail.example")
    version = train.train(store, NOW, NOW)
    sell(store, coat, -1, late, quantity=500)
    again = train.train(store, NOW, NOW)
    assert again.training_rows == version.training_rows


def test_a_hidden_product_is_not_picked(store, season):
    Product.objects.of(store).filter(name="dress").update(is_visible=False)
    train.train(store, NOW, NOW)
    assert [p.product.name for p in Pick.objects.of(store)] == ["coat"]


def test_too_little_data_is_told_and_leaves_no_open_training(store):
    with pytest.raises(train.TooLittleDataError):
        train.train(store, NOW, NOW)
    run = TrainingRun.objects.of(store).get()
    assert (run.status, run.error) == (
        TrainingRun.Status.FAILED,
        "There are too few orders to learn from yet.",
    )
    assert not ModelVersion.objects.of(store).exists()


@pytest.fixture
def fad(store):
    """A fad that ended: half-lives won while it lasted, and lose the month after."""
    coat, dress = product(store, "coat"), product(store, "dress")
    who = Customer.objects.create(store=store, email="all@mail.example")
    for days_ago in (200, 210, 220, 10, 12):
        sell(store, coat, days_ago, who, quantity=50)
    for days_ago in (58, 59, 40, 45):
        sell(store, dress, days_ago, who)
    return coat, dress


def test_a_model_worse_than_the_plain_list_never_serves(store, fad):
    train.train(store, NOW, NOW)
    refused = ModelVersion.objects.of(store).get(status=ModelVersion.Status.REFUSED)
    assert not Pick.objects.of(store).filter(version=refused).exists()
    assert refused.metrics["ndcg_at_10"] < refused.baseline_metrics["ndcg_at_10"]


def test_where_nothing_serves_yet_the_plain_list_does(store, fad):
    version = train.train(store, NOW, NOW)
    assert version.status == ModelVersion.Status.CHAMPION
    assert version.parameters == {"half_life_days": None}
    assert Pick.objects.of(store).served("trending").first().product == fad[0]


def test_a_refused_challenger_leaves_the_champion_serving(store, fad):
    champion = train.train(store, NOW, NOW)
    challenger = train.train(store, NOW, NOW)
    assert challenger.status == ModelVersion.Status.REFUSED
    champion.refresh_from_db()
    assert champion.status == ModelVersion.Status.CHAMPION
    last = TrainingRun.objects.of(store).latest("pk")
    assert last.status == TrainingRun.Status.REFUSED


def test_another_store_s_sales_are_not_read(store, season, other_store):
    with pytest.raises(train.TooLittleDataError):
        train.train(other_store, NOW, NOW)
