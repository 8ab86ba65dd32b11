from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from scipy import stats

from apps.experiments.models import Experiment, Exposure, Status
from apps.experiments.services.assign import (
    Who,
    config_of_product,
    expose,
    fraction,
    part_of,
)
from apps.experiments.services.people import Owner, identify
from apps.experiments.services.running import forget
from apps.shop.services.merge import merge
from tests.conftest import NOW, customer
from tests.experiments.made import experiment, exposed, holdout, layer, variant

pytestmark = pytest.mark.django_db
PLACE = "shelf:home"
CROWD = [Who(f"v{n}") for n in range(1_000)]


def arm(store, who, row, place=PLACE):
    return part_of(store, place, who).told.get(row.key)


def arms(store, row, crowd=CROWD, place=PLACE):
    return [arm(store, who, row, place) for who in crowd]


def see(store, who, *, at=NOW, place=PLACE):
    return expose(store, who, part_of(store, place, who).seats, at)


def is_even(counts, shares):
    total = sum(counts)
    return stats.chisquare(counts, [s * total for s in shares]).pvalue > 0.001


# By chance, and always the same


def test_a_hash_is_the_same_on_every_machine():
    assert fraction("salt", "1", "customer:42") == pytest.approx(
        0.0012895030031023769, abs=0
    )


def test_the_same_person_gets_the_same_again(store):
    row = experiment(store)
    first = arms(store, row)
    forget(store)
    assert arms(store, row) == first


def test_shares_are_what_was_promised(store):
    row = experiment(store, shares=(1, 2, 5))
    found = Counter(arms(store, row))
    assert is_even([found["a"], found["b"], found["c"]], [1 / 8, 2 / 8, 5 / 8])


def test_two_tests_share_people_out_without_regard_to_each_other(store):
    one, other = experiment(store), experiment(store)
    pairs = Counter(zip(arms(store, one), arms(store, other), strict=True))
    table = [[pairs[a, b] for b in "ab"] for a in "ab"]
    assert stats.chi2_contingency(table).pvalue > 0.001


def test_nobody_known_takes_part_in_nothing(store):
    experiment(store, configs=[{"x": 1}, {"x": 2}])
    holdout(store, 1.0)
    part = part_of(store, PLACE, Who())
    assert (part.config, part.seats, part.is_held_out) == ({}, (), False)


def test_a_place_covers_what_lies_in_it_and_nothing_else(store):
    row = experiment(store, place="shelf:home")
    assert arm(store, Who("v"), row, "shelf:home:top")
    assert not arm(store, Who("v"), row, "shelf:homely")
    assert not arm(store, Who("v"), row, "shelf")


def test_another_store_s_tests_mean_nothing_here(store, other_store):
    experiment(other_store)
    holdout(other_store, 1.0)
    assert part_of(store, PLACE, Who("v")).seats == ()


def test_a_person_s_rows_of_another_store_mean_nothing_here(store, other_store):
    row, theirs = experiment(store), experiment(other_store)
    for who in CROWD[:50]:
        exposed(theirs, f"visitor:{who.visitor}", "a")
    assert set(arms(store, row, CROWD[:50])) == {"a", "b"}


# Layers


def test_tests_of_one_layer_never_meet_in_one_person(store):
    shared = layer(store)
    one = experiment(store, layer=shared, slot_from=0, slot_to=4_000)
    other = experiment(store, layer=shared, slot_from=4_000, slot_to=10_000)
    for who in CROWD[:500]:
        assert len(part_of(store, PLACE, who).seats) == 1
    share = sum(a is not None for a in arms(store, one)) / len(CROWD)
    assert is_even([share * 1_000, 1_000 * (1 - share)], [0.4, 0.6])
    assert arms(store, other)


def test_who_was_in_one_test_of_a_layer_does_not_come_into_another(store, ada):
    shared = layer(store)
    one = experiment(store, layer=shared, slot_from=0, slot_to=5_000)
    experiment(store, layer=shared, slot_from=5_000, slot_to=10_000)
    for who in CROWD[:40]:
        exposed(one, f"visitor:{who.visitor}", "b")
        together = Who(who.visitor, ada.pk)
        assert part_of(store, PLACE, together).told == {one.key: "b"}


def test_only_a_share_of_people_takes_part(store):
    row = experiment(store, slot_to=2_500)
    inside = sum(a is not None for a in arms(store, row))
    assert is_even([inside, 1_000 - inside], [0.25, 0.75])


# Holdouts


def test_who_is_left_alone_takes_part_in_nothing_else(store):
    everything, test = (
        holdout(store, 0.3),
        experiment(store, configs=[{}, {"kind": "new"}]),
    )
    held = [who for who in CROWD if part_of(store, PLACE, who).is_held_out]
    assert is_even([len(held), 1_000 - len(held)], [0.3, 0.7])
    for who in held:
        part = part_of(store, PLACE, who)
        assert part.told == {everything.key: "a"}
        assert part.config == {}
    assert test.key not in part_of(store, PLACE, held[0]).told


def test_a_place_s_holdout_is_nested_in_that_of_everything(store):
    everything, here = holdout(store, 0.2), holdout(store, 0.5, place="shelf:home")
    found = Counter(tuple(part_of(store, PLACE, who).told.items()) for who in CROWD)
    inside, outside = (everything.key, "a"), (everything.key, "b")
    assert set(found) == {
        (inside,), (outside, (here.key, "a")), (outside, (here.key, "b")),
    }  # fmt: skip
    assert not part_of(store, "shelf:cart", Who("v1")).told.get(here.key)


def test_an_applied_winner_is_not_shown_to_who_is_left_alone(store):
    winner = experiment(store, configs=[{}, {"variety": 1}])
    Experiment.objects.filter(pk=winner.pk).update(
        status=Status.APPLIED, winner=variant(winner, "b")
    )
    holdout(store, 0.5)
    configs = {
        part.is_held_out: part.config
        for part in (part_of(store, PLACE, who) for who in CROWD[:200])
    }
    assert configs == {True: {}, False: {"variety": 1}}


# Seen before


def test_who_was_seen_as_a_visitor_keeps_the_variant_after_signing_in(store):
    row = experiment(store)
    for n in range(30):
        who, person = Who(f"v{n}"), customer(store, f"C{n}")
        before = arm(store, who, row)
        assert see(store, who) == 1
        together = Who(who.visitor, person.pk)
        assert arm(store, together, row) == before
        assert see(store, together, at=NOW + timedelta(hours=1)) == 1
        assert arm(store, Who("", person.pk), row) == before
        assert arm(store, Who("their-phone", person.pk), row) == before


def test_of_two_devices_the_one_seen_first_decides(store, ada):
    row = experiment(store)
    exposed(row, "visitor:late", "a", at=NOW, customer=ada)
    exposed(row, "visitor:early", "b", at=NOW - timedelta(days=1), customer=ada)
    assert arm(store, Who("late", ada.pk), row) == "b"
    assert arm(store, Who("", ada.pk), row) == "b"


def test_a_guest_who_is_found_out_later_keeps_the_variant(store, ada):
    row = experiment(store)
    for n in range(20):
        Exposure.objects.of(store).delete()
        who = Who(f"guest{n}")
        before = arm(store, who, row)
        see(store, who)
        identify(store, {who.visitor: Owner(lambda at: ada.pk)})
        assert arm(store, Who("", ada.pk), row) == before


def test_a_merged_customer_keeps_the_variant(store, ada, cleo):
    row = experiment(store)
    for key in "ab":
        Exposure.objects.of(store).delete()
        exposed(row, f"customer:{cleo.pk}", key, customer=cleo)
        if key == "a":
            merge(ada, cleo, at=NOW, reason="One person")
        assert arm(store, Who("", ada.pk), row) == key


def test_a_link_that_is_undone_takes_the_row_away_again(store, ada):
    row = experiment(store)
    exposed(row, "visitor:v", "a")
    assert identify(store, {"v": Owner(lambda at: ada.pk)}) == 1
    assert Exposure.objects.of(store).get().customer == ada
    assert identify(store, {"v": Owner(lambda at: None, {ada.pk})}) == 1
    assert Exposure.objects.of(store).get().customer is None


def test_who_showed_a_token_stays_known_though_no_event_said_so(store, ada):
    experiment(store)
    see(store, Who("v", ada.pk))
    assert identify(store, {"v": Owner(lambda at: None)}) == 0
    rows = Exposure.objects.of(store).values_list("unit", "customer")
    assert set(rows) == {("visitor:v", ada.pk), (f"customer:{ada.pk}", ada.pk)}


# Exposures


def test_only_the_first_time_is_written(store):
    row = experiment(store, shares=(1, 3))
    who = Who("v")
    assert see(store, who) == 1
    assert see(store, who, at=NOW + timedelta(days=1)) == 0
    written = Exposure.objects.of(store).get()
    assert (written.unit, written.at, written.customer_id) == ("visitor:v", NOW, None)
    expected = {"a": 0.25, "b": 0.75}[written.variant.key]
    assert written.propensity == expected
    assert written.experiment == row


def test_two_at_once_write_one_row(store):
    experiment(store)
    seats = part_of(store, PLACE, Who("v")).seats
    expose(store, Who("v"), seats, NOW)
    expose(store, Who("v"), seats, NOW + timedelta(seconds=1))
    assert Exposure.objects.of(store).get().at == NOW


def test_a_bandit_s_chance_is_kept_as_it_was_when_it_chose(store):
    row = experiment(store, policy="thompson")
    row.variants.filter(key="a").update(chance=0.9)
    row.variants.filter(key="b").update(chance=0.1)
    forget(store)
    found = Counter(arms(store, row))
    assert is_even([found["a"], found["b"]], [0.9, 0.1])
    who = next(who for who in CROWD if arm(store, who, row) == "a")
    see(store, who)
    row.variants.filter(key="a").update(chance=0.01)
    row.variants.filter(key="b").update(chance=0.99)
    forget(store)
    seat = part_of(store, PLACE, who).seats[0]
    assert (seat.arm.key, seat.propensity) == ("a", 0.9)


# What has become of it


@pytest.mark.parametrize(
    "status", ["draft", "paused", "stopped", "rolled_back"]
)  # fmt: skip
def test_what_does_not_run_means_nothing(store, status):
    experiment(store, status=status)
    assert part_of(store, PLACE, Who("v")).seats == ()


def test_a_watched_winner_is_seen_by_nine_in_ten_whatever_they_saw_before(store):
    row = experiment(
        store, slot_to=1, configs=[{}, {"variety": 1}, {"variety": 0}], shares=(1, 1, 1)
    )
    Experiment.objects.filter(pk=row.pk).update(
        status=Status.WATCHING, phase=2, winner=variant(row, "b")
    )
    exposed(row, "visitor:v1", "a")
    forget(store)
    found = Counter(arms(store, row))
    assert set(found) == {"a", "b"}
    assert is_even([found["a"], found["b"]], [0.1, 0.9])


def test_a_watch_leaves_who_another_test_of_its_layer_holds(store):
    shared = layer(store)
    won = experiment(store, layer=shared, slot_from=0, slot_to=5_000)
    Experiment.objects.filter(pk=won.pk).update(
        status=Status.WATCHING, phase=2, winner=variant(won, "b")
    )
    other = experiment(store, layer=shared, slot_from=5_000, slot_to=10_000)
    found = [part_of(store, PLACE, who).told for who in CROWD[:300]]
    assert {tuple(told) for told in found} == {(won.key,), (other.key,)}


def test_an_applied_winner_is_what_everybody_sees(store):
    row = experiment(store, slot_to=1, configs=[{}, {"variety": 1}])
    Experiment.objects.filter(pk=row.pk).update(
        status=Status.APPLIED, phase=2, winner=variant(row, "b")
    )
    forget(store)
    for who in (Who(), Who("v"), Who("w")):
        part = part_of(store, PLACE, who)
        assert (part.config, part.seats) == ({"variety": 1}, ())


# Prices


def test_a_product_has_one_price_for_whoever_looks(store):
    experiment(
        store, kind="price", place="price", unit="product",
        configs=[{}, {"percent": -5}],
    )  # fmt: skip
    found = [config_of_product(store, "price", n, NOW) for n in range(500)]
    assert found == [config_of_product(store, "price", n, NOW) for n in range(500)]
    lower = sum(config == {"percent": -5} for config in found)
    assert is_even([lower, 500 - lower], [0.5, 0.5])
    assert part_of(store, "price", Who("v")).seats == ()


def test_a_price_by_periods_is_the_same_for_all_products_within_one(store):
    row = experiment(
        store, kind="price", place="price", unit="period", period_hours=24,
        configs=[{}, {"percent": -5}],
    )  # fmt: skip
    days = [NOW + timedelta(days=n) for n in range(200)]
    found = []
    for day in days:
        late = day + timedelta(hours=23, minutes=59)
        prices = {
            str(config_of_product(store, "price", product, at))
            for product in (1, 2, 3)
            for at in (day, late)
        }
        assert len(prices) == 1
        found.append(prices.pop())
    lower = sum("percent" in text for text in found)
    assert is_even([lower, 200 - lower], [0.5, 0.5])
    assert row.unit == "period"
