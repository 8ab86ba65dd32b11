from __future__ import annotations

from datetime import timedelta

import pytest

from apps.recommendations.models import TRENDING, Shelf
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.registry.models import ModelVersion, TrainingRun
from apps.registry.services.brain import TooLittleDataError
from apps.registry.services.learn import learn
from apps.shop.models import Customer, Order, OrderLine, Product
from tests.conftest import NOW
from tests.recommendations.goods import NEVER

pytestmark = pytest.mark.django_db


def train(store, at=NOW):
    return learn(store, TRENDING, as_of=at, clock=lambda: at)


def product(store, name, **values):
    return Product.objects.create(
        store=store, name=name, slug=name, currency="EUR", price=10, **values
    )


def served(store):
    """Products of the shelf that serves, best first."""
    shelf = Shelf.objects.of(store).served().get(kind="trending", subject="")
    return [pick[0] for pick in shelf.picks]


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
    for number in range(80):
        who = Customer.objects.create(store=store, email=f"c{number}@mail.example")
        sell(store, coat, 150 + number, who, quantity=3)
        sell(store, dress, number, who)
    return coat, dress


def test_what_sells_now_comes_first(store, season):
    version = train(store)
    assert version.status == ModelVersion.Status.CHAMPION
    assert served(store)[0] == season[1].pk


def test_sales_after_the_moment_teach_nothing(store, season):
    coat, _ = season
    late = Customer.objects.create(store=store, email="late@mail.example")
    version = train(store)
    sell(store, coat, -1, late, quantity=500)
    again = train(store)
    assert again.training_rows == version.training_rows


def test_an_order_that_was_removed_after_the_moment_still_teaches(store, season):
    version = train(store)
    Order.objects.of(store).filter(placed_at__gte=NOW - timedelta(days=40)).update(
        deleted_at=NOW + timedelta(days=1)
    )
    again = train(store)
    assert again.training_rows == version.training_rows
    assert again.metrics == version.metrics


def test_a_hidden_product_is_not_shown_until_it_comes_back(store, season):
    coat, dress = season
    hidden = Product.objects.of(store).filter(pk=dress.pk)
    hidden.update(is_visible=False)
    train(store)
    asked = Ask(kind="trending")
    assert answer(store, asked, NOW, NEVER).products == [coat.pk]
    hidden.update(is_visible=True)
    assert answer(store, asked, NOW, NEVER).products == [dress.pk, coat.pk]


def test_too_little_data_is_told_and_leaves_no_open_training(store):
    with pytest.raises(TooLittleDataError):
        train(store)
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
    train(store)
    refused = ModelVersion.objects.of(store).get(status=ModelVersion.Status.REFUSED)
    assert not Shelf.objects.of(store).filter(version=refused).exists()
    assert refused.metrics["ndcg_at_10"] < refused.baseline_metrics["ndcg_at_10"]


def test_where_nothing_serves_yet_the_plain_list_does(store, fad):
    version = train(store)
    assert version.status == ModelVersion.Status.CHAMPION
    assert version.parameters == {"half_life_days": None}
    assert served(store)[0] == fad[0].pk


def test_where_the_plain_list_serves_it_is_kept_fresh(store, fad):
    coat, _ = fad
    train(store)
    version = train(store, NOW + timedelta(days=1))
    assert (version.number, version.status) == (4, ModelVersion.Status.CHAMPION)
    assert version.parameters == {"half_life_days": None}
    assert version.data_to_at == NOW + timedelta(days=1)
    assert served(store)[0] == coat.pk
    statuses = ModelVersion.objects.of(store).order_by("number")
    assert list(statuses.values_list("status", flat=True)) == [
        "refused", "retired", "refused", "champion",
    ]  # fmt: skip


def test_another_store_s_sales_are_not_read(store, season, other_store):
    with pytest.raises(TooLittleDataError):
        train(other_store)
