"""Five kinds of customers: the page, who is in each, and the file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditEntry
from apps.core.merchant_admin.show import NOTHING
from apps.features.models import CustomerFeatures
from apps.registry.models import ModelVersion
from apps.registry.services import learn
from apps.registry.services.gate import Bars, Interval, losses
from apps.segmentation.models import Group, Grouping, Place
from apps.segmentation.models.learned import GROUPS
from apps.segmentation.services.kinds import LEARNS_FROM, apart, five, sums
from apps.segmentation.services.learning.crowd import HORIZON
from apps.shop.models import Customer
from ml_models.segments.learned import LEAST_BUYERS
from tests.backoffice.conftest import signed_in
from tests.conftest import NOW
from tests.segmentation.kinds import USUAL, placed, worth
from tests.segmentation.learning.shoppers import open_shop
from tests.segmentation.test_segment_pages import text

pytestmark = pytest.mark.django_db
PAGE = "/admin/segments/kinds/"
VIP, NEW = f"{PAGE}vip/", f"{PAGE}new/"
LEARNS = (
    "learned once 50 customers placed their first order half a year ago or earlier,"
)


def test_it_says_how_many_and_what_they_bring(groups, values, analyst):
    ada, ben = (placed(groups, name, spent=300.0) for name in ("Ada", "Ben"))
    placed(groups, "Cleo", code="new")
    worth(values, ada, 50.0, 0.2)
    worth(values, ben, 30.0, 0.4)
    said = text(signed_in(analyst).get(PAGE))
    # Customers, share, spent, its share, expected, churn risk.
    assert "High-Value VIP 2 66.7 % €600.00 100.0 % €80.00 30 %" in said
    assert f"New Customer 1 33.3 % €0.00 0.0 % {NOTHING} {NOTHING}" in said
    assert "What is expected of them in the next 90 days" in said


def test_it_says_what_sets_them_apart_and_how_they_came(groups, analyst):
    said = text(signed_in(analyst).get(PAGE))
    facts = "Spends 4 times the average, orders every 3 weeks"
    assert f"High-Value VIP The rule of vip. {facts} Loyal Regular" in said
    assert "A plain rule names them so far." in said
    assert LEARNS in said
    assert "put 98 % of them where they were" in said
    # Nobody is in it.
    assert f"Loyal Regular {' '.join([NOTHING] * 7)}" in said
    # Nothing is foretold yet, so there is no chart of nothing.
    assert "What is expected of them" not in said


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"serves": "challenger", "checks": {}},
        # Of the challenger, which lost: not of what serves.
        {"serves": "champion_again", "checks": {"stability": {"value": 0.3}}},
    ],
)
def test_what_was_learned_is_said_and_what_was_not_measured(groups, analyst, card):
    ModelVersion.objects.of(groups.store).update(card=card)
    Grouping.objects.of(groups.store).update(model={"card": {"learns": True}})
    said = text(signed_in(analyst).get(PAGE))
    assert "The groups were learned from what your customers buy" in said
    assert "was not measured" in said


def test_a_training_that_was_refused_since_is_told(groups, analyst):
    ModelVersion.objects.create(
        store=groups.store, kind=GROUPS, name="kmeans", number=3, trained_at=NOW,
        status=ModelVersion.Status.REFUSED, refusal_reason="It would move 30 %.",
    )  # fmt: skip
    said = text(signed_in(analyst).get(PAGE))
    assert (
        "The training of 1 Jun 2026, 12:00 does not serve. It would move 30 %." in said
    )


def test_why_it_does_not_serve_is_told_without_raw_scores(groups, analyst):
    """These are on the page of trainings, for who can read them."""
    worse = Interval(-0.01, -0.02, 0.01, -0.0052, 0.1476, 1_435)
    against = {"humble": worse, "champion": worse}
    reasons = losses(against, is_renewal=False, bars=Bars())
    assert "-0.0052 against 0.1476 on 1,435 cases" in reasons[0]
    ModelVersion.objects.create(
        store=groups.store, kind=GROUPS, name="kmeans", number=3, trained_at=NOW,
        status=ModelVersion.Status.REFUSED, refusal_reason=" ".join(reasons),
    )  # fmt: skip
    said = text(signed_in(analyst).get(PAGE))
    assert (
        "does not serve. It is not clearly better than the simple rule. It is not "
        "clearly better than the model that serves." in said
    )
    assert "0.1476" not in said


def test_before_the_first_training_nothing_is_made_up(store, analyst):
    assert five(store) is None
    said = text(signed_in(analyst).get(PAGE))
    assert "Nobody is in them yet" in said
    assert LEARNS in said
    assert LEARNS_FROM == LEAST_BUYERS
    # Recipes compete for the buyers of so long ago: half a year.
    assert (2 * HORIZON).days == 180
    assert "Nobody now." in text(signed_in(analyst).get(VIP))


def test_a_real_training_is_shown_as_it_is(store, analyst):
    open_shop(store)
    for days in (0, 7):
        at = NOW + timedelta(days=days)
        learn.learn(store, GROUPS, as_of=at, clock=lambda at=at: at, seed=1)
    found = five(store)
    sizes = {kind.code: kind.figures.customers for kind in found.kinds}
    counted = Group.objects.of(store).served().values_list("code", "size")
    assert sizes == dict(counted)
    assert (found.customers, found.learns, found.moved) == (20, False, 0.0)
    assert "100 % of them where they were" in text(signed_in(analyst).get(PAGE))


def test_who_is_gone_or_another_s_counts_nowhere(groups, values, other_store):
    people = [placed(groups, name, spent=10.0) for name in ("Ada", "Ben", "Cleo")]
    for who in people:
        worth(values, who, 5.0, 0.5)
    Customer.objects.filter(pk=people[0].pk).update(deleted_at=NOW)
    Customer.objects.filter(pk=people[1].pk).update(merged_into=people[2])
    vip = sums(groups.store)["vip"]
    assert (vip.customers, vip.spent, vip.valued, vip.expected_90) == (1, 10.0, 1, 5.0)
    assert sums(other_store) == {}


def test_another_version_s_rows_count_nowhere(groups, values):
    """As after a rollback: both versions have placed and valued her."""
    ada = placed(groups, "Ada", spent=10.0)
    worth(values, ada, 5.0, 0.5)
    for old in (groups, values):
        old.pk, old.number, old.status = None, 1, ModelVersion.Status.RETIRED
        old.save()
    Place.objects.create(
        store=ada.store, version=groups, customer=ada, code="new", since_at=NOW,
        placed_at=NOW,
    )  # fmt: skip
    worth(values, ada, 500.0, 0.9)
    found = sums(ada.store)
    assert list(found) == ["vip"]
    assert (found["vip"].customers, found["vip"].expected_90) == (1, 5.0)


@pytest.mark.parametrize(
    ("numbers", "kinds"),
    [
        # The furthest first; what is near the average, or not there, says nothing.
        ({"orders": 2.2, "spent": 250.0, "every": 10.0, "looks": 9.0}, ["every", "spent"]),
        # A long time between orders sets nobody apart, few orders do.
        ({"every": 600.0, "orders": 1.0}, ["orders"]),
        ({"coupons": 0.1}, []),
        ({"coupons": 0.6}, ["coupons"]),
        ({"spent": 0.0}, []),
    ],
)  # fmt: skip
def test_only_what_is_far_from_the_average_is_told(numbers, kinds):
    assert [fact["kind"] for fact in apart(numbers, USUAL)] == kinds


def test_a_small_share_sets_nobody_apart():
    assert apart({"coupons": 0.05}, {"coupons": 0.01}) == []


def test_who_is_in_it_and_why(groups, manager, analyst):
    ada = placed(groups, "Ada", reason=[{"kind": "orders", "value": 9.0}])
    placed(groups, "Ben", code="new")
    answer = signed_in(manager).get(VIP)
    assert "Ada 9 orders so far 1 Jun 2026" in text(answer)
    assert "Ben" not in text(answer)
    assert f"/admin/segments/customer/{ada.pk}/" in answer.content.decode()
    assert f"{PAGE}vip.csv" in answer.content.decode()
    told_less = signed_in(analyst).get(VIP)
    assert "Ada 9 orders so far" in text(told_less)
    assert f"{PAGE}vip.csv" not in told_less.content.decode()


def test_they_come_a_page_at_a_time(groups, manager, monkeypatch):
    monkeypatch.setattr("apps.segmentation.views.kinds.SHOWN", 1)
    placed(groups, "Ada")
    ben = placed(groups, "Ben")
    client = signed_in(manager)
    first = client.get(VIP)
    assert "Ben" in text(first)
    assert f"?before={ben.pk}" in first.content.decode()
    second = client.get(f"{VIP}?before={ben.pk}")
    assert "Ada" in text(second)
    assert "Show more" not in text(second)
    for odd in ("x", "9" * 30):
        assert client.get(f"{VIP}?before={odd}").status_code == 200
    assert client.get(f"{PAGE}other/").status_code == 404


def test_the_file_is_the_manager_s(groups, manager, analyst, stranger, monkeypatch):
    monkeypatch.setattr("apps.segmentation.services.kinds_export.AT_ONCE", 1)
    evil = placed(groups, "Ada", reason=[{"kind": "orders", "value": 9.0}])
    Customer.objects.filter(pk=evil.pk).update(first_name="=2+3")
    placed(groups, "Ben")
    placed(groups, "Cleo", code="new")
    answer = signed_in(manager).get(f"{PAGE}vip.csv")
    assert "no-store" in answer.headers["Cache-Control"]
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode())))
    assert [(row[2], row[3], row[7], row[8]) for row in rows] == [
        ("email", "first_name", "why", "marketing by e-mail"),
        ("ada@mail.example", "'=2+3", "9 orders so far", "never asked"),
        ("ben@mail.example", "Ben", "", "never asked"),
    ]
    noted = AuditEntry.objects.of(groups.store).get(action="segment.exported")
    assert (noted.subject, noted.actor) == ("learned_segment:vip", manager)
    assert signed_in(analyst).get(f"{PAGE}vip.csv").status_code == 403
    theirs = signed_in(stranger).get(f"{PAGE}vip.csv").getvalue().decode()
    assert theirs.count("\n") == 1
    assert signed_in(manager).get(f"{PAGE}other.csv").status_code == 404


def asked_for(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_as_many_questions_for_3_customers_as_for_300(groups, values, manager):
    store, client = groups.store, signed_in(manager)
    found = []
    for count in (3, 297):
        people = Customer.objects.bulk_create(
            Customer(store=store, email=f"{count}-{n}@mail.example")
            for n in range(count)
        )
        for n, who in enumerate(people):
            code = ("vip", "loyal", "new")[n % 3]
            Place.objects.create(
                store=store, version=groups, customer=who, code=code, since_at=NOW,
                placed_at=NOW,
            )  # fmt: skip
            worth(values, who, 5.0, 0.3 + n % 3 / 4)
        CustomerFeatures.objects.bulk_create(
            CustomerFeatures(store=store, customer=who, as_of=NOW, spent=9.0)
            for who in people
        )
        found.append([asked_for(client, url) for url in (PAGE, NEW)])
    assert sums(store)["vip"].customers == 100
    assert found == [[12, 7], [12, 7]]
