from __future__ import annotations

from datetime import timedelta

import pytest

from apps.features.services.refresh import refresh_some
from apps.registry.models import ModelVersion
from apps.registry.services import learn, versions
from apps.registry.services.brain import TooLittleDataError
from apps.segmentation.models import Group, Grouping, Place
from apps.segmentation.models.learned import GROUPS, Code
from apps.segmentation.services.learning.groups import Groups
from apps.segmentation.services.learning.place import keep_up, place
from apps.shop.models import Customer, Product
from ml_models.segments.all import as_json, make
from ml_models.segments.rule import WORDS
from tests.conftest import NOW
from tests.ml_models.segments.crowds import five_kinds
from tests.segmentation.learning.shoppers import buy, codes, older, open_shop

pytestmark = pytest.mark.django_db
Status = ModelVersion.Status


def train(store, at=NOW):
    return learn.learn(store, GROUPS, as_of=at, clock=lambda: at, seed=1)


def test_a_young_shop_has_the_five_by_the_rule(store):
    people = open_shop(store)
    version = train(store)
    assert (version.status, version.name) == (Status.CHAMPION, "rule")
    found = codes(store)
    assert {found[one.pk] for one in people["new"]} == {"new"}
    assert {found[one.pk] for one in people["occasional"]} == {"occasional"}
    assert found[people["vip"][-1].pk] == "vip"
    assert set(found) == {one.pk for kind in people.values() for one in kind}


def test_each_group_has_its_name_its_size_its_numbers_and_its_rule(store):
    open_shop(store)
    train(store)
    groups = list(Group.objects.of(store).served())
    assert [group.code for group in groups] == list(Code)
    assert sum(group.size for group in groups) == 20
    assert str(groups[0]) == "High-Value VIP"
    assert groups[3].numbers["orders"] == 2.0
    # The rule's own words: by it these are simply the rest.
    assert groups[3].rule == WORDS["occasional"]
    assert groups[3].rule.endswith("none of the other four.")


def test_the_first_order_is_enough(store):
    people = open_shop(store, each=1)
    Customer.objects.of(store).exclude(pk=people["occasional"][0].pk).delete()
    train(store)
    assert codes(store) == {people["occasional"][0].pk: "occasional"}


def test_who_never_ordered_is_new_and_told_so(store):
    met = Customer.objects.create(
        store=store, email="met@mail.example",
        source_created_at=NOW - timedelta(days=400),
    )  # fmt: skip
    train(store)
    place = Place.objects.of(store).get()
    assert (place.customer_id, place.code) == (met.pk, "new")
    assert place.reason == [{"kind": "no_order"}]


def test_a_store_without_customers_is_told_so(store):
    with pytest.raises(TooLittleDataError, match="no customer yet"):
        train(store)
    assert not Grouping.objects.of(store).exists()


def test_a_customer_keeps_the_day_of_entering_over_trainings(store):
    people = open_shop(store)
    train(store)
    later = NOW + timedelta(days=7)
    second = train(store, later)
    assert second.status == Status.CHAMPION
    assert second.card["checks"]["stability"]["value"] == 0.0
    places = Place.objects.of(store).served()
    assert set(places.values_list("version", flat=True)) == {second.pk}
    assert set(places.values_list("since_at", flat=True)) == {NOW}
    newcomer = people["new"][0]
    months = NOW + timedelta(days=55)
    older(store, 60)
    train(store, months)
    moved = Place.objects.of(store).served().get(customer=newcomer)
    assert (moved.code, moved.since_at) == ("occasional", months)


def test_who_ordered_during_the_training_is_placed_by_what_they_bought(store):
    one = open_shop(store)["new"][0]
    buy(store, Product.objects.of(store).get(), one, (14, 700, 0, -1, False), 0)
    refreshed, trained = NOW + timedelta(days=2), NOW + timedelta(days=3)
    refresh_some(store, "customer", refreshed, [one.pk])
    learn.learn(store, GROUPS, as_of=NOW, clock=lambda: trained, seed=1)
    assert codes(store)[one.pk] == "new"
    assert keep_up(store, trained) == 1
    assert codes(store)[one.pk] == "vip"


def test_a_rollback_serves_the_old_places(store):
    open_shop(store)
    first = train(store)
    train(store, NOW + timedelta(days=7))
    assert versions.rollback(store, GROUPS, NOW + timedelta(days=8)) == first
    served = Place.objects.of(store).served().values_list("version", flat=True)
    assert set(served) == {first.pk}
    assert len(codes(store)) == 20


def test_what_a_version_wrote_is_forgotten_whole(store):
    open_shop(store)
    first = train(store)
    second = train(store, NOW + timedelta(days=7))
    assert Groups().forget(first) == 20 + 5 + 1
    assert Groups().forget(first) == 0
    assert set(Place.objects.of(store).values_list("version", flat=True)) == {second.pk}
    assert Grouping.objects.of(store).get().version_id == second.pk


def test_a_training_that_would_move_many_is_refused_and_moves_nobody(store):
    """What serves was made before half of the customers' orders were found wrong: the
    limits of the rule move, and with them people whose own numbers are as they were."""
    people = open_shop(store, each=6)
    train(store)
    before = codes(store)
    grouping = Grouping.objects.of(store).get()
    grouping.model["arrays"]["limits"] = [100.0, 1.0]
    grouping.save(update_fields=["model"])
    refused = train(store, NOW + timedelta(days=7))
    assert refused.status == Status.REFUSED
    assert refused.card["checks"]["stability"]["passes"] is False
    assert "their numbers did not change; at most 10%" in refused.card["reasons"][0]
    assert codes(store) == before
    assert people


def test_after_two_months_it_may_move_them(store):
    open_shop(store, each=6)
    train(store)
    grouping = Grouping.objects.of(store).get()
    grouping.model["arrays"]["limits"] = [100.0, 1.0]
    grouping.save(update_fields=["model"])
    late = train(store, NOW + timedelta(days=61))
    assert late.status == Status.CHAMPION
    assert "stability" not in late.card["checks"]


def test_what_learned_from_other_numbers_places_nobody_and_holds_nobody(store):
    """A number has moved in the code's list since it was saved."""
    open_shop(store, each=6)
    train(store)
    before, learned = codes(store), make("kmeans", {}, 1)
    learned.fit(five_kinds()[0])
    row = as_json(learned)
    row["card"]["numbers"] = row["card"]["numbers"][::-1]
    Grouping.objects.of(store).update(model=row)
    later = NOW + timedelta(days=7)
    assert place(store, None, later) is None
    assert codes(store) == before
    again = train(store, later)
    assert again.status == Status.CHAMPION
    assert "stability" not in again.card["checks"]


def test_the_watch_can_ask_what_it_would_learn_from(store):
    open_shop(store)
    found = Groups().sample(store, NOW)
    version = train(store)
    assert set(found) == set(version.card["inputs"])
    assert max(found["orders"]) == 12.0


@pytest.mark.slow
def test_with_enough_buyers_it_learns_and_still_knows_everybody(store):
    people = open_shop(store, each=20)
    older(store, 190)
    version = train(store)
    assert version.status == Status.CHAMPION
    assert set(version.card["rivals"]) == {"autoencoder", "kmeans", "kmeans, held"}
    assert len(codes(store)) == 100
    again = train(store, NOW + timedelta(days=7))
    assert "champion" in again.card["against"] or again.name == "rule"
    assert people
