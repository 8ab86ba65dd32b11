"""What is read of cohorts: tables, the page, the file, the API; and acquisition cost."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditEntry
from apps.core.merchant_admin.show import NOTHING
from apps.outcomes.models import ChannelCost
from apps.segmentation.services import cohorts_count
from apps.segmentation.services.acquisition import acquisition
from apps.segmentation.services.cohorts import cohorts
from tests.callers import person, server
from tests.conftest import NOW, customer
from tests.features.conftest import Shop

pytestmark = pytest.mark.django_db
PAGE, FILE = "/admin/segments/cohorts/", "/admin/segments/cohorts.csv"
API = "/api/v1/segmentation/cohorts/"
COST = "/api/v1/segmentation/acquisition/"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop(store):
    return Shop(store)


@pytest.fixture
def counted(shop, ada, cleo, dov):
    """It is the first of June. Ada and Cleo began in March, Ada came back in April and
    today; Dov began in May. Only dresses have a cost."""
    tops, bags = shop.category("Tops"), shop.category("Bags")
    dress = shop.product("Dress", tops, cost=Decimal(10))
    bag = shop.product("Bag", bags)
    first = shop.order(ada, (dress, 2, "80"), days=80)
    shop.order(cleo, (bag, 1, "40"), days=70)
    shop.order(ada, (dress, 1, "50"), days=45)
    shop.order(dov, (bag, 1, "30"), days=5)
    shop.order(ada, (bag, 1, "20"), days=0.1)
    shop.refund(first, "40", (first.lines.get(), 1, "40"))
    shop.visit("v1", days=81, customer=ada, channel="ads")
    cohorts_count.count(shop.store, NOW)
    return shop.store


@pytest.fixture
def page(analyst):
    client = Client()
    client.force_login(analyst)
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200
    bare = re.sub(
        r"<(script|style).*?</\1>|<[^>]*>", " ", answer.content.decode(), flags=re.DOTALL
    )  # fmt: skip
    return " ".join(bare.split())


def test_a_month_that_runs_is_marked_and_left_out_of_the_whole(counted):
    found = cohorts(counted, "month")
    march, april, may = found.rows
    assert [row.name for row in found.rows] == ["Mar 2026", "Apr 2026", "May 2026"]
    assert [(one.customers, one.is_running) for one in march.cells] == [
        (2, False), (1, False), (0, False), (1, True),
    ]  # fmt: skip
    assert (april.size, [one.base for one in april.cells]) == (0, [0, 0, 0])
    assert [(one.customers, one.is_running) for one in may.cells] == [
        (1, False), (0, True),
    ]  # fmt: skip
    assert found.whole.size == 3
    assert [(one.base, one.customers) for one in found.whole.cells] == [
        (3, 3), (2, 1), (2, 0),
    ]  # fmt: skip


def test_who_had_no_time_yet_makes_no_group_look_worse(counted, shop):
    """Twenty who came with ads in May change nothing of what March did in April."""
    before = {row.key: row for row in cohorts(counted, "channel").rows}["ads"]
    assert [one.retention for one in before.cells] == [1, 1, 0]
    for number in range(20):
        who = customer(counted, f"P{number}")
        shop.visit(f"p{number}", days=9, customer=who, channel="ads")
        shop.order(who, days=8)
    # In June, which is not over: no customer of May had the whole of it.
    shop.order(who, days=0.2)
    cohorts_count.count(counted, NOW + timedelta(minutes=1))
    after = {row.key: row for row in cohorts(counted, "channel").rows}["ads"]
    assert after.size == 21
    assert [one.retention for one in after.cells] == [1, 1, 0]
    assert [one.base for one in after.cells] == [21, 1, 1]


def test_money_is_net_of_refunds_and_margin_where_the_cost_is_known(counted):
    rows = {row.name: row for row in cohorts(counted, "category").rows}
    tops, bags = rows["Tops"].cells, rows["Bags"].cells
    assert (tops[0].revenue, tops[0].costed, tops[0].margin) == (40, 40, 30)
    assert (tops[1].revenue, tops[1].margin, tops[1].known) == (50, 40, 1)
    assert (bags[0].revenue, bags[0].costed, bags[0].known) == (70, 0, 0)


def test_months_can_be_chosen(counted):
    found = cohorts(counted, "month", date(2026, 4, 1), date(2026, 5, 31))
    assert [row.name for row in found.rows] == ["May 2026"]
    assert cohorts(counted, "month", date(2026, 6, 1)).rows == []


@pytest.mark.parametrize("kind", ["month", "category", "channel"])
def test_who_first_ordered_ten_years_ago_is_in_no_cohort(counted, shop, kind):
    """An order dated 1901 makes no million cells. The oldest month is July 2016."""
    for name, on in (
        ("Zoe", (1901, 5, 3)),
        ("Yan", (2016, 6, 29)),
        ("Xia", (2016, 7, 2)),
    ):
        at = datetime(*on, tzinfo=UTC)
        shop.order(customer(counted, name), placed_at=at)
    cohorts_count.count(counted, NOW + timedelta(minutes=1))
    for first in (None, date(1901, 1, 1)):
        found = cohorts(counted, kind, first)
        assert found.whole.size == 4
        assert len(found.ages) <= 120
    if kind == "month":
        assert (found.rows[0].name, found.rows[0].size) == ("Jul 2016", 1)


def test_what_a_new_customer_costs(counted, shop):
    """All of March, and of June the one day that has begun."""
    for month, amount in ((date(2026, 3, 1), 62), (date(2026, 6, 1), 30)):
        ChannelCost.objects.create(
            store=counted, channel="ads", month_on=month, amount=amount, currency="EUR"
        )
    found = acquisition(counted)
    assert (found.first, found.last) == (date(2026, 3, 1), date(2026, 6, 1))
    ads, unknown = found.channels
    assert (ads.customers, ads.spent, ads.cost_each) == (1, 63, 63)
    assert (ads.first_90.customers, ads.first_90.revenue_each) == (0, None)
    assert (unknown.key, unknown.customers, unknown.spent) == ("", 2, None)
    assert unknown.cost_each is None


def test_what_new_customers_bring_in_their_first_days(counted, shop):
    cohorts_count.count(counted, NOW + timedelta(days=20))
    found = {one.key: one for one in acquisition(counted).channels}
    first = found["ads"].first_90
    assert (first.customers, first.revenue_each, first.margin_each) == (1, 110, 70)
    assert first.known == Decimal(90) / 110
    assert found[""].first_90.customers == 1
    assert found[""].first_90.margin_each is None


def test_a_margin_of_a_part_says_of_which_part(page, counted, shop):
    """Ads brought dresses and a bag, mails dresses alone; a bag's cost is not known."""
    dress = shop.product("Coat", cost=Decimal(10))
    zoe = customer(counted, "Zoe")
    shop.visit("v2", days=81, customer=zoe, channel="email")
    shop.order(zoe, (dress, 1, "50"), days=80)
    cohorts_count.count(counted, NOW + timedelta(days=20))
    found = text_of(page.get(PAGE))
    assert "Not known €110.00 €70.00, cost known of 81.8 % Too early" in found
    assert "Not known €50.00 €40.00 Too early" in found
    assert "Not known €40.00 Not known Too early" in found
    channels = server(counted, "read").get(COST).json()["channels"]
    first = {one["key"]: one["first_90"] for one in channels}
    assert first["ads"]["cost_known"] == 0.818182
    assert (first["email"]["cost_known"], first[""]["cost_known"]) == (1.0, 0.0)


def test_of_many_months_the_newest_are_shown(page, counted, shop):
    """From August 2022 on: 46 months."""
    shop.order(customer(counted, "Zoe"), days=1395)
    cohorts_count.count(counted, NOW + timedelta(minutes=1))
    found = text_of(page.get(PAGE, {"months": "0"}))
    assert "6 older months are in the file only." in found
    assert "Jan 2023 0" not in found
    assert "Feb 2023 0" in found
    assert "May 2026 1 100%" in found
    assert found.index("Feb 2023 0") < found.index("May 2026 1")


def test_of_many_categories_the_largest_are_shown(page, counted, shop):
    for number in range(39):
        hat = shop.product("Hat", shop.category(f"Hats {number:02}"))
        shop.order(customer(counted, f"Zoe{number}"), (hat, 1, "10"), days=20)
    cohorts_count.count(counted, NOW + timedelta(minutes=1))
    found = text_of(page.get(PAGE, {"by": "category"}))
    assert "1 smaller row is in the file only." in found
    assert "Bags 2 100%" in found


def test_the_page_shows_each_month_and_what_is_not_over(page, counted):
    found = text_of(page.get(PAGE))
    assert "Mar 2026 2 100% 50% 0% 50% so far" in found
    assert "May 2026 1 100% 0% so far" in found
    assert "All 3 100% 50% 0%" in found
    assert "Paid ads 1 Not known Not known Too early" in found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"of": "revenue"}, "Mar 2026 2 €40.00 €25.00 €0.00 €10.00 so far"),
        ({"of": "orders"}, "Mar 2026 2 1.00 0.50 0.00 0.50 so far"),
        ({"of": "margin"}, f"Mar 2026 2 €15.00 €20.00 €0.00 {NOTHING} so far"),
        ({"of": "margin"}, "The cost is known of 56.2 % of this revenue."),
        ({"of": "margin", "by": "category"}, f"Bags 2 {NOTHING}"),
        ({"by": "category"}, "Tops 1 100% 100% 0%"),
        ({"by": "channel", "months": "0"}, "First visit not known 2 100% 0% 0%"),
        ({"months": "6"}, "Mar 2026 2"),
        ({"months": "x", "by": "<b>", "of": "1"}, "Mar 2026 2 100%"),
    ],
)
def test_the_page_answers_what_is_asked(page, counted, asked, said):
    assert said in text_of(page.get(PAGE, asked))


def test_before_the_first_count_the_page_says_so(page, store):
    found = text_of(page.get(PAGE))
    assert "No first orders in these months, or they are not counted yet" in found
    assert page.get(FILE).content.decode().count("\n") == 1


def test_the_file_has_all_of_the_table(page, counted, shop, ada):
    bad = shop.category("=HYPERLINK(1)")
    shop.order(customer(counted, "Zoe"), (shop.product("Hat", bad), 1, "9"), days=40)
    cohorts_count.count(counted, NOW + timedelta(minutes=1))
    answer = page.get(FILE, {"by": "category", "months": "0"})
    assert answer["Content-Disposition"] == (
        'attachment; filename="maison-cohorts-by-category-2026-06-01.csv"'
    )
    text = answer.content.decode().removeprefix("\ufeff")
    rows = list(csv.DictReader(text.splitlines()))
    assert rows[0] == {
        "by": "category", "cohort": "Bags", "new customers": "2", "months since": "0",
        "customers counted": "2", "customers who ordered": "2", "share": "1.0000",
        "orders": "2", "revenue": "70.00", "revenue with known cost": "0.00",
        "margin": "0.00", "month is over": "yes",
    }  # fmt: skip
    assert "'=HYPERLINK(1)" in {row["cohort"] for row in rows}
    entry = AuditEntry.objects.of(counted).get(action="segmentation.cohorts.exported")
    assert entry.detail["rows"] == len(rows)


def test_the_api_tells_cohorts(counted, analyst):
    for client in (person(analyst), server(counted, "read")):
        found = client.get(API, {"first": "2026-03", "last": "2026-03"}).json()
        assert (found["by"], found["currency"]) == ("month", "EUR")
        (row,) = found["cohorts"]
        assert (row["key"], row["size"]) == ("2026-03", 2)
        assert row["cells"][1] == {
            "months_since": 1, "base": 2, "customers": 1, "retention": 0.5,
            "orders": 1, "revenue": "50.0000", "revenue_known": "50.0000",
            "margin": "40.0000", "is_running": False,
        }  # fmt: skip


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "size"}, {"first": "2026-13"}, {"first": "March"},
        {"first": "2026-05", "last": "2026-04"},
    ],
)  # fmt: skip
def test_the_api_refuses_what_is_no_question(counted, asked):
    assert server(counted, "read").get(API, asked).status_code == 400


def test_the_api_tells_what_new_customers_cost(counted, stranger):
    (ads, unknown) = server(counted, "read").get(COST).json()["channels"]
    assert (ads["key"], ads["spent"], ads["customers"]) == ("ads", None, 1)
    assert unknown["first_90"] == {
        "customers": 0, "revenue_each": None, "margin_each": None, "cost_known": None,
    }  # fmt: skip
    theirs = person(stranger)
    assert theirs.get(COST).json()["channels"] == []
    assert theirs.get(API).json() == {
        "by": "month", "as_of": None, "currency": "USD", "cohorts": [], "whole": None,
    }  # fmt: skip


def test_more_cohorts_take_no_more_queries(page, counted, shop):
    def asked(kind: str) -> list[str]:
        with CaptureQueriesContext(connection) as made:
            page.get(PAGE, {"by": kind, "months": "0"})
        return [query["sql"] for query in made]

    page.get(PAGE)
    kinds = ("month", "category", "channel")
    few = {kind: len(asked(kind)) for kind in kinds}
    for number in range(12):
        who = customer(counted, f"Zoe{number}")
        thing = shop.product(f"Hat {number}", shop.category(f"Hats {number}"))
        shop.order(who, (thing, 1, "10"), days=20 + 31 * number)
    cohorts_count.count(counted, NOW + timedelta(minutes=1))
    assert {kind: len(asked(kind)) for kind in kinds} == few
    ours = [
        sql for sql in asked("category")
        if any(name in sql for name in ("segmentation_", "shop_", "outcomes_"))
    ]  # fmt: skip
    assert len(ours) == 7, ours
