"""What a merchant sees: what brought it, one order's way, and the notes on ad spend."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.events.models import Session
from apps.experiments.models import Experiment, Metric, Reading, Variant
from apps.outcomes.models import ChannelCost, OutcomeSettings
from apps.outcomes.services.follow import follow
from apps.outcomes.services.share_out import keep_fresh
from tests.conftest import NOW, customer
from tests.outcomes.shop import (
    ago,
    click,
    credit_click,
    order,
    product,
    refund,
    shelf,
    tell_order,
    visit,
)

pytestmark = pytest.mark.django_db
PAGE = "/admin/results/"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(analyst):
    client = Client()
    client.force_login(analyst)
    return client


@pytest.fixture
def shop(store, ada, dov):
    """Dov by an ad for 100; Ada by a search, then a shelf's dress for 300."""
    dress = product(store)
    decision = shelf(store, dress, visitor=f"v{ada.pk}", at=ago(1.5))
    visit(store, dov, "ads", ago(3))
    order(store, dov, ago(2), cost=30)
    visit(store, ada, "search", ago(2))
    click(store, ada, decision, dress, ago(1.4))
    made = order(store, ada, ago(1), total=300, tax=57, cost=80, thing=dress)
    told = tell_order(store, made, dress, visitor=f"v{ada.pk}")
    credit_click(store, decision, told, made.placed_at)
    # Of the page that told of it: here it is no visit of its own.
    Session.objects.of(store).filter(started_at=made.placed_at).delete()
    for person in (ada, dov):
        person.first_ordered_at = person.orders.get().placed_at
        person.save()
    follow(store, NOW)
    keep_fresh(store, NOW)
    return made


def holdout(store, *, lift=(0.25, 0.05, 0.5), place="shelf", metric=Metric.REVENUE):
    test = Experiment.objects.create(
        store=store, key=f"left{place}", name="Left alone", kind="holdout", place=place,
        salt="s", created_at=NOW, status="running",
    )  # fmt: skip
    shown = Variant.objects.create(experiment=test, store=store, key="on", name="Shown")
    return Reading.objects.create(
        store=store, experiment=test, variant=shown, metric=metric, on=date(2026, 5, 31),
        relative=lift[0], relative_low=lift[1], relative_high=lift[2], answer="better",
        is_judged=True, computed_at=NOW,
    )  # fmt: skip


def text_of(answer) -> str:
    assert answer.status_code == 200
    bare = re.sub(
        r"<(script|style).*?</\1>|<[^>]*>",
        " ",
        answer.content.decode(),
        flags=re.DOTALL,
    )
    return " ".join(bare.split())


def test_before_any_order_it_says_so(client, store):
    found = text_of(client.get(PAGE))
    assert "No orders in these days, or they are not shared out yet." in found
    assert "What our shelves add is not known yet" in found
    assert "Note what you spend on ads" in found


def test_each_rule_stands_beside_the_others(client, shop):
    found = text_of(client.get(PAGE))
    assert "Our shelves €300.00 €150.00 €150.00" in found
    assert "Our shelves 1.0 0.5 0.5" in found
    assert "Paid ads €100.00 €100.00 €100.00 €100.00 €133.33" in found
    assert "Only this line is a measurement" in found
    assert "First and last: The first and the last get 40 % each" in found


def test_margin_may_be_looked_at(client, shop):
    found = text_of(client.get(PAGE, {"of": "margin", "days": "90"}))
    assert "Paid ads €40.00" in found
    assert "Our shelves €140.00" in found
    assert "The margin is known of 100.0 % of the orders" in found


def test_it_warns_where_rules_disagree(client, shop):
    found = text_of(client.get(PAGE))
    assert "disagree by more than a third about: Our shelves, Search engines." in found


def test_without_a_quarrel_there_is_no_warning(client, store, dov):
    visit(store, dov, "ads", ago(3))
    order(store, dov, ago(2))
    keep_fresh(store, NOW)
    assert "Careful" not in text_of(client.get(PAGE))


def test_the_measured_figure_stands_beside_them(client, store, shop):
    """+25 % over people left alone is a fifth of what the others bought: 80 of 400."""
    holdout(store)
    found = text_of(client.get(PAGE))
    assert (
        "Our shelves add €80.00 (from €19.05 to €133.33) if these days are like those "
        "up to 31 May 2026." in found
    )


def test_it_warns_where_a_rule_gives_shelves_more_than_was_measured(
    client, store, shop
):
    """A third at most: half of Ada's order is 37.5 % of all, and all of it 75 %."""
    holdout(store)
    found = text_of(client.get(PAGE))
    assert "“Last visit”, “All alike”" in found
    assert (
        "give our shelves more than was measured of them at most (33.3 % of what was sold)"
        in found
    )
    holdout(store, lift=(4.0, 3.0, 9.0), place="shelf:home")
    Reading.objects.of(store).update(relative=4, relative_low=3, relative_high=9)
    assert "than was measured" not in text_of(client.get(PAGE))


def test_margin_is_measured_by_itself(client, store, shop):
    holdout(store)
    assert "is not known yet" in text_of(client.get(PAGE, {"of": "margin"}))
    holdout(store, place="", metric=Metric.MARGIN)
    assert "All that LuxeBrain does adds €36.00" in text_of(
        client.get(PAGE, {"of": "margin"})
    )


def test_a_look_at_too_few_people_is_no_measurement(client, store, shop):
    holdout(store)
    early = holdout(store, place="")
    Reading.objects.of(store).update(is_judged=False)
    assert "is not known yet" in text_of(client.get(PAGE))
    Reading.objects.of(store).filter(pk=early.pk).update(is_judged=True)
    said = text_of(client.get(PAGE))
    assert "All that LuxeBrain does adds €80.00" in said
    assert "more than was measured of all that LuxeBrain does at most" in said


def test_where_people_are_missing_no_earlier_look_is_believed(client, store, shop):
    row = holdout(store).experiment
    row.flags = [{"code": "sample_ratio", "text": "People are missing."}]
    row.save()
    assert "is not known yet" in text_of(client.get(PAGE))


@pytest.mark.parametrize(
    ("status", "on", "holds"),
    [
        ("running", date(2025, 1, 1), True), ("stopped", date(2025, 1, 1), False),
        ("stopped", date(2026, 3, 3), True), ("stopped", date(2026, 3, 2), False),
    ],
)  # fmt: skip
def test_what_was_measured_holds_for_ninety_days(
    client, store, shop, status, on, holds
):
    row = holdout(store).experiment
    row.status = status
    row.save()
    Reading.objects.of(store).update(on=on)
    said = text_of(client.get(PAGE))
    assert ("Our shelves add €80.00" in said) == holds


def test_shelves_are_credited_by_the_click(client, store, shop):
    found = text_of(client.get(PAGE))
    assert "ordered within 7 days 1 €300.00 €0.00 €300.00 €140.00" in found
    assert "Products only seen are not counted." in found
    refund(shop, "178.50", pieces=1, total=150, tax="28.50")
    follow(store, NOW)
    found = text_of(client.get(PAGE))
    assert "ordered within 7 days 1 €300.00 €150.00 €150.00 €70.00" in found


def test_ad_spend_is_set_against_what_came_back(client, store, shop):
    """29 of May's 31 days and the first of June's 30 are 30. Markov gives each of the
    three channels a third of 400."""
    for month, amount in ((date(2026, 5, 1), 31), (date(2026, 6, 1), 30)):
        ChannelCost.objects.create(
            store=store, channel="ads", month_on=month, amount=amount, currency="EUR"
        )
    found = text_of(client.get(PAGE))
    assert "Paid ads €30.00 €100.00 to €133.33 3.33 to 4.44 €30.00 to €45.00" in found


def test_a_month_s_spend_is_noted_once(store, manager):
    client = Client()
    client.force_login(manager)
    said = {
        "channel": "ads",
        "month_on": "2026-05-17",
        "amount": "31",
        "currency": "EUR",
    }
    address = "/admin/outcomes/channelcost/add/"
    assert client.post(address, said).status_code == 302
    assert ChannelCost.objects.of(store).get().month_on == date(2026, 5, 1)
    again = client.post(address, {**said, "month_on": "2026-05-02"})
    assert "noted already" in text_of(again)
    assert ChannelCost.objects.of(store).count() == 1


def test_rules_are_the_merchant_s(store, manager):
    client = Client()
    client.force_login(manager)
    address = client.get("/admin/outcomes/outcomesettings/").url
    said = {"click_days": 3, "view_through": "on", "view_days": 2, "journey_days": 60}
    assert client.post(address, said).status_code == 302
    row = OutcomeSettings.objects.of(store).get()
    assert (row.click_days, row.view_through, row.view_days, row.journey_days) == (
        3,
        True,
        2,
        60,
    )
    assert client.post(address, {**said, "click_days": 31}).status_code == 200


def test_an_order_s_way_is_shown(client, shop):
    assert f"{PAGE}order/{shop.pk}/" in client.get(PAGE).content.decode()
    found = text_of(client.get(f"{PAGE}order/{shop.pk}/"))
    assert "30 May 2026, 12:00 Search engines 0% 50% 50%" in found
    assert "Our shelves 100% 50% 50%" in found


def test_another_store_s_order_has_no_page(client, store, other_store):
    theirs = order(other_store, customer(other_store, "Eve"), ago(1))
    assert client.get(f"{PAGE}order/{theirs.pk}/").status_code == 404


def test_another_store_s_figures_are_not_shown(client, store, other_store):
    eve = customer(other_store, "Eve")
    visit(other_store, eve, "social", ago(2))
    order(other_store, eve, ago(1), total=777)
    keep_fresh(other_store, NOW)
    holdout(other_store)
    ChannelCost.objects.create(
        store=other_store, channel="ads", month_on=NOW, amount=5, currency="EUR"
    )
    found = text_of(client.get(PAGE, {"currency": "USD"}))
    assert "777" not in found
    assert "Social" not in found
    assert "is not known yet" in found
    assert "Note what you spend" in found


@pytest.mark.parametrize(
    "asked", [{"days": "7"}, {"days": "x"}, {"currency": "<b>"}, {"of": "1"}]
)
def test_odd_questions_get_the_usual_page(client, shop, asked):
    assert "Paid ads €100.00" in text_of(client.get(PAGE, asked))


def test_more_orders_take_no_more_queries(client, store, shop):
    client.get(PAGE)
    with CaptureQueriesContext(
        connection,
    ) as before:
        client.get(PAGE)
    for n in range(20):
        person = customer(store, f"Zoe{n}")
        visit(store, person, ("social", "email")[n % 2], ago(2))
        order(store, person, ago(1), currency=("EUR", "USD")[n % 2])
    keep_fresh(store, NOW + timedelta(days=1))
    with CaptureQueriesContext(connection) as after:
        client.get(PAGE)
    assert len(after) == len(before)
    ours = [
        q["sql"] for q in after if "outcomes_" in q["sql"] or "experiments_" in q["sql"]
    ]
    assert len(ours) == 7, ours
