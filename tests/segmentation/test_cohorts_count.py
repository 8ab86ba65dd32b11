"""Cohorts beside a plain count in Python, on random shops."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from apps.events.models import Session
from apps.segmentation import tasks
from apps.segmentation.models import Acquired, CohortCell, Counted
from apps.segmentation.services import cohorts_count
from apps.segmentation.services.acquisition import acquisition
from apps.segmentation.services.cohorts import cohorts
from apps.shop.models import Customer, Order
from apps.shop.services.margin import order_margin
from tests.conftest import NOW, customer
from tests.features.conftest import Shop

pytestmark = pytest.mark.django_db
CHANNELS = ("ads", "social", "")
ZERO = Decimal(0)


def plain_month(order, zone) -> tuple[int, int]:
    local = order.placed_at.astimezone(zone)
    return local.year, local.month


def months_between(first, later) -> int:
    return (later[0] - first[0]) * 12 + later[1] - first[1]


def plainly(store, at):
    """(kind, group, month, age) -> customers, orders, revenue, costed, margin."""
    zone, found = store.zone, {}
    by_customer = defaultdict(list)
    orders = Order.objects.of(store).earning().filter(placed_at__lt=at)
    for order in orders.with_money().order_by("placed_at", "pk"):
        if order.customer_id:
            by_customer[order.customer_id].append(order)
    for person, theirs in by_customer.items():
        first = theirs[0]
        groups = {
            "month": "",
            "category": plain_category(first),
            "channel": plain_channel(store, first),
        }
        for order in theirs:
            since = months_between(plain_month(first, zone), plain_month(order, zone))
            lines = order_margin(order).lines if order.currency == "EUR" else ()
            costed = [line for line in lines if line.cost is not None]
            for kind, group in groups.items():
                key = (kind, group, plain_month(first, zone), since)
                people, values = found.setdefault(key, (set(), [0, ZERO, ZERO, ZERO]))
                people.add(person)
                values[0] += 1
                values[1] += sum((line.revenue for line in lines), ZERO)
                values[2] += sum((line.revenue for line in costed), ZERO)
                values[3] += sum((line.margin for line in costed), ZERO)
    return {key: (len(people), *values) for key, (people, values) in found.items()}


def plain_category(order) -> str:
    paid = defaultdict(lambda: [ZERO, 0])
    for line in order.lines.all():
        category = line.product.categories.first()
        if category is not None:
            top = category.parent_id or category.pk
            paid[top][0] -= line.total if order.currency == "EUR" else ZERO
            paid[top][1] -= line.quantity
    return str(min(paid, key=lambda top: (*paid[top], top))) if paid else ""


def plain_channel(store, order) -> str:
    visits = Session.objects.of(store).filter(customer=order.customer, is_bot=False)
    known = sorted((one.started_at, one.channel) for one in visits if one.channel)
    if known and known[0][0] <= order.placed_at:
        return known[0][1]
    return {"google": "search"}.get(order.attribution.get("source"), "")


def make_shop(store, seed: int) -> None:
    rng, shop = random.Random(seed), Shop(store)
    tops = [shop.category(name) for name in ("Tops", "Shoes")]
    boots = shop.category("Boots", tops[1])
    products = [
        shop.product("Shirt", tops[0], cost=Decimal(9)),
        shop.product("Boot", boots, cost=Decimal(20)),
        shop.product("Sandal", tops[1]),
        shop.product("Loose"),
    ]
    begin = NOW - timedelta(days=rng.choice([40, 120, 400]))
    for number in range(rng.choice([0, 3, 6])):
        person = customer(store, f"P{number}")
        visits(shop, rng, person, begin)
        for _ in range(rng.randint(0, 5)):
            order(shop, rng, person, products, begin)
    order(shop, rng, None, products, begin)


def some_time(rng, begin):
    """Often close to where a month ends."""
    at = begin + (NOW + timedelta(days=3) - begin) * rng.random()
    if rng.random() < 0.4:
        edge = datetime(at.year, at.month, 1, tzinfo=UTC)
        return edge + timedelta(hours=rng.randint(-14, 14))
    return at


def visits(shop, rng, person, begin) -> None:
    for number in range(rng.randint(0, 3)):
        at, channel = some_time(rng, begin), rng.choice(CHANNELS)
        shop.visit(
            f"{person.pk}-{number}", days=(NOW - at) / timedelta(days=1),
            customer=person, channel=channel, is_bot=rng.random() < 0.2,
        )  # fmt: skip


def order(shop, rng, person, products, begin) -> None:
    lines = [
        (rng.choice(products), rng.randint(1, 3), str(rng.randint(5, 60)))
        for _ in range(rng.randint(1, 3))
    ]
    made = shop.order(
        person, *lines, placed_at=some_time(rng, begin),
        status=rng.choice(["completed", "completed", "processing", "cancelled"]),
        currency=rng.choice(["EUR", "EUR", "EUR", "USD"]),
        attribution=rng.choice([{}, {"source": "google", "medium": "organic"}]),
    )  # fmt: skip
    line, amount = made.lines.first(), rng.randint(1, 5)
    named = [(line, 1, str(amount))] if rng.random() < 0.5 else []
    if rng.random() < 0.4:
        days = (NOW - made.placed_at) / timedelta(days=1) - rng.randint(0, 20)
        if days > 0:
            shop.refund(made, str(amount), *named, days=days)


def told(store) -> dict:
    """The rows of the count that holds, as `plainly` says them."""
    at = Counted.objects.of(store).at(Counted.What.COHORTS)
    rows = CohortCell.objects.of(store).filter(as_of=at)
    return {
        (row.kind, row.group, (row.month_on.year, row.month_on.month), row.age): (
            row.customers, row.orders, row.revenue, row.costed, row.margin,
        )
        for row in rows
    }  # fmt: skip


@hypothesis(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    seed=st.integers(0, 2**32),
    zone=st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"]),
)
def test_it_counts_as_a_person_would(store, seed, zone):
    with transaction.atomic():
        store.time_zone = zone
        make_shop(store, seed)
        cohorts_count.count(store, NOW)
        found, expected = told(store), plainly(store, NOW)
        transaction.set_rollback(True)
    assert found.keys() == expected.keys()
    for key, (customers, orders, *amounts) in expected.items():
        assert found[key][:2] == (customers, orders), key
        # A refund of money alone is spread to the cent there, and finer here.
        assert found[key][2:] == pytest.approx(amounts, abs=Decimal("0.1")), key


@pytest.fixture
def shop(store):
    """Ada and Cleo first ordered in March, Ada again in May."""
    return Shop(store)


@pytest.fixture
def orders(shop, ada, cleo):
    dress = shop.product("Dress", shop.category("Tops"), cost=Decimal(10))
    shop.order(ada, (dress, 2, "80"), days=90)
    shop.order(cleo, (dress, 1, "40"), days=85)
    shop.order(ada, (dress, 1, "40"), days=20)
    return dress


def asked(store, at=NOW) -> int:
    with CaptureQueriesContext(connection) as made:
        cohorts_count.count(store, at)
    return len(made)


def test_more_cohorts_take_no_more_queries(store, shop, orders):
    cohorts_count.count(store, NOW)
    few = asked(store)
    for number in range(12):
        person = customer(store, f"Zoe{number}")
        thing = shop.product(f"Hat {number}", shop.category(f"Hats {number}"))
        shop.order(person, (thing, 1, "10"), days=20 + 31 * number)
        shop.order(person, (thing, 1, "10"), days=5)
    assert asked(store) == few
    rows = CohortCell.objects.of(store)
    assert len(set(rows.values_list("month_on"))) == 12


def test_what_new_customers_brought_counts_once_their_days_are_over(
    store, shop, orders, ada
):
    """Ada had 90 days by today, to the hour; Cleo 85."""
    shop.visit("v1", days=91, customer=ada, channel="ads")
    cohorts_count.count(store, NOW)
    rows = {row.channel: row for row in Acquired.objects.of(store)}
    ads = rows["ads"]
    assert (ads.customers, ads.customers_90, ads.customers_365) == (1, 1, 0)
    assert (ads.revenue_90, ads.costed_90, ads.margin_90) == (120, 120, 90)
    assert ads.revenue_365 == 0
    assert (rows[""].customers, rows[""].customers_90) == (1, 0)
    Acquired.objects.of(store).delete()
    cohorts_count.count(store, NOW - timedelta(seconds=1))
    assert Acquired.objects.of(store).get(channel="ads").customers_90 == 0


@pytest.mark.parametrize(
    ("zone", "month"),
    [("UTC", 4), ("Pacific/Auckland", 5), ("America/Los_Angeles", 4)],
)
def test_months_are_those_of_the_store(store, shop, ada, zone, month):
    """At 13:00 in London the first of May has begun in Auckland."""
    store.time_zone = zone
    shop.order(ada, placed_at=datetime(2026, 4, 30, 13, tzinfo=UTC))
    shop.order(ada, placed_at=datetime(2026, 5, 31, 3, tzinfo=UTC))
    cohorts_count.count(store, NOW)
    rows = CohortCell.objects.of(store).filter(kind="month").order_by("age")
    assert {row.month_on for row in rows} == {date(2026, month, 1)}
    assert [row.age for row in rows] == ([0] if month == 5 else [0, 1])


@pytest.mark.parametrize(
    ("said", "channel"),
    [
        ({"source": "google", "medium": "cpc"}, "ads"),
        ({"source": "google", "medium": "organic"}, "search"),
        ({"source": "(direct)", "medium": "(none)", "type": "typein"}, "direct"),
        ({"source": "instagram.com", "medium": "referral"}, "social"),
        ({"source": "blog.example", "medium": "referral"}, "referral"),
        ({"source": "spring", "medium": "paid-social"}, "ads"),
        ({"source": "newsletter", "type": "utm"}, "email"),
        ({"source": "flyer", "type": "utm"}, "referral"),
        ({"type": "admin"}, ""),
        ({"medium": 7}, ""),
    ],
)
def test_without_a_visit_the_order_s_own_word_counts(store, shop, ada, said, channel):
    shop.order(ada, days=10, attribution=said)
    cohorts_count.count(store, NOW)
    assert Acquired.objects.of(store).get().channel == channel


def test_a_visit_counts_for_whom_it_was_found_to_be(store, shop, ada, cleo):
    Customer.objects.filter(pk=cleo.pk).update(merged_into=ada)
    shop.visit("v1", days=11, customer=cleo, channel="social")
    shop.visit("v2", days=12, customer=ada, channel="ads", is_bot=True)
    shop.order(ada, days=10, attribution={"medium": "cpc"})
    cohorts_count.count(store, NOW)
    assert Acquired.objects.of(store).get().channel == "social"


def test_it_counts_once_a_day_of_the_store(store, shop):
    """In Auckland the second of June begins at noon in London."""
    store.time_zone = "Pacific/Auckland"
    store.save()
    assert cohorts_count.keep_fresh(store, NOW) == 0
    shop.order(customer(store, "Zoe"), days=3)
    assert cohorts_count.keep_fresh(store, NOW - timedelta(minutes=2)) == 1
    assert cohorts_count.keep_fresh(store, NOW - timedelta(minutes=1)) == 0
    assert cohorts_count.keep_fresh(store, NOW + timedelta(minutes=1)) == 1
    assert Counted.objects.of(store).get().counted_at == NOW + timedelta(minutes=1)


def test_a_count_takes_the_former_one_s_place(store, other_store, orders):
    cohorts_count.count(store, NOW - timedelta(days=1))
    cohorts_count.count(other_store, NOW)
    held = told(store)

    # Killed after the first rows of the next count.
    CohortCell.objects.create(
        store=store, as_of=NOW, kind="month", month_on=date(2026, 3, 1), age=0,
        customers=99, orders=99, revenue=0, costed=0, margin=0,
    )  # fmt: skip
    assert told(store) == held
    cohorts_count.count(store, NOW)
    assert moments(store) == [NOW - timedelta(days=1), NOW]
    assert told(store) == held
    cohorts_count.count(store, NOW + timedelta(hours=1))
    assert moments(store) == [NOW, NOW + timedelta(hours=1)]


def moments(store):
    cells, brought = (
        {row.as_of for row in model.objects.of(store)}
        for model in (CohortCell, Acquired)
    )
    assert cells == brought
    return sorted(cells)


def once_at(words, act):
    """When a statement that begins so is about to be sent, something happens first."""
    waiting = [act]

    def wrap(execute, sql, *more):
        if waiting and sql.replace('"', "").startswith(words):
            waiting.pop()()
        return execute(sql, *more)

    return connection.execute_wrapper(wrap)


@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_counts_at_once_the_first_to_end_holds(store, orders, is_first):
    yesterday, later = NOW - timedelta(days=1), NOW + timedelta(minutes=5)
    if not is_first:
        cohorts_count.count(store, yesterday)
    other = partial(cohorts_count.count, store, later)
    with once_at("INSERT INTO segmentation_acquired", other):
        cohorts_count.count(store, NOW)
    assert Counted.objects.of(store).get().counted_at == later
    assert moments(store) == ([later] if is_first else [yesterday, later])
    assert told(store)


def test_who_reads_during_a_count_reads_the_one_before(store, orders):
    cohorts_count.count(store, NOW)
    tomorrow, then = NOW + timedelta(days=1), NOW + timedelta(days=2)
    other = partial(cohorts_count.count, store, tomorrow)
    with once_at("SELECT segmentation_cohortcell", other):
        assert cohorts(store, "month").whole.size == 2
    other = partial(cohorts_count.count, store, then)
    with once_at("SELECT segmentation_acquired", other):
        found = acquisition(store)
    assert found.as_of == tomorrow
    assert sum(one.customers for one in found.channels) == 2


def test_the_task_counts_every_store(store, other_store, orders, ada):
    Shop(other_store).order(customer(other_store, "Eve"), days=10)
    with time_machine.travel(NOW, tick=False):
        tasks.count_cohorts()
    counted = Counted.objects.across_stores().order_by("store")
    assert [row.customers for row in counted] == [2, 1]
    theirs = CohortCell.objects.of(other_store).filter(kind="month")
    assert [(row.customers, row.age) for row in theirs] == [(1, 0)]
