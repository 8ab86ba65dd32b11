"""What follows from looks, hour by hour, by the task that runs."""

from __future__ import annotations

import pytest
import time_machine

from apps.decisions.models import Decision
from apps.decisions.services.sentence import sentence
from apps.experiments import tasks
from apps.experiments.models import Experiment, Exposure, Reading
from apps.experiments.services import life
from apps.shop.models import Product
from tests.conftest import NOW
from tests.experiments.made import experiment, holdout, variant
from tests.experiments.sales import DAY, crowd

pytestmark = pytest.mark.django_db


def tick(row, day):
    """The hourly look, at a day after NOW."""
    with time_machine.travel(NOW + day * DAY, tick=False):
        tasks.look_at_all()
    row.refresh_from_db()
    return row.status


def last_word(row):
    found = Decision.objects.of(row.store).filter(subject=f"experiment:{row.pk}")
    return sentence(found.latest("created_at").reason)


def clear_winner(store, **more):
    more = {"metric": "buyers", "min_days": 14, "applies_winner": True, **more}
    row = experiment(store, **more)
    crowd(row, (300, 300), (0.2, 0.5))
    return row


def test_it_applies_a_winner_after_two_days(store):
    row = clear_winner(store)
    assert tick(row, 12) == "running"
    assert tick(row, 13) == "running"
    assert (row.verdict, row.same_looks) == ("better", 2)
    assert tick(row, 14) == "watching"
    assert (row.winner, row.phase) == (variant(row, "b"), 2)
    assert last_word(row).endswith("was applied by the system: B. It is watched now.")


def test_two_looks_of_one_day_are_not_enough(store):
    row = clear_winner(store)
    assert [tick(row, day) for day in (14, 14.1, 14.4)] == ["running"] * 3
    assert tick(row, 15) == "watching"


def test_it_waits_for_a_person_where_it_should(store):
    row = clear_winner(store, applies_winner=False)
    assert [tick(row, day) for day in (15, 16, 17)] == ["running"] * 3
    assert row.verdict == "better"


def test_a_worse_guard_keeps_a_winner_from_being_applied(store):
    row = clear_winner(store, guards=["refund_share"], target_people=300)
    for exposure in Exposure.objects.of(store).filter(variant__key="b"):
        exposure.customer.orders.update(refunded_total=40)
    assert [tick(row, day) for day in (15, 16)] == ["running"] * 2
    assert "guard_worse" in {flag["code"] for flag in row.flags}
    # Before that, both were read; without the guard it would have been applied.
    row.guards = []
    row.save()
    assert tick(row, 17) == "watching"


def test_missing_people_keep_a_winner_from_being_applied(store):
    row = experiment(
        store, metric="buyers", min_days=14, max_days=20, applies_winner=True
    )
    crowd(row, (500, 250), (0.2, 0.6))
    assert [tick(row, day) for day in (15, 16, 17)] == ["running"] * 3
    assert row.flags[0]["code"] == "sample_ratio"
    assert tick(row, 20) == "stopped"
    assert last_word(row).endswith("The longest time that was set is over.")


def test_it_applies_the_best_of_several(store):
    row = experiment(
        store, metric="buyers", shares=(1, 1, 1), applies_winner=True, min_days=14
    )
    crowd(row, (300, 300, 300), (0.1, 0.4, 0.6))
    tick(row, 14)
    assert tick(row, 15) == "watching"
    assert row.winner == variant(row, "c")


def test_it_stops_what_is_worse(store):
    row = experiment(store, metric="buyers", min_days=14)
    crowd(row, (300, 300), (0.5, 0.2))
    assert [tick(row, day) for day in (10, 13)] == ["running"] * 2
    assert tick(row, 14) == "stopped"
    assert row.ended_at == NOW + 14 * DAY
    assert "Worse: the share of people with an order fell" in last_word(row)


def test_it_stops_where_nothing_that_matters_differs(store):
    row = experiment(store, metric="buyers", min_days=14, matters=0.5)
    crowd(row, (600, 600), (0.5, 0.5))
    tick(row, 14)
    assert row.verdict == "no_difference"
    assert tick(row, 15) == "stopped"


def watched(store, rates, **more):
    """The winner was applied on day 16."""
    row = clear_winner(store, watch_days=20, **more)
    tick(row, 15)
    assert tick(row, 16) == "watching"
    crowd(row, (150, 1350), rates, at=NOW + 16 * DAY)
    return row


def test_it_takes_back_a_winner_that_does_harm(store):
    row = watched(store, (0.9, 0.3))
    assert tick(row, 30) == "watching"
    assert tick(row, 30.1) == "watching"
    assert tick(row, 31) == "rolled_back"
    assert "was taken back by the system. Worse:" in last_word(row)


def test_it_keeps_a_winner_that_does_none(store):
    row = watched(store, (0.4, 0.4))
    assert [tick(row, day) for day in (30, 31, 35.9)] == ["watching"] * 3
    assert tick(row, 36) == "applied"
    assert row.ended_at == NOW + 36 * DAY
    tick(row, 37)
    assert (row.status, row.verdict) == ("applied", "not_known")


def test_a_harmful_guard_takes_a_winner_back(store):
    row = watched(store, (0.6, 0.6), guards=["refund_share"])
    for exposure in Exposure.objects.of(store).filter(phase=2, variant__key="b"):
        exposure.customer.orders.update(refunded_total=30)
    tick(row, 30)
    assert tick(row, 31) == "rolled_back"
    assert "the share of revenue sent back rose" in last_word(row)


def test_holdouts_never_end(store):
    row = experiment(
        store, kind="holdout", place="", metric="buyers", shares=(0.5, 0.5),
        min_days=1, max_days=2,
    )  # fmt: skip
    crowd(row, (300, 300), (0.2, 0.5))
    assert [tick(row, day) for day in (14, 15, 400)] == ["running"] * 3
    assert row.verdict == "better"


def test_what_has_ended_is_looked_at_once_a_day_while_refunds_come(store):
    row = clear_winner(store)
    tick(row, 10)
    life.stop(row, NOW + 10.5 * DAY)
    for day, looked in ((11, 11), (11.2, 11), (60, 60), (71, 60)):
        tick(row, day)
        assert row.looked_at == NOW + looked * DAY
    assert set(Reading.objects.of(store).values_list("on", flat=True)) == {
        (NOW + 10 * DAY).date(), (NOW + 10.5 * DAY).date(),
    }  # fmt: skip


def test_one_stores_trouble_keeps_no_other_waiting(store, other_store):
    broken, fine = clear_winner(store), clear_winner(other_store)
    Experiment.objects.of(store).filter(pk=broken.pk).update(metric="unheard of")
    assert tick(broken, 10) == "running"
    fine.refresh_from_db()
    assert (broken.looked_at, fine.looked_at) == (None, NOW + 10 * DAY)


def test_in_a_pause_nothing_is_found_out(store):
    row = clear_winner(store)
    life.pause(row, NOW + 13.5 * DAY)
    assert [tick(row, day) for day in (15, 16)] == ["paused"] * 2
    assert (row.verdict, row.same_looks, row.looked_at) == ("", 0, None)


def test_a_pause_brings_no_test_to_its_end(store):
    row = experiment(store, metric="buyers", min_days=14, max_days=20)
    crowd(row, (300, 300), (0.2, 0.2))
    life.pause(row, NOW + 10 * DAY)
    life.resume(row, NOW + 70 * DAY)
    assert [tick(row, day) for day in (71, 79)] == ["running"] * 2
    assert "paused" in {flag["code"] for flag in row.flags}
    assert tick(row, 80) == "stopped"


def test_the_winner_of_a_bandit_is_judged_and_taken_back(store):
    row = experiment(store, metric="buyers", policy="thompson", target_people=300)
    life.apply_winner(row, NOW, winner=variant(row, "b"))
    row.target_people = 300
    row.save()
    crowd(row, (300, 2700), (0.6, 0.2))
    assert [tick(row, day) for day in (12, 13)] == ["watching", "rolled_back"]


def test_a_winner_that_nobody_sees_is_not_kept(store):
    row = experiment(store, metric="buyers")
    life.apply_winner(row, NOW, winner=variant(row, "b"))
    assert [tick(row, day) for day in (15, 30)] == ["watching"] * 2


def test_an_old_holdout_is_looked_at_once_a_day(store):
    young, old = holdout(store, 0.5, place="shelf"), holdout(store, 0.5)
    Experiment.objects.filter(pk=old.pk).update(phase_at=NOW - 100 * DAY)
    looks = []
    for hours in (0, 1, 2, 23.5, 24.5):
        tick(young, hours / 24)
        rows = Experiment.objects.of(store).filter(looked_at=NOW + DAY * hours / 24)
        looks.append(sorted(rows.values_list("place", flat=True)))
    assert looks == [["", "shelf"], ["shelf"], ["shelf"], ["", "shelf"], ["shelf"]]


def test_new_products_and_stretches_come_by_themselves(store):
    goods = experiment(store, kind="price", place="price", unit="product")
    hours = experiment(
        store, kind="price", place="price", unit="period", period_hours=24
    )
    Product.objects.create(store=store, name="Coat", slug="coat")
    with time_machine.travel(NOW + 2.5 * DAY, tick=False):
        tasks.add_units()
        tasks.add_units()
    rows = Exposure.objects.of(store)
    assert rows.filter(experiment=goods).count() == 1
    assert rows.filter(experiment=hours).count() == 3
