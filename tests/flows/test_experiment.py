"""A story: a merchant asks whether trends beat what is new, and gets an answer that a
refund changes."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from apps.experiments.models import Experiment, Exposure
from apps.recommendations.models import ShelfSettings
from apps.shop.models import Customer
from tests import callers
from tests.conftest import NOW
from tests.experiments.sales import order
from tests.recommendations.goods import product, shelf

pytestmark = pytest.mark.django_db
URL = "/api/v1/experiments/"
PEOPLE = 40
TEST = {
    "name": "Trends at home",
    "key": "trends",
    "kind": "shelf",
    "place": "shelf:home",
    "metric": "revenue",
    "variants": [
        {"name": "As today", "key": "today", "is_control": True},
        {"name": "Trends", "key": "trends", "config": {"kind": "trending"}},
    ],
}


def newest(client, row):
    found = client.get(f"{URL}{row['id']}/readings/", {"metric": "revenue"}).json()
    return found["results"][0]


def look(at):
    said = StringIO()
    call_command(
        "look_at_tests", "--store", "maison", "--as-of", at.isoformat(), stdout=said
    )
    return said.getvalue()


def test_from_the_question_to_the_answer(store, manager, time_machine):
    time_machine.move_to(NOW, tick=False)
    ShelfSettings.objects.create(store=store, variety=0, exploration_share=0)
    goods = [product(store, name, days_old=n) for n, name in enumerate("abcd")]
    shelf(store, "trending", "", goods[3], goods[2])
    boss = callers.person(manager)
    row = boss.post(URL, TEST, format="json").json()
    assert boss.post(f"{URL}{row['id']}/start/").status_code == 200

    page = callers.server(store, "storefront")
    people = [
        Customer.objects.create(store=store, woo_id=n, email=f"p{n}@mail.example")
        for n in range(1, PEOPLE + 1)
    ]
    seen = {}
    for person in people:
        ask = {
            "customer": person.woo_id,
            "placement": "home",
            "kind": "new",
            "limit": 2,
        }
        answers = [page.get("/api/v1/recommendations/", ask).json() for _ in "12"]
        names = [[pick["name"] for pick in answer["picks"]] for answer in answers]
        assert names[0] == names[1]
        seen[person] = {"a": "today", "d": "trends"}[names[0][0]]
    assert Exposure.objects.of(store).count() == PEOPLE
    groups = {
        key: [person for person, one in seen.items() if one == key]
        for key in ("today", "trends")
    }
    assert min(len(group) for group in groups.values()) >= 8

    # Before they took part nothing counts; of the others each orders once.
    for group, total in ((groups["today"], 100), (groups["trends"], 150)):
        order(store, group[0], 999, days=-1)
        orders = [order(store, one, total, days=1) for one in group]
    time_machine.move_to(NOW + timedelta(days=3), tick=False)
    said = look(NOW + timedelta(days=3))
    assert "Trends at home (trends): Running" in said
    assert "Not known yet: the groups are compared once a day has passed" in said
    before = newest(boss, row)
    assert (before["control_mean"], before["mean"]) == (100, 150)
    assert before["control_people"] + before["people"] == PEOPLE

    # One of the dear coats comes back, and a stop brings everybody what they had.
    orders[0].refunded_total = 150
    orders[0].save()
    assert boss.post(f"{URL}{row['id']}/stop/").status_code == 200
    look(NOW + timedelta(days=5))
    count = len(groups["trends"])
    assert newest(boss, row)["mean"] == pytest.approx(150 * (count - 1) / count)
    ask["customer"] = groups["trends"][0].woo_id
    answer = page.get("/api/v1/recommendations/", ask).json()
    assert [pick["name"] for pick in answer["picks"]] == ["a", "b"]
    assert Experiment.objects.of(store).get().status == "stopped"
