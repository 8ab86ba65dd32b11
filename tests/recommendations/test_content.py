from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection

from apps.recommendations.models import Shelf
from apps.recommendations.services import content
from apps.recommendations.services.answer import answer
from apps.recommendations.services.answering.ask import Ask
from apps.recommendations.tasks import keep_content
from apps.shop.models import Category
from luxebrain import settings as house
from tests.conftest import NOW
from tests.recommendations.goods import NEVER, product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def boutique(store):
    dresses = Category.objects.create(store=store, name="Dresses", slug="dresses")
    made = {
        name: product(store, name, brand=brand)
        for name, brand in [
            ("red linen dress", "Noor"),
            ("blue linen dress", "Noor"),
            ("wool coat", "Ash"),
            ("leather belt", "Ash"),
        ]
    }
    dresses.products.add(made["red linen dress"], made["blue linen dress"])
    return made


def beside(store, thing):
    row = Shelf.objects.of(store).filter(
        kind="content", subject=f"product:{thing.pk}"
    ).first()  # fmt: skip
    return row and [pick[0] for pick in row.picks]


def test_products_lie_beside_what_they_look_like(store, boutique):
    assert content.keep_up(store, NOW) == 4
    red, blue, coat, belt = boutique.values()
    assert beside(store, red)[0] == blue.pk
    assert beside(store, coat)[0] == belt.pk
    assert Shelf.objects.of(store).first().version is None


def test_a_new_product_has_neighbors_within_ten_seconds(store, boutique, clock):
    keep_content()
    clock.shift(3_600)
    green = product(store, "green linen dress", brand="Noor")
    beat = house.CELERY_BEAT_SCHEDULE["recommendations.keep_content"]["schedule"]
    assert beat <= 5
    clock.shift(beat)
    keep_content()
    dresses = {boutique["red linen dress"].pk, boutique["blue linen dress"].pk}
    assert set(beside(store, green)[:2]) == dresses
    asked = Ask(kind="similar", product=green.pk, limit=2)
    now = NOW + timedelta(seconds=3_600 + beat)
    assert set(answer(store, asked, now, NEVER).products) == dresses


def test_nothing_is_done_where_nothing_changed(
    store, boutique, clock, django_assert_num_queries
):
    content.keep_up(store, NOW)
    clock.shift(60)
    later = NOW + timedelta(seconds=60)
    content.keep_up(store, later)
    with django_assert_num_queries(2):
        assert content.keep_up(store, later) == 0


def test_only_what_changed_is_written_again(store, boutique, clock):
    content.keep_up(store, NOW)
    clock.shift(10)
    coat = boutique["wool coat"]
    coat.name = "red linen coat"
    coat.save()
    clock.shift(5)
    assert content.keep_up(store, NOW + timedelta(seconds=15)) == 1
    assert beside(store, coat)[0] == boutique["red linen dress"].pk


def test_a_row_that_a_slow_transaction_brought_late_is_seen(store, boutique, clock):
    content.keep_up(store, NOW)
    clock.shift(20)
    content.keep_up(store, NOW + timedelta(seconds=20))
    late = product(store, "late dress")
    type(late).objects.of(store).filter(pk=late.pk).update(
        updated_at=NOW + timedelta(seconds=5)
    )
    assert content.keep_up(store, NOW + timedelta(seconds=25)) == 1


def test_an_import_is_worked_off_in_parts(store, monkeypatch):
    monkeypatch.setattr(content, "AT_ONCE", 3)
    for number in range(7):
        product(store, f"dress {number}")
    looks = [content.keep_up(store, NOW) for _ in range(4)]
    assert looks == [3, 3, 1, 0]


def test_a_deleted_product_is_nobody_s_neighbor(store, boutique):
    red, blue, *_ = boutique.values()
    type(red).objects.of(store).filter(pk=blue.pk).update(deleted_at=NOW)
    content.keep_up(store, NOW)
    assert blue.pk not in (beside(store, red) or [])
    assert beside(store, blue) is None


def second(number):
    return NOW + timedelta(seconds=number)


def test_what_changed_in_stock_alone_is_not_worked_out_again(store, boutique, clock):
    content.keep_up(store, NOW)
    clock.shift(60)
    boutique["wool coat"].save()
    assert content.keep_up(store, second(61)) == 0
    row = Shelf.objects.of(store).get(subject=f"product:{boutique['wool coat'].pk}")
    assert row.computed_at == NOW
    cache.clear()
    assert content.keep_up(store, second(62)) == 1


def test_another_price_is_another_product(store, boutique, clock):
    content.keep_up(store, NOW)
    clock.shift(60)
    boutique["wool coat"].price = 60
    boutique["wool coat"].save()
    assert content.keep_up(store, second(61)) == 1


def test_a_change_that_a_slow_transaction_brought_late_is_seen(store, boutique, clock):
    content.keep_up(store, NOW)
    clock.shift(20)
    content.keep_up(store, second(20))
    coat = type(boutique["wool coat"]).objects.of(store).filter(name="wool coat")
    coat.update(name="red linen coat", updated_at=NOW - timedelta(seconds=5))
    assert content.keep_up(store, second(25)) == 1
    assert beside(store, boutique["wool coat"])[0] == boutique["red linen dress"].pk


def test_many_of_one_instant_are_all_worked_off(store, monkeypatch):
    monkeypatch.setattr(content, "AT_ONCE", 2)
    for number in range(5):
        made = product(store, f"dress {number}")
    type(made).objects.of(store).update(updated_at=NOW - timedelta(hours=1))
    looks = [content.keep_up(store, second(number)) for number in range(4)]
    assert looks == [2, 2, 1, 0]


class Meanwhile:
    """Does something once, after names and colors of all products were read."""

    def __init__(self, work):
        self.work, self.reads = work, 0

    def __call__(self, execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        self.reads += sql.startswith('SELECT DISTINCT "shop_variant"')
        if self.reads == 2 and self.work:
            work, self.work = self.work, None
            work()
        return found


def test_who_is_slower_does_not_undo_what_the_other_wrote(store, boutique, clock):
    red, coat = boutique["red linen dress"], boutique["wool coat"]

    def change():
        clock.shift(1)
        type(coat).objects.of(store).filter(pk=coat.pk).update(
            name="red linen coat", updated_at=second(1)
        )
        assert content.keep_up(store, second(1)) == 4

    with connection.execute_wrapper(Meanwhile(change)):
        assert content.keep_up(store, NOW) == 0
    assert beside(store, coat)[0] == red.pk


def test_what_changes_while_it_is_worked_out_is_done_again(store, boutique, clock):
    red, coat = boutique["red linen dress"], boutique["wool coat"]

    def change():
        type(coat).objects.of(store).filter(pk=coat.pk).update(
            name="red linen coat", updated_at=second(1)
        )

    with connection.execute_wrapper(Meanwhile(change)):
        assert content.keep_up(store, NOW) == 4
    assert beside(store, coat)[0] != red.pk
    assert content.keep_up(store, second(5)) == 1
    assert beside(store, coat)[0] == red.pk


@pytest.mark.django_db(transaction=True)
def test_nothing_is_worked_out_while_others_wait(store, boutique):
    inside = []

    def watch(execute, sql, params, many, context):
        if connection.in_atomic_block:
            inside.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        assert content.keep_up(store, NOW) == 4
    assert inside
    assert not [sql for sql in inside if "shop_" in sql]
