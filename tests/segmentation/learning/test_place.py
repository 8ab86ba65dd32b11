from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from apps.features.services.refresh import refresh_all, refresh_some
from apps.registry.services import learn
from apps.segmentation import tasks
from apps.segmentation.models import Member, Place
from apps.segmentation.models.learned import GROUPS
from apps.segmentation.services.learning.place import keep_up, place
from apps.segmentation.services.write import create
from apps.shop.models import Customer, Product
from tests.conftest import NOW
from tests.segmentation.learning.shoppers import KINDS, buy, codes, open_shop

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def people(store):
    found = open_shop(store)
    learn.learn(store, GROUPS, as_of=NOW, clock=lambda: NOW, seed=1)
    return found


def test_numbers_kept_up_place_everybody_where_the_training_did(store, people):
    before = codes(store)
    reasons = dict(Place.objects.of(store).served().values_list("customer", "reason"))
    refresh_all(store, "customer", NOW)
    assert place(store, None, LATER) == []
    assert codes(store) == before
    after = Place.objects.of(store).served().values_list("customer", "reason")
    assert dict(after) == reasons


def test_who_ordered_much_moves_and_the_moment_is_kept(store, people):
    one = people["new"][0]
    thing = Product.objects.of(store).get()
    buy(store, thing, one, (14, 700, 20, 1, False), 0)
    refresh_all(store, "customer", LATER)
    assert place(store, [one.pk, people["occasional"][0].pk], LATER) == [one.pk]
    mine = Place.objects.of(store).served().get(customer=one)
    assert (mine.code, mine.since_at) == ("vip", LATER)
    assert mine.reason[0]["kind"] == "spent"
    calm = Place.objects.of(store).served().get(customer=people["occasional"][0])
    assert (calm.code, calm.since_at, calm.placed_at) == ("occasional", NOW, LATER)


def test_one_met_a_moment_ago_is_new(store, people):
    met = Customer.objects.create(store=store, email="met@mail.example")
    assert place(store, [met.pk], LATER) == [met.pk]
    assert codes(store)[met.pk] == "new"


def test_one_who_is_gone_or_of_another_store_has_no_place(store, people, other_store):
    stranger = Customer.objects.create(store=other_store, email="x@mail.example")
    assert place(store, [stranger.pk, 10**9], LATER) == []
    assert not Place.objects.of(store).filter(customer=stranger).exists()


def test_without_a_version_there_is_nothing_to_place_by(store):
    assert place(store, None, NOW) is None


def test_places_are_read_and_written_a_part_at_a_time(
    store, people, django_assert_num_queries
):
    refresh_all(store, "customer", NOW)
    # SQLite's rows are written past what counts.
    with django_assert_num_queries(7 if connection.vendor == "sqlite" else 8):
        place(store, None, LATER)
    assert set(KINDS) >= set(codes(store).values())


def test_only_those_whose_numbers_are_newer_are_placed_again(store, people):
    refresh_all(store, "customer", NOW)
    assert keep_up(store, NOW) == 0
    placed = Place.objects.of(store).served()
    assert set(placed.values_list("placed_at", flat=True)) == {NOW}
    one = people["new"][0]
    thing = Product.objects.of(store).get()
    buy(store, thing, one, (14, 700, 20, 1, False), 0)
    refresh_some(store, "customer", LATER, [one.pk])
    told = {"field": "learned_segment", "is": "equals", "value": "vip"}
    segment = create(store, {"name": "Best", "conditions": told}, NOW)
    with time_machine.travel(LATER, tick=False):
        tasks.place_learned()
    assert placed.get(placed_at=LATER).customer_id == one.pk
    # Who moved is in the segments that ask for it, before any count.
    inside = Member.objects.of(store).inside().filter(segment=segment)
    assert list(inside.values_list("customer", "entered_at")) == [(one.pk, LATER)]
    assert keep_up(store, LATER + timedelta(minutes=10)) == 0


def test_a_store_that_learned_nothing_yet_is_left_alone(store):
    assert keep_up(store, NOW) == 0
