"""The search behind the certificate: in parts, by one worker at a time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.privacy.models import PrivacyRequest
from apps.privacy.services import ask, look
from apps.privacy.services.steps import STEPS
from apps.privacy.services.whom import Question
from apps.privacy.services.work import LEASE, LostClaimError, work, work_all
from apps.shop.models import Product
from tests.conftest import NOW
from tests.privacy.person import EMAIL

pytestmark = pytest.mark.django_db
Status = PrivacyRequest.Status
LATER = NOW + timedelta(days=1)
MINUTE = timedelta(minutes=1)
LEFT = [{"table": "shop.Product", "column": "description", "rows": 4}]


class Clock:
    """Goes on by `step` each time it is read; `does` something then."""

    def __init__(self, step=timedelta(0), does=None):
        self.at, self.step, self.does = LATER, step, does

    def __call__(self):
        self.at += self.step
        if self.does:
            self.does()
        return self.at


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(look, "PART", 2)


@pytest.fixture
def row(store):
    """Nine products, four of which name her; asked, and every step done."""
    for number in range(9):
        says = f"As worn by {EMAIL}" if number % 2 else "Plain"
        Product.objects.create(store=store, name=f"P{number}", description=says)
    row = ask.erase(store, Question(email=EMAIL), LATER, by=None)
    row.steps_done = list(STEPS)
    row.save()
    return row


def again(row):
    return PrivacyRequest.objects.get(pk=row.pk)


def place(row):
    return again(row).search.get("table"), again(row).search.get("after")


def test_in_parts_it_finds_what_it_finds_at_once(row, monkeypatch):
    work(row, Clock())
    parts = again(row).certificate
    monkeypatch.setattr(look, "PART", 10_000)
    whole = ask.erase(row.store, Question(email=EMAIL), LATER, by=None)
    work(whole, Clock())

    assert parts["left"] == again(whole).certificate["left"] == LEFT
    assert parts["tables"] == again(whole).certificate["tables"] > 50
    assert parts["columns"] == again(whole).certificate["columns"]
    assert again(row).search == {}


def test_no_statement_reads_more_than_a_part(row):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        work(row, Clock())

    of_products = [
        query["sql"] for query in asked if re.search(r'^SELECT .* FROM "shop_product"', query["sql"])
    ]  # fmt: skip
    assert len(of_products) > 5
    assert all("LIMIT 2" in sql or '"id" <= ' in sql for sql in of_products)


@pytest.mark.parametrize("reads", range(3, 12))
def test_killed_anywhere_it_goes_on_behind_what_was_noted(row, reads):
    left = [reads]

    def dies():
        left[0] -= 1
        if left[0] < 0 and place(row)[0].startswith("shop.Product"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(again(row), Clock(does=dies))
    where = place(row)
    assert where[0].startswith("shop.Product")

    assert work_all(Clock(), LATER + MINUTE) == 0  # still claimed
    after = Clock()
    after.at += LEASE + MINUTE
    with CaptureQueriesContext(connection) as asked:
        assert work_all(after, after.at + MINUTE) == 1

    assert not any('FROM "accounts_apikey"' in query["sql"] for query in asked)
    assert again(row).certificate["left"] == LEFT


def test_of_two_at_once_one_does_it(row):
    others = []

    def second():
        if place(row)[0]:
            others.append(work(again(row), Clock()))

    assert work(row, Clock(does=second))

    assert set(others) == {False}
    assert len(others) > 50
    assert again(row).certificate["left"] == LEFT


def test_done_twice_it_is_done_once(row):
    assert work(row, Clock())
    done = again(row)

    with CaptureQueriesContext(connection) as asked:
        assert work(again(row), Clock())

    assert again(row).certificate == done.certificate
    assert not any("shop_product" in query["sql"] for query in asked)


def test_who_works_for_long_keeps_the_claim(row):
    """Each part takes nine minutes; the claim lasts ten."""
    clock = Clock()
    taken = []

    def looks():
        clock.at += timedelta(minutes=4)
        if again(row).claim and len(taken) < 20:
            taken.append(again(row).claimed_until > clock.at)

    clock.does = looks
    assert work(row, clock)
    assert taken == [True] * 20


def test_who_lost_the_claim_writes_nothing(row):
    """It hung for an hour, and somebody else finished meanwhile."""
    done = []

    def hangs():
        if place(row)[0] == "shop.Product" and not done:
            done.append(True)
            late = Clock()
            late.at += timedelta(hours=1)
            assert work(again(row), late)

    with pytest.raises(LostClaimError):
        work(again(row), Clock(does=hangs))

    last = again(row)
    assert (last.status, last.search, last.certificate["left"]) == (
        Status.REMAINS, {}, LEFT,
    )  # fmt: skip
    assert last.certificate["searched_at"] == (LATER + timedelta(hours=1)).isoformat()


def test_a_run_ends_with_its_time_and_the_next_goes_on_at_once(row):
    runs = 0
    while again(row).status != Status.REMAINS:
        clock = Clock(step=timedelta(seconds=1))
        before = place(row)
        work_all(clock, LATER + timedelta(seconds=25))
        assert place(row) != before
        runs += 1

    assert runs > 3
    assert again(row).certificate["left"] == LEFT
