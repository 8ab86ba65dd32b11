from __future__ import annotations

import pytest

from apps.decisions.models import Decision, Suggestion, SuggestionStep
from apps.decisions.services import carry_out, suggest
from tests.callers import person, server
from tests.conftest import NOW
from tests.decisions.conftest import STOPPED, later, proposal

URL = "/api/v1/decisions/suggestions/"
VERBS = {
    "approve": {},
    "reject": {},
    "schedule": {"scheduled_for": "2100-01-01T00:00:00Z"},
    "edit": {"change": {"after": "41.00"}},
    "revert": {},
    "feedback": {"feedback": "useful"},
}


def post(client, row, verb, **body):
    return client.post(f"{URL}{row.pk}/{verb}/", body, format="json")


def test_it_lists_the_inbox(store, analyst, proposed):
    suggest.propose(store, proposal(subject="product:8"), NOW)
    client = person(analyst)
    shown = client.get(URL, {"status": "proposed"}).json()["results"]
    assert [row["subject"] for row in shown] == ["product:8", "product:7"]
    assert client.get(URL, {"status": "applied"}).json()["results"] == []
    assert shown[0]["sentence"] == "Slow mover: days 60."


def test_it_shows_one_with_its_history(analyst, proposed):
    shown = person(analyst).get(f"{URL}{proposed.pk}/").json()
    assert shown["change"] == {"before": "49.00", "after": "39.00"}
    assert [step["verb"] for step in shown["steps"]] == ["proposed"]


def test_a_manager_approves_with_a_note(manager, proposed):
    answer = post(person(manager), proposed, "approve", note="Fine.")
    assert answer.status_code == 200
    assert answer.json()["status"] == "approved"
    step = SuggestionStep.objects.of(proposed.store).last()
    assert (step.actor, step.note) == (manager, "Fine.")


def test_a_servers_key_acts_as_a_manager(store, proposed):
    assert post(server(store), proposed, "approve").status_code == 200
    assert SuggestionStep.objects.of(store).last().actor_label == "key 1"
    owners = suggest.propose(store, proposal(subject="x:1", needs_role="owner"), NOW)
    assert post(server(store), owners, "approve").status_code == 403


@pytest.mark.parametrize("verb", ["approve", "reject", "schedule", "edit", "revert"])
def test_an_analyst_decides_nothing(analyst, proposed, verb):
    answer = post(person(analyst), proposed, verb, **VERBS[verb])
    assert answer.status_code == 403
    proposed.refresh_from_db()
    assert (proposed.status, proposed.revision) == ("proposed", 1)


@pytest.mark.parametrize("verb", VERBS)
def test_another_store_finds_nothing(stranger, proposed, verb):
    client = person(stranger)
    assert client.get(f"{URL}{proposed.pk}/").status_code == 404
    assert post(client, proposed, verb, **VERBS[verb]).status_code == 404
    assert SuggestionStep.objects.across_stores().count() == 1


def test_a_second_answer_is_a_conflict(manager, proposed):
    post(person(manager), proposed, "reject")
    answer = post(person(manager), proposed, "approve")
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "urn:luxebrain:conflict",
    )


def test_an_answer_to_an_older_revision_is_a_conflict(manager, proposed):
    client = person(manager)
    edited = post(client, proposed, "edit", revision=1, change={"after": "41.00"})
    assert edited.json()["revision"] == 2
    assert post(client, proposed, "reject", revision=1).status_code == 409
    assert post(client, proposed, "reject", revision=2).status_code == 200


def test_what_a_rail_stopped_is_not_approved(store, manager):
    row = suggest.propose(store, proposal(verdict=[STOPPED]), NOW)
    answer = post(person(manager), row, "approve")
    assert answer.status_code == 403
    assert "The margin falls to 4 %." in answer.json()["title"]


def test_an_edit_waits_for_the_rails(manager, proposed):
    shown = post(person(manager), proposed, "edit", change={"after": "41.00"}).json()
    assert shown["change"] == {"after": "41.00"}
    assert shown["original_change"] == {"before": "49.00", "after": "39.00"}
    assert (shown["is_allowed"], shown["judged_at"]) == (False, None)


def test_it_schedules_for_later(manager, proposed):
    moment = "2100-01-01T00:00:00Z"
    shown = post(person(manager), proposed, "schedule", scheduled_for=moment).json()
    assert (shown["status"], shown["scheduled_for"]) == ("scheduled", moment)


def test_it_asks_for_a_revert(manager, approved):
    [claimed] = carry_out.claim_due("pricing", NOW)
    carry_out.mark_applied(claimed, later(minutes=1), result={})
    shown = post(person(manager), approved, "revert", note="Too low.").json()
    assert shown["status"] == "reverting"


def test_it_keeps_feedback(store, analyst, proposed):
    body = {"feedback": "not_useful", "why": "The brand forbids it."}
    shown = post(person(analyst), proposed, "feedback", **body).json()
    assert (shown["feedback"], shown["feedback_why"]) == tuple(body.values())
    assert Decision.objects.of(store).filter(kind="pricing.feedback").exists()


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("approve", {"revision": "two"}),
        ("approve", {"note": "x" * 1_001}),
        ("approve", {"note": {"a": 1}}),
        ("schedule", {}),
        ("schedule", {"scheduled_for": "soon"}),
        ("schedule", {"scheduled_for": "2001-01-01T00:00:00Z"}),
        ("schedule", {"scheduled_for": "9999-12-31T23:59:59-12:00"}),
        ("edit", {}),
        ("edit", {"change": [1]}),
        ("edit", {"change": {"after": "x" * 70_000}}),
        ("feedback", {"feedback": "great"}),
    ],
    ids=str,
)
def test_a_body_without_sense_changes_nothing(manager, proposed, verb, body):
    answer = post(person(manager), proposed, verb, **body)
    assert answer.status_code == 400
    proposed.refresh_from_db()
    assert (proposed.status, proposed.revision) == ("proposed", 1)


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object_is_refused(manager, proposed, body):
    url = f"{URL}{proposed.pk}/feedback/"
    assert person(manager).post(url, body, format="json").status_code == 400


@pytest.mark.parametrize("pk", [0, 10**30])
def test_an_invented_number_is_not_there(manager, pk):
    assert person(manager).get(f"{URL}{pk}/").status_code == 404


@pytest.mark.parametrize("cursor", ["cD1hYmM=", "cD0lMDA="])
def test_a_broken_cursor_is_refused(manager, proposed, cursor):
    answer = person(manager).get(URL, {"cursor": cursor})
    assert answer.status_code in (400, 404)
    assert Suggestion.objects.of(proposed.store).count() == 1
