"""Merchants ask in the admin and by API; workers answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.accounts.models import AuditEntry
from apps.recommendations.models import WhatIf
from apps.recommendations.services.what_if import carry_out
from apps.recommendations.services.what_if.ask import Asker, Question, ask
from apps.recommendations.services.what_if.change import changed
from tests.callers import person, server
from tests.conftest import NOW
from tests.recommendations.what_if_world import World

pytestmark = pytest.mark.django_db
PAGE = "/admin/picks/what-if/"
API = "/api/v1/recommendations/what-if/"
EMPTY = {
    "kind": "", "days": "30", "exploration": "", "variety": "", "without": "",
    "prefer": "", "prefer_value": "", "boost": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def work():
    return carry_out.answer_waiting(lambda: NOW)


def waiting(store):
    return ask(store, Question(changed({"exploration": 0.1})), Asker("Ann"), NOW)


def test_a_manager_asks_and_reads_the_answer(store, manager):
    World(store).serve(300)
    client = signed_in(manager)
    answer = client.post(PAGE, {**EMPTY, "exploration": "10", "kind": "trending"})
    row = WhatIf.objects.of(store).get()
    assert answer["Location"] == reverse("what_if_answer", args=[row.pk])
    assert (row.policy, row.kind, row.asked_by) == (
        {"exploration": 0.1}, "trending", manager,
    )  # fmt: skip
    assert row.start_at == NOW - timedelta(days=30)
    assert AuditEntry.objects.of(store).latest("pk").action == "what_if.asked"
    before = text_of(client.get(answer["Location"]))
    assert ">Look again<" in before
    assert work() == 1
    row.refresh_from_db()
    after = text_of(client.get(answer["Location"]))
    assert row.sentence in after
    assert "300 shelves of 300 visitors and customers were read." in after
    assert "is not a purchase that would not have happened otherwise" in after
    assert ">Look again<" not in after
    assert row.sentence in text_of(client.get(PAGE))


@pytest.mark.parametrize(
    ("said", "policy"),
    [
        ({"variety": "40"}, {"variety": 0.4}),
        ({"without": "session"}, {"without": "session"}),
        (
            {"prefer": "cheaper", "prefer_value": "49,90", "boost": "-50"},
            {"prefer": "cheaper", "prefer_value": 49.9, "boost": -0.5},
        ),
        (
            {"prefer": "brand", "prefer_value": " Velanne "},
            {"prefer": "brand", "prefer_value": "Velanne", "boost": 0.5},
        ),
        ({"is_popular_first": "on", "boost": "70"}, {"is_popular_first": True}),
    ],
    ids=str,
)
def test_what_is_filled_in_is_what_is_asked(store, manager, said, policy):
    signed_in(manager).post(PAGE, {**EMPTY, **said})
    assert WhatIf.objects.of(store).get().policy == policy


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({}, "Say what would be different."),
        ({"exploration": "51"}, "less than or equal to 50"),
        ({"prefer": "cheaper", "prefer_value": "much"}, "Say how much"),
        ({"prefer": "brand"}, "Say which brand"),
        ({"prefer": "sale", "boost": "0"}, "A boost of 0 changes nothing."),
        ({"days": "9999", "exploration": "1"}, "is not one of the available choices"),
        ({"kind": "new", "exploration": "1"}, "is not one of the available choices"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_said_in_words(store, manager, said, says):
    answer = signed_in(manager).post(PAGE, {**EMPTY, **said})
    assert says in text_of(answer)
    assert not WhatIf.objects.of(store).exists()


def test_too_many_questions_are_told_on_the_page(store, manager):
    for _ in range(5):
        waiting(store)
    answer = signed_in(manager).post(PAGE, {**EMPTY, "exploration": "10"})
    assert "5 questions wait for their answer." in text_of(answer)


def test_an_analyst_reads_and_asks_nothing(store, analyst):
    row = waiting(store)
    client = signed_in(analyst)
    assert 'name="exploration"' not in text_of(client.get(PAGE))
    assert "Ann" in text_of(client.get(reverse("what_if_answer", args=[row.pk])))
    assert client.post(PAGE, {**EMPTY, "exploration": "1"}).status_code == 403
    assert WhatIf.objects.of(store).count() == 1


def test_another_store_s_question_is_unknown(store, manager, other_store):
    theirs = waiting(other_store)
    client = signed_in(manager)
    assert client.get(reverse("what_if_answer", args=[theirs.pk])).status_code == 404
    assert "Nobody has asked yet." in text_of(client.get(PAGE))
    assert person(manager).get(f"{API}{theirs.pk}/").status_code == 404
    assert person(manager).get(API).json()["results"] == []


def test_a_policy_of_a_later_version_is_still_shown(store, manager):
    row = waiting(store)
    WhatIf.objects.of(store).filter(pk=row.pk).update(policy={"later": 1})
    work()
    page = text_of(signed_in(manager).get(PAGE))
    assert "Something that is no longer known" in page
    assert person(manager).get(f"{API}{row.pk}/").json()["words"] == ""


# The API


def post(client, body):
    return client.post(API, body, format="json")


def test_it_is_asked_and_answered_by_api(store, manager):
    client = person(manager)
    answer = post(client, {"change": {"exploration": 0.1}, "days": 7})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["status"], told["words"]) == ("queued", "10 % of places by chance")
    assert told["policy"] == {"exploration": 0.1}
    assert told["start_at"] == "2026-05-25T12:00:00Z"
    work()
    told = client.get(f"{API}{told['id']}/").json()
    assert told["status"] == "done"
    assert told["sentence"].startswith("Nobody can say: no shelf was filled")
    assert told["result"]["shelves"] == 0
    assert [row["id"] for row in client.get(API).json()["results"]] == [told["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"change": {}}, {"change": []}, {"change": {"color": "red"}},
        {"change": {"exploration": 0.7}}, {"change": {"exploration": 0.1}, "days": 0},
        {"change": {"exploration": 0.1}, "kind": "new"},
        {"change": {"exploration": 0.1}, "color": "red"},
    ],
    ids=str,
)  # fmt: skip
def test_the_api_refuses_in_words(store, manager, body):
    answer = post(person(manager), body)
    assert answer.status_code == 400
    assert not WhatIf.objects.of(store).exists()


def test_roles_and_scopes_are_those_of_settings(store, analyst):
    body = {"change": {"exploration": 0.1}}
    assert post(person(analyst), body).status_code == 403
    assert person(analyst).get(API).status_code == 200
    assert post(server(store, "read"), body).status_code == 403
    assert post(server(store), body).status_code == 202
    assert WhatIf.objects.of(store).get().asked_by is None


def test_the_same_write_twice_is_one_question(store, manager):
    client = person(manager)
    bodies = [
        client.post(
            API, {"change": {"exploration": 0.1}}, format="json",
            headers={"Idempotency-Key": "once"},
        ).json()["id"]
        for _ in range(2)
    ]  # fmt: skip
    assert bodies[0] == bodies[1]
    assert WhatIf.objects.of(store).count() == 1
