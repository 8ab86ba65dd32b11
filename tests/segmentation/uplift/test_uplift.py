"""Whom messages move: from a holdout of the store's own to the next action."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.experiments.models import Experiment, Exposure, Kind, Variant
from apps.features.models import CustomerFeatures
from apps.registry.models import ModelVersion
from apps.registry.services.brain import TooLittleDataError
from apps.registry.services.learn import learn
from apps.segmentation.models import UpliftModel
from apps.segmentation.services.learning.left_alone import read
from apps.segmentation.services.learning.uplift import KIND, Uplift
from apps.segmentation.services.next_action import IN_GENERAL, NOT_SURE, next_action
from apps.segmentation.services.uplift import uplift_of
from apps.segmentation.services.value import value_of
from apps.shop.models import Customer, Order
from tests.conftest import NOW
from tests.segmentation.value.test_serving import agree, champion, valued

pytestmark = pytest.mark.django_db
BEGUN = NOW - timedelta(days=30)


def holdout(store, place="message", key="messages", started=BEGUN):
    test = Experiment.objects.create(
        store=store, key=key, name=key, kind=Kind.HOLDOUT, place=place,
        started_at=started, created_at=started,
    )  # fmt: skip
    for name, share in (("alone", 30.0), ("written", 70.0)):
        Variant.objects.create(
            store=store, experiment=test, key=name, name=name, share=share,
            is_control=name == "alone",
        )  # fmt: skip
    return test


def arms(test):
    return {row.key: row for row in test.variants.all()}


def take_part(test, customer, *, alone, at=BEGUN, unit=""):
    return Exposure(
        store=test.store, experiment=test, variant=arms(test)["alone" if alone else "written"],
        unit=unit or f"customer:{customer.pk}", customer=customer, at=at,
        propensity=0.3 if alone else 0.7,
    )  # fmt: skip


def buy(customer, at, status="completed"):
    return Order(
        store=customer.store, customer=customer, number="1", status=status,
        currency="EUR", placed_at=at, total=Decimal(50),
    )  # fmt: skip


def crowd(test, alone=300, written=700, alone_buy=30, written_buy=140):
    """So many on each side, and of them so many who ordered within two weeks."""
    store, count = test.store, alone + written
    known = Customer.objects.of(store).count()
    people = Customer.objects.bulk_create(
        Customer(store=store, email=f"{known + n}@mail.example") for n in range(count)
    )
    seats, orders = [], []
    for n, one in enumerate(people):
        is_alone = n < alone
        seats.append(take_part(test, one, alone=is_alone))
        if n < alone_buy or 0 <= n - alone < written_buy:
            orders.append(buy(one, BEGUN + timedelta(days=3)))
    Exposure.objects.bulk_create(seats)
    Order.objects.bulk_create(orders)
    return people


def test_a_holdout_of_messages_says_what_they_change(store):
    crowd(holdout(store))
    version = learn(store, KIND, as_of=NOW, clock=lambda: NOW)
    assert version.status == ModelVersion.Status.CHAMPION
    found = uplift_of(store, None)
    assert 0.05 < found.low < 0.1 < found.high < 0.15
    # People do not differ here, and none are said to.
    assert not found.is_personal
    assert found.effect == pytest.approx(0.1)
    row = UpliftModel.objects.of(store).served().get()
    assert row.version == version
    assert row.document["average"]["effect"] == pytest.approx(0.1)
    assert (row.document["people"], row.document["left_alone"]) == (1000, 300)
    assert set(Uplift().sample(store, NOW)) == {"orders", "spent", "recency_days"}
    assert Uplift().forget(version) == 1
    assert uplift_of(store, None) is None


def test_who_counts(store, other_store):
    test = holdout(store)
    crowd(test)
    before = read(store, NOW)
    late, visitor, gone, kept, merged, undone = (
        Customer.objects.create(store=store, email=f"{name}@mail.example")
        for name in ("late", "visitor", "gone", "kept", "merged", "undone")
    )
    merged.merged_into = kept
    merged.save()
    gone.deleted_at = NOW
    gone.save()
    Exposure.objects.bulk_create(
        [
            # Whose two weeks are not over.
            take_part(test, late, alone=True, at=NOW - timedelta(days=13)),
            # Found out by ordering.
            take_part(test, visitor, alone=True, unit="visitor:v1"),
            take_part(test, gone, alone=True),
            # The same person twice, and nobody's order that was canceled.
            take_part(test, merged, alone=True, at=BEGUN - timedelta(days=1)),
            take_part(test, kept, alone=False),
            take_part(test, undone, alone=True),
        ]
    )
    buy(visitor, BEGUN + timedelta(days=1)).save()
    buy(undone, BEGUN + timedelta(days=1), status="cancelled").save()
    buy(kept, BEGUN + timedelta(days=14)).save()
    # Of a shelf's holdout, of everything, of another store: not of messages.
    shelf = holdout(store, "shelf", "shelf")
    Exposure.objects.bulk_create([take_part(shelf, late, alone=True)])
    crowd(holdout(other_store))
    found = read(store, NOW)
    assert found.alone - before.alone == 2
    assert len(found.trial.bought) - len(before.trial.bought) == 2
    assert found.trial.bought.sum() == before.trial.bought.sum()
    assert set(found.trial.share.tolist()) == {0.7}


def test_numbers_are_those_of_before(store):
    test = holdout(store)
    people = crowd(test)
    buy(people[0], BEGUN - timedelta(days=10)).save()
    found = read(store, NOW)
    orders = found.trial.numbers[:, found.trial.names.index("orders")]
    # One had ordered before; what came after taking part is not known.
    assert sorted(set(orders[orders == orders].tolist())) in ([0.0, 1.0], [1.0])
    assert (orders == 1.0).sum() == 1


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        (None, "Nobody is left alone by messages"),
        ((99, 300, 50, 50), "99 customers were left alone"),
        ((150, 300, 9, 50), "9 of them and 50 of the others"),
    ],
)
def test_little_is_no_measure(store, sizes, says):
    if sizes:
        crowd(holdout(store), *sizes)
    with pytest.raises(TooLittleDataError, match=says):
        Uplift().read(store, NOW, lambda part, what: None)


@pytest.fixture
def ada(store):
    who = valued(champion(store, "segmentation.value"), "ada", churn=0.9, spent=300.0)
    agree(who)
    return who


def measured(store, effect, least, most, **more):
    zero = {"bias": 0.0, "weights": [], "unknown": []}
    document = {
        "names": [], "unit": [], "low": [], "high": [], "center": [], "scale": [],
        "plain": zero, "sent": zero, "constant": effect, "is_personal": False,
        "average": {"effect": effect, "low": least, "high": most}, **more,
    }  # fmt: skip
    version = champion(store, KIND)
    return UpliftModel.objects.create(store=store, version=version, document=document)


def action(who):
    return next_action(who.store, who, value_of(who.store, who.pk), NOW)


def test_what_was_measured_goes_with_the_advice(store, ada):
    row = measured(store, 0.02, 0.01, 0.03)
    found = action(ada)
    assert (found.code, found.uplift) == ("win_back_personally", 0.02)
    assert found.caution == IN_GENERAL
    row.document["average"]["low"] = -0.01
    row.save()
    assert action(ada).caution == NOT_SURE


@pytest.mark.parametrize(
    ("effect", "high", "is_personal"), [(-0.01, -0.001, False), (-0.01, 0.02, True)]
)
def test_who_is_not_moved_is_not_written_to(store, ada, effect, high, is_personal):
    measured(store, effect, -0.03, high, is_personal=is_personal)
    found = action(ada)
    assert (found.code, found.uplift) == ("do_nothing", None)
    assert "messages bring no order" in found.reason


def test_effects_of_one_s_own_are_of_one_s_own_numbers(store, ada):
    CustomerFeatures.objects.create(store=store, customer=ada, as_of=NOW, orders=3)
    measured(
        store, 0.0, 0.01, 0.03, is_personal=True,
        names=["orders"], unit=[1.0], low=[0.0], high=[9.0], center=[0.0], scale=[1.0],
        plain={"bias": 0.0, "weights": [0.0], "unknown": [0.0]},
        sent={"bias": 0.0, "weights": [1.0], "unknown": [0.0]},
    )  # fmt: skip
    # log(1 + 3) on the log-odds of a half.
    assert action(ada).uplift == pytest.approx(0.8 - 0.5)
