"""What a look says of planted truths, and what it writes down."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from apps.experiments.models import Exposure, Reading
from apps.experiments.services import flows, holdout, units
from apps.experiments.services.look import look
from apps.registry.models import ModelVersion
from apps.shop.models import Product
from apps.shop.services import refunds
from tests.conftest import NOW
from tests.experiments.made import experiment, exposed
from tests.experiments.made import holdout as made_holdout
from tests.experiments.sales import DAY, crowd, order, person

pytestmark = pytest.mark.django_db


def codes(row):
    return [flag["code"] for flag in row.flags]


def test_it_finds_a_planted_effect(store):
    row = experiment(store, metric="buyers", guards=["revenue"])
    crowd(row, (600, 600), (0.2, 0.4))
    primary, guard = look(row, NOW + 14 * DAY)
    assert (primary.metric, guard.metric) == ("buyers", "revenue")
    assert primary.answer == row.verdict == "better"
    assert primary.is_judged
    assert primary.sentence.startswith(
        "Better: the share of people with an order rose by 100.0 %"
    )
    assert (primary.control_people, primary.people) == (600, 600)
    assert (primary.control_mean, primary.mean) == (0.2, 0.4)
    assert primary.low < primary.absolute < primary.high
    assert primary.absolute == pytest.approx(0.2)
    assert primary.chance_better > 0.9999
    assert primary.on == (NOW + 14 * DAY).date()
    assert codes(row) == []


def test_it_finds_nothing_where_there_is_nothing(store):
    for seed in range(4):
        row = experiment(store, metric="revenue", guards=["buyers"])
        crowd(row, (400, 400), (0.3, 0.3), seed=seed)
        for day in (2, 5, 9, 14):
            assert {one.answer for one in look(row, NOW + day * DAY)} <= {
                "not_known", "no_difference",
            }  # fmt: skip


def test_it_compares_nothing_before_a_day_has_passed(store):
    row = experiment(store, metric="buyers")
    crowd(row, (600, 600), (0.2, 0.4), spread=0, days=0.5)
    [reading] = look(row, NOW + 0.6 * DAY)
    assert (reading.answer, reading.low) == ("not_known", None)
    assert reading.sentence.startswith("Not known yet: the groups are compared once")
    assert row.target_people is None
    look(row, NOW + DAY)
    # 600 a day in each group, for 56 days.
    assert row.target_people == 600 * 56
    look(row, NOW + 2 * DAY)
    assert row.target_people == 600 * 56


def test_it_plans_by_what_was_known_before(store):
    row = experiment(store, metric="orders", matters=0.5)
    crowd(row, (300, 300), (0.5, 0.5), spread=0)
    for at, exposure in enumerate(Exposure.objects.of(store)):
        if at % 2:
            order(store, exposure.customer, "10", days=-3)
    look(row, NOW + DAY)
    # Variance 1/4, effect 1/4: 8 times (3.0402 + 0.8416) squared.
    assert row.target_people == pytest.approx(121, abs=1)


def test_it_raises_the_alarm_where_people_are_missing(store):
    row = experiment(store, metric="buyers")
    crowd(row, (900, 500), (0.2, 0.6))
    [reading] = look(row, NOW + 14 * DAY)
    assert (reading.answer, row.verdict) == ("not_known", "not_known")
    assert (reading.relative is not None, reading.is_judged) == (True, False)
    assert reading.sentence.startswith("No verdict: the groups are not of the sizes")
    assert codes(row) == ["sample_ratio"]
    assert "64.3 %, 35.7 % instead of 50.0 %, 50.0 %" in row.flags[0]["text"]


def test_it_asks_more_where_more_is_compared(store):
    answers = {}
    for arms in (1, 4):
        row = experiment(store, metric="buyers", shares=(1,) * (arms + 1))
        row.target_people = 500
        crowd(row, (500,) * (arms + 1), (0.3, 0.404, *(0.3,) * (arms - 1)))
        [first, *_] = look(row, NOW + 14 * DAY)
        answers[arms] = (first.answer, first.p_value)
    assert answers[1][0] == "better"
    assert answers[4][0] == "not_known"
    assert answers[4][1] == pytest.approx(4 * answers[1][1])


def test_looks_of_one_day_count_once(store):
    row = experiment(store, metric="buyers")
    crowd(row, (600, 600), (0.2, 0.4))
    counts = []
    for hours in (0, 1, 5, 24, 30, 48):
        look(row, NOW + 10 * DAY + hours / 24 * DAY)
        counts.append(row.same_looks)
    assert counts == [1, 1, 1, 2, 2, 3]
    assert Reading.objects.of(store).count() == 3


def test_a_day_is_the_stores_own(store):
    store.time_zone = "Asia/Tokyo"
    store.save()
    row = experiment(store, metric="buyers")
    crowd(row, (600, 600), (0.2, 0.4))
    # NOW is noon in UTC: midnight in Tokyo lies three hours on.
    look(row, NOW + 10 * DAY)
    look(row, NOW + 10 * DAY + 4 / 24 * DAY)
    assert row.same_looks == 2


def test_a_refund_after_the_end_changes_what_was_found(store):
    row = experiment(store, metric="revenue")
    crowd(row, (200, 200), (0.5, 0.5))
    ada = person(store)
    exposed(row, "visitor:x", "b", customer=ada)
    late = order(store, ada, "500", days=2)
    row.status, row.ended_at = "stopped", NOW + 14 * DAY
    row.save()
    [before] = look(row, NOW + 14 * DAY)
    values = {"amount": "500", "extras_total": "0", "refunded_at": NOW + 20 * DAY}
    refunds.record(late, 8, values)
    [after] = look(row, NOW + 21 * DAY)
    assert after.pk == before.pk
    assert before.sums["y"] - after.sums["y"] == pytest.approx(500)
    assert after.on == (NOW + 14 * DAY).date()


def test_it_tells_when_nobody_comes(store):
    row = experiment(store)
    look(row, NOW + 1.9 * DAY)
    assert codes(row) == []
    look(row, NOW + 2 * DAY)
    assert codes(row) == ["no_exposures"]
    exposed(row, "visitor:x", "a", at=NOW + 2 * DAY)
    look(row, NOW + 2.1 * DAY)
    assert codes(row) == []


def test_it_tells_what_was_left_out(store):
    row = experiment(store, metric="margin")
    ada = person(store)
    exposed(row, "visitor:x", "a", customer=ada)
    exposed(row, "visitor:y", "b", customer=ada, at=NOW + DAY)
    order(store, ada, "10", currency="USD")
    look(row, NOW + 2 * DAY)
    assert [flag["text"] for flag in row.flags] == [
        "1 person saw two variants, as on two devices, and counts for the first.",
        "Left out, being in another currency: 1 order.",
    ]


def test_it_tells_when_there_will_never_be_enough(store):
    row = experiment(store, metric="revenue", max_days=20, min_days=7)
    crowd(row, (150, 150), (0.3, 0.3), spread=4)
    [reading] = look(row, NOW + 5 * DAY)
    assert reading.answer == "not_known"
    assert reading.days_left > 20
    assert codes(row) == ["too_small"]


def test_it_says_which_guard_got_worse(store):
    row = experiment(store, metric="orders", guards=["buyers"])
    crowd(row, (600, 600), (0.5, 0.2))
    look(row, NOW + 14 * DAY)
    assert codes(row) == ["guard_worse"]
    assert row.flags[0]["text"].startswith("Worse: the share of people with an order")


def test_fewer_refunds_are_better(store):
    row = experiment(store, metric="refund_share", target_people=400)
    crowd(row, (400, 400), (1, 1))
    for exposure in Exposure.objects.of(store).filter(variant__key="a")[:200]:
        sale = exposure.customer.orders.get()
        sale.refunded_total = sale.total
        sale.save()
    [reading] = look(row, NOW + 14 * DAY)
    assert (reading.answer, reading.absolute < 0) == ("better", True)
    assert reading.sentence.startswith("Better: the share of revenue sent back fell")
    assert reading.chance_better > 0.99


def test_a_moving_split_gets_a_chance_and_no_verdict(store):
    row = experiment(store, metric="buyers", policy="thompson")
    crowd(row, (300, 900), (0.2, 0.4))
    [reading] = look(row, NOW + 14 * DAY)
    assert (reading.answer, reading.low, reading.p_value) == ("not_known", None, None)
    assert reading.chance_better > 0.999
    assert reading.sentence.startswith("No verdict: more people were moved")
    assert codes(row) == []


def test_a_look_at_a_day_past_changes_nothing_of_now(store):
    row = experiment(store, metric="buyers")
    crowd(row, (600, 600), (0.2, 0.4), spread=0, days=10)
    look(row, NOW + 14 * DAY)
    [reading] = look(row, NOW + 1.5 * DAY)
    row.refresh_from_db()
    assert (row.verdict, row.looked_at) == ("better", NOW + 14 * DAY)
    assert reading.mean < 0.4


def test_stretches_of_time_are_compared_like_people(store):
    row = experiment(store, unit="period", kind="price", place="price", metric="orders")
    chance = np.random.default_rng(1)
    for number in range(60):
        key = "ab"[number % 2]
        exposed(row, f"period:{number}", key, at=NOW + number * DAY)
        for _ in range(int(chance.poisson(10 if key == "a" else 20))):
            order(store, None, "10", days=number + 0.5)
    [reading] = look(row, NOW + 60 * DAY)
    assert (reading.answer, reading.people) == ("better", 30)
    assert "orders per stretch of time rose by" in reading.sentence


def test_the_command_prints_verdicts_and_decides_nothing(store):
    row = experiment(store, metric="buyers", key="hero", applies_winner=True)
    crowd(row, (600, 600), (0.2, 0.4))
    for day in (20, 21):
        out = StringIO()
        as_of = f"{NOW + day * DAY:%Y-%m-%dT%H:%M}"
        call_command("look_at_tests", "--store", "maison", "--as-of", as_of, stdout=out)
    assert "(hero): Running" in out.getvalue()
    assert "B (600 against 600): Better: the share of people" in out.getvalue()
    row.refresh_from_db()
    assert (row.status, row.same_looks) == ("running", 2)
    with pytest.raises(CommandError, match="no store"):
        call_command("look_at_tests", "--store", "nobody")
    with pytest.raises(CommandError, match="No such test"):
        call_command("look_at_tests", "--store", "maison", "--test", "other")


def test_flows_lend_each_other_strength(store):
    for place, rate in (("message:a", 0.42), ("message:b", 0.4), ("message:c", 0.6)):
        row = made_holdout(store, 0.5, place=place, metric="buyers")
        crowd(row, (150, 150), (0.4, rate))
        look(row, NOW + 14 * DAY)
    whole = made_holdout(store, 0.5, metric="buyers")
    crowd(whole, (150, 150), (0.1, 0.9))
    look(whole, NOW + 14 * DAY)
    assert flows.pool_lifts(store) == 3
    found = Reading.objects.of(store).filter(pooled_lift__isnull=False).order_by("pk")
    lifts = [one.pooled_lift for one in found]
    assert [lifts[0] > 0.05, lifts[1] > 0.0, lifts[2] < 0.5] == [True] * 3
    assert all(one.pooled_low < one.pooled_lift < one.pooled_high for one in found)


def test_a_place_that_holds_another_lends_nothing(store):
    """Its people are the other's: one stroke of luck would count twice."""
    for place in ("shelf", "shelf:home", "message:a"):
        row = made_holdout(store, 0.5, place=place, metric="buyers")
        crowd(row, (150, 150), (0.4, 0.5))
        look(row, NOW + 14 * DAY)
    assert flows.pool_lifts(store) == 2
    wide = Reading.objects.of(store).get(experiment__place="shelf", metric="buyers")
    assert wide.pooled_lift is None


def test_products_are_planned_for_as_all_there_are(store):
    row = experiment(store, kind="price", place="price", unit="product", max_days=56)
    Product.objects.bulk_create(
        Product(store=store, name=f"Coat {n}", slug=f"coat-{n}") for n in range(80)
    )
    units.add_due(row, NOW)
    look(row, NOW + 2 * DAY)
    row.refresh_from_db()
    assert row.target_people is not None
    assert row.target_people <= 40


def champion(store):
    return ModelVersion.objects.create(
        store=store, kind="recommendations.hero", name="blend", number=1,
        status="champion", trained_at=NOW,
    )  # fmt: skip


def test_a_store_leaves_some_alone_once_a_model_serves(store, other_store):
    assert holdout.ensure(store, NOW) is None
    champion(store)
    row = holdout.ensure(store, NOW)
    assert (row.status, row.place, row.kind) == ("running", "", "holdout")
    assert {one.key: one.share for one in row.variants.all()} == {
        "held-out": 0.05, "everyone": 0.95,
    }  # fmt: skip
    assert holdout.ensure(store, NOW) is None
    assert holdout.ensure(other_store, NOW) is None


def test_a_holdout_that_was_stopped_stays_stopped(store):
    champion(store)
    row = holdout.ensure(store, NOW)
    row.status = "stopped"
    row.save()
    assert holdout.ensure(store, NOW + DAY) is None
