from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.features.models import CustomerFeatures, Refresh
from apps.segmentation import tasks
from apps.segmentation.models import Counted, RfmScore
from apps.segmentation.services import rfm, rfm_score
from apps.shop.models import Customer
from tests.callers import person, server
from tests.conftest import NOW, customer

pytestmark = pytest.mark.django_db
GRID, API = "/admin/segments/rfm/", "/api/v1/segmentation/rfm/"
LIST = "/admin/segmentation/rfmscore/"


def buyer(store, name, days, orders, spent, at=NOW):
    who = customer(store, name)
    CustomerFeatures.objects.create(
        store=store, customer=who, as_of=at, orders=orders, spent=spent,
        recency_days=days,
    )  # fmt: skip
    return who


def code_of(who) -> str:
    return RfmScore.objects.of(who.store).get(customer=who).code


def test_ten_customers_are_two_in_each_fifth(store):
    people = [buyer(store, f"P{n}", 100 - n, n + 1, 10.0 * n) for n in range(10)]
    assert rfm_score.score(store, NOW) == 10
    assert [code_of(who) for who in people] == [
        "111", "111", "222", "222", "333", "333", "444", "444", "555", "555",
    ]  # fmt: skip


def test_three_customers_are_first_middle_and_last(store):
    """The latest one buys least."""
    people = [buyer(store, f"P{n}", 40 * n, n + 1, 5.0 * n) for n in range(3)]
    rfm_score.score(store, NOW)
    assert [code_of(who) for who in people] == ["511", "333", "155"]


@pytest.mark.parametrize(
    ("days", "orders", "code", "region"),
    [
        (300, 4, "333", "cooling"),
        # Within 30 days nobody is called away, with one order nobody returned.
        (29, 4, "433", "growing"),
        (30, 4, "333", "cooling"),
        (300, 1, "313", "cooling"),
        (0, 1, "413", "newcomers"),
    ],
)
def test_the_only_customer_is_in_the_middle_where_that_is_true(
    store, days, orders, code, region
):
    one = buyer(store, "Zoe", days, orders, 100)
    rfm_score.score(store, NOW)
    assert code_of(one) == code
    found = server(store, "read").get(f"{API}{one.pk}/").json()
    assert found["region"] == region


def test_in_a_shop_of_five_days_everybody_is_new(store):
    """Each list says the same: a customer's, the grid's, the group's."""
    people = [buyer(store, f"P{n}", n, 1, 50) for n in range(5)]
    rfm_score.score(store, NOW)
    assert [code_of(who) for who in people] == ["513", "413", "413", "413", "413"]
    regions = server(store, "read").get(API).json()["regions"]
    assert {one["key"]: one["customers"] for one in regions if one["customers"]} == {
        "newcomers": 5
    }


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 3)), min_size=1))
def test_a_region_says_nothing_false_of_the_young(numbers):
    rows = pl.DataFrame(numbers, {"days": pl.Int64, "orders": pl.Int64}, orient="row")
    found = rfm_score.scored(rows.with_columns(customer_id=1, spent=1.0))
    for row in found.iter_rows(named=True):
        region = rfm.region_of(row["recency"], row["frequency"]).key
        if row["orders"] == 1:
            assert region in ("newcomers", "cooling", "asleep")
        if row["days"] < 30:
            assert region in ("champions", "growing", "newcomers")


def test_who_cooled_down_is_not_said_to_have_bought_more_than_once():
    says = {one.key: one.says for one in rfm.REGIONS}
    assert says["cooling"] == (
        "Not among those who buy most often; the last time was a month ago or more."
    )


def test_equal_numbers_get_equal_scores(store):
    """Most bought once: they are no better than anybody."""
    people = [buyer(store, f"P{n}", n, 1 + (n == 9), 50) for n in range(10)]
    rfm_score.score(store, NOW)
    assert [code_of(who)[1:] for who in people] == ["13"] * 9 + ["53"]


def test_who_never_ordered_has_no_score(store):
    buyer(store, "Zoe", 3, 1, 10)
    buyer(store, "Yan", None, 0, 0)
    gone = buyer(store, "Xia", 3, 1, 10)
    Customer.objects.filter(pk=gone.pk).update(deleted_at=NOW)
    assert rfm_score.score(store, NOW) == 1
    assert RfmScore.objects.of(store).get().customer.first_name == "Zoe"


def test_who_is_erased_meanwhile_is_left_out(store):
    people = [buyer(store, name, 3, 1, 10) for name in ("Zoe", "Yan")]
    left = [people[1]]

    def erase(execute, sql, *more):
        if "SAVEPOINT" in sql and left:
            left.pop().delete()
        return execute(sql, *more)

    with connection.execute_wrapper(erase):
        assert rfm_score.score(store, NOW) == 1
    assert [row.customer for row in RfmScore.objects.of(store)] == [people[0]]
    assert Counted.objects.of(store).get().customers == 1


def test_of_two_nights_at_once_the_later_one_s_rows_stay(store):
    """The slower one ends when the later one is about to remove what is old."""
    later = NOW + timedelta(hours=1)
    ada = buyer(store, "Ada", 3, 2, 90)
    rfm_score.score(store, NOW - timedelta(days=1))
    slow = [lambda: rfm_score.score(store, NOW)]

    def first(execute, sql, *more):
        if slow and sql.startswith("DELETE") and "rfmscore" in sql:
            slow.pop()()
        return execute(sql, *more)

    with connection.execute_wrapper(first):
        rfm_score.score(store, later)
    assert slow == []
    row = RfmScore.objects.of(store).get()
    assert (row.customer, row.as_of) == (ada, later)
    rfm_score.score(store, NOW)
    count = Counted.objects.of(store).get()
    assert (count.counted_at, count.customers) == (later, 1)


def test_days_are_counted_to_one_moment(store):
    """Both ordered at the same time; the numbers of one are of the day before."""
    buyer(store, "Zoe", 2, 1, 10)
    buyer(store, "Yan", 1, 1, 10, at=NOW - timedelta(days=1))
    rfm_score.score(store, NOW + timedelta(hours=1))
    rows = RfmScore.objects.of(store)
    assert [(row.days, row.recency) for row in rows] == [(2, 4), (2, 4)]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_a_score_says_how_many_others_are_worse(numbers):
    rows = pl.DataFrame({"n": numbers}).select(score=rfm_score.fifth(pl.col("n")))
    for number, score in zip(numbers, rows["score"], strict=True):
        worse = sum(other < number for other in numbers)
        if len(set(numbers)) == 1:
            assert score == 3
        else:
            share = worse / (len(numbers) - 1)
            assert score == min(int(share * 5 + 1e-9) + 1, 5)


def test_every_square_belongs_to_one_region():
    for recency in rfm.SCORES:
        for frequency in rfm.SCORES:
            assert sum(one.has(recency, frequency) for one in rfm.REGIONS) == 1


def test_it_scores_again_when_the_night_s_numbers_are_new(store, other_store):
    buyer(store, "Zoe", 3, 1, 10)
    buyer(other_store, "Eve", 3, 1, 10)
    assert rfm_score.keep_fresh(store, NOW) == 0
    Refresh.objects.create(store=store, kind="customer", full_at=NOW)
    later = NOW + timedelta(hours=1)
    assert rfm_score.keep_fresh(store, later) == 1
    assert rfm_score.keep_fresh(store, later + timedelta(hours=1)) == 0
    assert not RfmScore.objects.of(other_store).exists()
    Refresh.objects.of(store).update(full_at=NOW + timedelta(days=1))
    CustomerFeatures.objects.of(store).delete()
    assert rfm_score.keep_fresh(store, NOW + timedelta(days=1, hours=1)) == 0
    assert not RfmScore.objects.of(store).exists()
    assert Counted.objects.of(store).get().customers == 0


@pytest.fixture
def scored(store):
    """Zoe buys often and lately; Yan once, long ago; Xia is between them."""
    people = [
        buyer(store, "Zoe", 2, 9, 900), buyer(store, "Yan", 400, 1, 20),
        buyer(store, "Xia", 30, 3, 80),
    ]  # fmt: skip
    rfm_score.score(store, NOW)
    return people


@pytest.fixture
def page(analyst):
    client = Client()
    client.force_login(analyst)
    with time_machine.travel(NOW, tick=False):
        yield client


def test_the_grid_counts_customers_and_money(store, analyst, scored):
    for client in (person(analyst), server(store, "read")):
        found = client.get(API).json()
        assert (found["customers"], found["currency"]) == (3, "EUR")
        squares = [one for one in found["squares"] if one["customers"]]
        assert squares == [
            {"recency": 5, "frequency": 5, "region": "champions", "customers": 1,
             "share": 0.333333, "spent": "900.00"},
            {"recency": 3, "frequency": 3, "region": "cooling", "customers": 1,
             "share": 0.333333, "spent": "80.00"},
            {"recency": 1, "frequency": 1, "region": "asleep", "customers": 1,
             "share": 0.333333, "spent": "20.00"},
        ]  # fmt: skip
        assert len(found["squares"]) == 25
        assert found["regions"][0] == {
            "key": "champions", "name": "Champions", "customers": 1, "spent": "900.00",
            "says": "Bought lately, and more often than most.",
        }  # fmt: skip


def test_a_customer_s_scores(store, stranger, scored):
    client = server(store, "read")
    found = client.get(f"{API}{scored[0].pk}/").json()
    assert (found["code"], found["region"], found["days"]) == ("555", "champions", 2)
    assert (found["orders"], found["spent"]) == (9, 900.0)
    unknown = (f"{API}{customer(store, 'Ben').pk}/", f"{API}99999999999999999999/")
    assert [client.get(one).status_code for one in unknown] == [404, 404]
    assert person(stranger).get(f"{API}{scored[0].pk}/").status_code == 404


def test_before_the_first_night_nobody_is_scored(store, analyst, page):
    assert server(store, "read").get(API).json()["as_of"] is None
    assert "Nobody is scored yet" in page.get(GRID).content.decode()


def test_the_page_leads_to_the_customers_of_a_square(page, scored):
    shown = page.get(GRID).content.decode()
    assert f'href="{LIST}?recency=5&amp;frequency=5"' in shown
    assert "€900.00" in shown
    listed = page.get(f"{LIST}?recency=5&frequency=5").content.decode()
    assert "Zoe" in listed
    assert "Yan" not in listed


@pytest.mark.parametrize(
    ("asked", "found"),
    [("group=asleep", 1), ("group=at_risk", 0), ("money=3", 1), ("recency=9", 3)],
)
def test_the_list_can_be_narrowed(page, scored, asked, found):
    shown = page.get(f"{LIST}?{asked}", follow=True)
    assert shown.context["cl"].result_count == found


def test_more_customers_take_no_more_queries(store, page, scored):
    page.get(GRID)
    with CaptureQueriesContext(connection) as before:
        page.get(GRID)
    for number in range(30):
        buyer(store, f"P{number}", number * 7, number % 9 + 1, 5.0 * number)
    rfm_score.score(store, NOW + timedelta(days=1))
    with CaptureQueriesContext(connection) as after:
        page.get(GRID)
    assert len(after) == len(before)
    assert sum("segmentation_" in query["sql"] for query in after) == 2


def test_the_night_s_task_scores_every_store(store, other_store):
    for one in (store, other_store):
        buyer(one, "Zoe", 3, 1, 10)
        Refresh.objects.create(store=one, kind="customer", full_at=NOW)
    tasks.score_rfm()
    assert RfmScore.objects.of(store).count() == 1
    assert RfmScore.objects.of(other_store).count() == 1
