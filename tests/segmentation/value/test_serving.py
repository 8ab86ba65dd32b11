from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.services.callers import PUBLISHABLE, Caller
from apps.features.models import CustomerFeatures
from apps.registry.models import ModelVersion
from apps.segmentation.models import CustomerValue, Place, ValueModel
from apps.segmentation.models.value import VALUE
from apps.segmentation.services.conditions.compiled import members
from apps.segmentation.services.erase import erase
from apps.segmentation.services.next_action import NOT_MEASURED, next_action
from apps.segmentation.services.value import value_of
from apps.shop.models import Consent
from tests.callers import as_caller, person, server
from tests.conftest import NOW
from tests.segmentation.kinds import band_of
from tests.segmentation.value.world import person as shopper

pytestmark = pytest.mark.django_db
LIST = "/api/v1/segmentation/values/"
DRIVERS = [
    {"feature": "last order", "effect": -0.9},
    {"feature": "frequency", "effect": 0.4},
    {"feature": "spend", "effect": -0.01},
]


@pytest.fixture
def version(store):
    return champion(store, VALUE)


def champion(store, kind):
    return ModelVersion.objects.create(
        store=store, kind=kind, name="rhythms", number=3, trained_at=NOW,
        status=ModelVersion.Status.CHAMPION,
    )  # fmt: skip


def valued(version, name, churn=0.6, segment="", **values):
    """A customer with a row; `segment` of another version that serves, too."""
    store, who = version.store, shopper(version.store, name)
    ValueModel.objects.get_or_create(
        store=store, version=version,
        defaults={"average_spent": 100.0, "computed_at": NOW},
    )  # fmt: skip
    said = {
        "chance": 1 - churn, "churn": churn, "band": band_of(churn), "orders": 3,
        "spent": 120.0, "total": 170.0, "orders_90": 0.5, "revenue_90": 20.0,
        "low_90": 0.0, "high_90": 60.0, "orders_365": 1.5, "revenue_365": 50.0,
        "low_365": 0.0, "high_365": 90.0, "drivers": DRIVERS, "computed_at": NOW,
        **values,
    }  # fmt: skip
    CustomerValue.objects.create(store=store, version=version, customer=who, **said)
    if segment:
        groups = ModelVersion.objects.of(store).filter(kind="segmentation.groups")
        Place.objects.create(
            store=store, customer=who, code=segment, since_at=NOW, placed_at=NOW,
            version=groups.first() or champion(store, "segmentation.groups"),
        )  # fmt: skip
    return who


def agree(who, channel="email", is_granted=True, at=NOW):
    Consent.objects.create(
        store=who.store, customer=who, channel=channel, purpose="marketing",
        is_granted=is_granted, stated_at=at, text_shown="?", text_version="1",
        surface="checkout",
    )  # fmt: skip


def action(who):
    return next_action(who.store, who, value_of(who.store, who.pk), NOW)


def url(who):
    return f"/api/v1/segmentation/customers/{who.pk}/value/"


def test_a_customer_s_value_is_one_query(store, version, django_assert_num_queries):
    ada = valued(version, "ada", segment="vip")
    with django_assert_num_queries(1):
        found = value_of(store, ada.pk)
    assert (found.segment, found.average_spent) == ("vip", 100.0)
    assert found.model_version == "segmentation.value#3"
    assert found.row.total == 170.0


def test_nobody_s_value_is_none(store, other_store, version):
    ada, merged = valued(version, "ada"), valued(version, "merged")
    merged.merged_into = ada
    merged.save(update_fields=["merged_into"])
    assert value_of(store, merged.pk) is None
    assert value_of(store, shopper(store, "ben").pk) is None
    assert value_of(other_store, ada.pk) is None
    ModelVersion.objects.of(store).update(status=ModelVersion.Status.RETIRED)
    assert value_of(store, ada.pk) is None


def test_the_api_tells_value_churn_segment_action_and_why(store, analyst, version):
    ada = valued(
        version, "ada", churn=0.9, segment="vip", spent=300.0, total=350.0,
        margin_90=8.0, next_order_on=None,
    )  # fmt: skip
    agree(ada)
    answer = person(analyst).get(url(ada))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {
        "customer": ada.pk,
        "currency": "EUR",
        "current_value": "300.00",
        "current_margin": None,
        "lifetime_value": "350.00",
        "lifetime_value_low": "300.00",
        "lifetime_value_high": "390.00",
        "repurchase_probability": pytest.approx(0.1),
        "churn_risk": 0.9,
        "churn_band": "high",
        "churn_says": "High: hardly within 90 days",
        "horizon_days": 90,
        "ahead": [
            {"days": 90, "orders": 0.5, "revenue": "20.00", "low": "0.00",
             "high": "60.00", "margin": "8.00"},
            {"days": 365, "orders": 1.5, "revenue": "50.00", "low": "0.00",
             "high": "90.00", "margin": None},
        ],
        "next_order_on": None,
        "segment": "vip",
        "next_best_action": {
            "code": "win_back_personally",
            "reason": "They brought much and are about to stay away.",
            "channel": "email",
            "uplift": None,
            "caution": NOT_MEASURED,
        },
        "value_drivers": [
            {"feature": "frequency", "effect": 0.4,
             "says": "How often they order speaks for another order."},
        ],
        "risk_factors": [
            {"feature": "last order", "effect": -0.9,
             "says": "How long ago they last ordered speaks against another order."},
        ],
        "model_version": "segmentation.value#3",
        "as_of": NOW.isoformat(),
    }  # fmt: skip


def test_who_may_not_ask_is_refused(store, other_store, stranger, version):
    ada = valued(version, "ada")
    for path in (url(ada), LIST):
        assert server(store, "write").get(path).status_code == 403
        page = as_caller(Caller(store, PUBLISHABLE, scopes=frozenset(), key_id=1))
        assert page.get(path).status_code == 403
    assert person(stranger).get(url(ada)).status_code == 404
    assert person(stranger).get(LIST).json()["results"] == []
    for path in (url(shopper(store, "ben")), url(ada).replace(f"{ada.pk}", "9" * 20)):
        assert server(store, "read").get(path).status_code == 404


def pages(client, query):
    """Customers of all pages of two, and how many queries a page took."""
    found, path = [], f"{LIST}?limit=2&{query}"
    while path:
        body = client.get(path).json()
        found += [row["customer"] for row in body["results"]]
        path = body["next"]
    return found


def test_customers_are_listed_by_value_or_churn(store, version):
    rows = {"ada": (0.9, 50.0), "ben": (0.2, 90.0), "cleo": (0.2, 90.0), "dov": (0.6, 10.0), "eve": (0.95, 70.5)}  # fmt: skip
    who = {
        name: valued(version, name, churn, total=total).pk
        for name, (churn, total) in rows.items()
    }
    names = {pk: name for name, pk in who.items()}
    client = server(store, "read")
    by_value = [names[pk] for pk in pages(client, "by=total")]
    assert by_value == ["cleo", "ben", "eve", "ada", "dov"]
    by_churn = [names[pk] for pk in pages(client, "by=churn")]
    assert by_churn == ["eve", "ada", "dov", "cleo", "ben"]
    assert pages(client, "") == pages(client, "by=total")
    assert client.get(f"{LIST}?by=name").status_code == 400
    assert client.get(f"{LIST}?cursor=cD1ub25l").status_code == 404


def test_a_row_of_the_list_is_flat_and_more_rows_take_no_more_queries(store, version):
    ada = valued(version, "ada", segment="loyal", next_order_on=date(2026, 7, 1))
    client = server(store, "read")
    with CaptureQueriesContext(
        connection,
    ) as few:
        row = client.get(LIST).json()["results"][0]
    assert (row["customer"], row["segment"]) == (ada.pk, "loyal")
    assert (row["band"], row["next_order_on"]) == ("medium", "2026-07-01")
    assert row["model_version"] == "segmentation.value#3"
    for name in ("ben", "cleo"):
        valued(version, name)
    with CaptureQueriesContext(connection) as more:
        assert len(client.get(LIST).json()["results"]) == 3
    assert len(few) == len(more) == 2


def test_who_buys_anyway_is_left_alone(store, version):
    ada = valued(version, "ada", churn=0.3, segment="vip")
    agree(ada)
    found = action(ada)
    assert (found.code, found.channel, found.caution) == ("do_nothing", "", "")
    assert found.reason == "They are likely to order again as it is."


SITUATIONS = {
    "win_back_personally": {"churn": 0.9, "spent": 200.0},
    "win_back_with_discount": {"churn": 0.9, "segment": "discount"},
    "invite_to_second_order": {"orders": 1},
    "remind_with_picks": {"next_order_on": NOW.date() + timedelta(days=14)},
}


@pytest.mark.parametrize("code", SITUATIONS)
def test_a_message_needs_consent(version, code):
    ada = valued(version, "ada", **SITUATIONS[code])
    silent = action(ada)
    assert (silent.code, silent.channel) == ("do_nothing", "")
    assert "agreed to no marketing message" in silent.reason
    agree(ada)
    asked = action(ada)
    assert (asked.code, asked.channel, asked.uplift) == (code, "email", None)
    assert asked.caution == NOT_MEASURED


def test_an_order_that_is_not_due_needs_no_reminder(version):
    ada = valued(version, "ada", next_order_on=NOW.date() + timedelta(days=15))
    agree(ada)
    assert action(ada).reason == "Their next order is not due yet."


def test_who_buys_once_a_year_is_not_won_back_in_between(version):
    next_year = NOW.date() + timedelta(days=200)
    ada = valued(version, "ada", churn=0.9, segment="vip", next_order_on=next_year)
    agree(ada)
    assert action(ada).reason == "Their next order is not due yet."


def test_who_ordered_since_is_left_alone(version):
    ada = valued(version, "ada", churn=0.9, segment="vip")
    agree(ada)
    ada.last_ordered_at = NOW + timedelta(hours=1)
    later = NOW + timedelta(hours=2)
    said = next_action(ada.store, ada, value_of(ada.store, ada.pk), later).reason
    assert said == "They have ordered since this was worked out."


def test_an_order_of_the_future_says_nothing(version):
    ada = valued(version, "ada", churn=0.9, segment="vip")
    agree(ada)
    ada.last_ordered_at = NOW + timedelta(days=3_000)
    assert action(ada).code == "win_back_personally"


@pytest.mark.parametrize("churn", [0.9, 0.6])
@pytest.mark.parametrize("orders", [1, 3])
def test_who_ordered_lately_is_left_alone(version, churn, orders):
    """Where few come back at all a model expects nobody to."""
    ada = valued(version, "ada", churn=churn, orders=orders, spent=900.0)
    agree(ada)
    ada.last_ordered_at = NOW - timedelta(days=1)
    assert action(ada).reason == "They ordered only lately."
    ada.last_ordered_at = NOW - timedelta(days=31)
    assert action(ada).code != "do_nothing"


def gaps(who, days, **more):
    CustomerFeatures.objects.create(
        store=who.store, customer=who, as_of=NOW, numbers={"gap_mean": days}, **more
    )


@pytest.mark.parametrize(
    ("since", "usual", "says"),
    [
        (5, 7.0, "They ordered only lately."),
        (40, 60.0, "Their next order is not due yet."),
        (50, 60.0, "Their next order is due, and not certain."),
        (100, 60.0, "They are later than they usually are."),
        (12, 7.0, "They are later than they usually are."),
    ],
)
def test_what_is_due_follows_from_their_own_gaps(version, since, usual, says):
    """What a model foretells moves away the longer somebody is silent."""
    ada = valued(version, "ada", next_order_on=NOW.date() + timedelta(days=45))
    agree(ada)
    CustomerFeatures.objects.create(
        store=ada.store, customer=ada, as_of=NOW, numbers={"gap_mean": usual}
    )
    ada.last_ordered_at = NOW - timedelta(days=since)
    assert action(ada).reason == says


def test_whoever_is_erased_is_in_no_list(store, version):
    ada = valued(version, "ada")
    assert value_of(store, ada.pk)
    ada.email, ada.woo_id = "", None
    ada.save()
    assert value_of(store, ada.pk) is None


def test_who_is_lost_and_brought_little_is_left_alone(version):
    ada = valued(version, "ada", churn=0.9)
    agree(ada)
    found = action(ada)
    assert (found.code, found.channel) == ("do_nothing", "")
    assert "little is to be won" in found.reason


def test_the_newest_word_about_a_channel_counts_and_it_must_reach_them(version):
    ada = valued(version, "ada")
    agree(ada, at=NOW - timedelta(days=2))
    agree(ada, is_granted=False, at=NOW - timedelta(days=1))
    agree(ada, "email", at=NOW + timedelta(days=1))
    agree(ada, "sms")
    assert action(ada).code == "do_nothing"
    ada.phone = "123"
    assert action(ada).channel == "sms"


def test_what_a_customer_agreed_to_before_a_merge_counts(version):
    ada, old = valued(version, "ada"), shopper(version.store, "old")
    agree(old)
    old.merged_into = ada
    old.save(update_fields=["merged_into"])
    assert action(ada).channel == "email"


@pytest.mark.parametrize(
    ("field", "how", "value"),
    [
        ("churn_risk", "at_least", 0.8),
        ("churn_band", "equals", "high"),
        ("predicted_revenue_90", "more_than", 20),
        ("predicted_revenue_365", "at_least", 51),
        ("lifetime_value", "at_least", 300),
        ("next_order_days", "at_most", 7),
    ],
)
def test_segments_are_made_of_values(store, version, field, how, value):
    valued(version, "ben")
    shopper(store, "cleo")
    ada = valued(
        version, "ada", churn=0.85, revenue_90=30.0, revenue_365=80.0, total=350.0,
        next_order_days=5.0,
    )  # fmt: skip
    asked = {"field": field, "is": how, "value": value}
    assert list(members(store, asked, NOW)) == [ada]
    ModelVersion.objects.of(store).update(status=ModelVersion.Status.RETIRED)
    assert not members(store, asked, NOW).exists()


def test_values_go_with_the_person(store, version):
    ada, ben = valued(version, "ada"), valued(version, "ben")
    assert erase(store, [ada.pk]) == {"segments": 1}
    assert CustomerValue.objects.of(store).get().customer == ben
