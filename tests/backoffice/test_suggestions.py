from __future__ import annotations

import pytest
import time_machine

from apps.decisions.models import Decision
from tests.backoffice.conftest import proposed, signed_in
from tests.conftest import NOW


@pytest.fixture
def waiting(store):
    return proposed(store, 1)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW):
        yield


def act(client, suggestion, verb, **values):
    url = f"/admin/decisions/suggestion/{suggestion.pk}/do/{verb}/"
    answer = client.post(url, values, follow=True)
    suggestion.refresh_from_db()
    return answer


def test_a_manager_approves(manager, waiting):
    act(signed_in(manager), waiting, "approve", seen=1)
    assert waiting.status == "approved"
    step = waiting.steps.last()
    assert (step.actor, step.verb) == (manager, "approved")


def test_an_approval_names_what_it_has_seen(manager, waiting):
    client = signed_in(manager)
    act(client, waiting, "edit", price="65")
    answer = act(client, waiting, "approve", seen=1)
    assert "It was edited since you looked" in answer.content.decode()
    assert waiting.status == "proposed"


def test_an_edit_keeps_the_first_idea(manager, waiting):
    act(signed_in(manager), waiting, "edit", price="65")
    assert waiting.change["after"] == {"price": 65}
    assert waiting.original_change["after"] == {"price": 70}


def test_an_edit_wants_a_number_where_one_was(manager, waiting):
    answer = act(signed_in(manager), waiting, "edit", price="cheap")
    assert "A number was expected" in answer.content.decode()
    assert waiting.revision == 1


def test_it_is_scheduled_in_the_store_s_time(manager, waiting, store):
    store.time_zone = "Europe/Berlin"
    store.save()
    act(signed_in(manager), waiting, "schedule", scheduled_for="2026-06-02T09:00")
    assert f"{waiting.scheduled_for:%H:%M}" == "07:00"


def test_it_is_rejected_with_a_reason(manager, waiting):
    act(signed_in(manager), waiting, "reject", note="Too cheap")
    assert (waiting.status, waiting.steps.last().note) == ("rejected", "Too cheap")


def test_what_a_rail_refused_is_not_approved(manager, store):
    refused = proposed(store, 2, rails=False)
    answer = act(signed_in(manager), refused, "approve", seen=1)
    assert "A guard rail did not let it pass" in answer.content.decode()
    assert refused.status == "proposed"


def test_an_analyst_may_only_say_whether_it_was_useful(analyst, waiting):
    client = signed_in(analyst)
    assert act(client, waiting, "approve").status_code == 403
    act(client, waiting, "feedback", feedback="useful", note="")
    assert (waiting.status, waiting.feedback) == ("proposed", "useful")


def test_another_store_s_suggestion_is_not_there(stranger, waiting):
    assert act(signed_in(stranger), waiting, "approve").status_code == 404
    assert waiting.status == "proposed"


def test_the_menu_counts_what_waits(page, waiting, store):
    proposed(store, 3)
    menu = page.get("/admin/").content.decode().split('id="nav-sidebar-apps"')[1]
    assert ">2<" in "".join(menu.split()).replace("&nbsp;", "")


def test_a_decision_reads_as_a_sentence(page, waiting):
    decision = Decision.objects.first()
    body = page.get(f"/admin/decisions/decision/{decision.pk}/change/").content.decode()
    assert "Popular in this shop right now." in body
