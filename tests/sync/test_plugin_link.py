"""A plugin that is connected: how it is, and how it leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import ApiKey, AuditEntry, StoreOrigin
from apps.accounts.services import keys
from apps.events.models import Session
from apps.sync.models import Connection, Hook, Notice, PluginLink, Run
from apps.sync.services import disconnect as leaving
from apps.sync.services.notices import open_notice
from tests.accounts.conftest import Server, token_headers
from tests.conftest import NOW
from tests.sync.plugin_cast import ADDRESS, connect_plugin, plugin_of


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    monkeypatch.setattr("celery.current_app.send_task", lambda name: None)


@pytest.fixture
def linked(store):
    return connect_plugin(store)


def status_of(linked):
    answer = plugin_of(linked).send("GET", ADDRESS)
    assert answer.status_code == 200, answer.content
    return answer.json()


# Status


def test_a_fresh_connection_says_what_it_waits_for(linked):
    told = status_of(linked)
    now = datetime.fromisoformat(told.pop("now"))
    assert abs(timezone.now() - now) < timedelta(minutes=1)
    assert told == {
        "store": "maison",
        "store_name": "Maison",
        "shop": "https://maison.example",
        "sync": {
            "state": "waiting", "text": "The first sync waits for its turn.", "at": None,
        },
        "webhooks": {"active": 0, "wanted": 15, "last_at": None},
        "last_event_at": None,
        "troubles": [],
    }  # fmt: skip


def test_it_tells_of_webhooks_and_events(store, linked):
    for number, status in enumerate(("active", "active", "disabled")):
        Hook.objects.create(
            store=store, topic=f"order.{number}", woo_id=number + 1, status=status,
            created_at=NOW, delivered_at=NOW - timedelta(hours=number),
        )  # fmt: skip
    Session.objects.create(store=store, key="s", started_at=NOW, last_at=NOW)
    told = status_of(linked)
    assert told["webhooks"] == {
        "active": 2, "wanted": 15, "last_at": "2026-06-01T12:00:00Z"
    }  # fmt: skip
    assert told["last_event_at"] == "2026-06-01T12:00:00Z"


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("running", "The first sync is under way."),
        ("done", "Everything is copied, and changes follow by themselves."),
        ("failed", "The first sync was given up: no answer"),
        ("stopped", "The first sync was stopped."),
    ],
)
def test_it_tells_how_far_the_first_sync_is(store, linked, state, text):
    Run.objects.of(store).update(status=state, error="no answer")
    told = status_of(linked)["sync"]
    assert (told["state"], told["text"]) == (state, text)


def test_it_tells_what_is_wrong_in_one_sentence_each(store, linked):
    for number in range(7):
        open_notice(store, f"n{number}", f"Trouble {number}.", NOW + timedelta(number))
    Notice.objects.of(store).filter(code="n6").update(closed_at=NOW)
    assert status_of(linked)["troubles"] == [f"Trouble {n}." for n in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("failing", "Your shop does not answer LuxeBrain"),
        ("refused", "Your shop refuses LuxeBrain's keys."),
        ("moved", "another one than the one connected"),
        ("paused", "Somebody paused the connection"),
    ],
)
def test_it_tells_the_state_where_no_notice_does(store, linked, state, text):
    Connection.objects.of(store).update(status=state)
    (told,) = status_of(linked)["troubles"]
    assert text in told


def test_it_tells_nothing_of_another_store(other_store, linked):
    open_notice(other_store, "theirs", "Their trouble.", NOW)
    assert status_of(linked)["troubles"] == []


def test_status_is_cheap(linked, django_assert_max_num_queries):
    server = plugin_of(linked)
    with django_assert_max_num_queries(13):
        assert server.send("GET", ADDRESS).status_code == 200


def test_a_stranger_learns_nothing(linked):
    assert Client().get(ADDRESS).status_code == 401
    forged = Server(linked["secret_key"][:-1] + "_")
    assert forged.send("GET", ADDRESS).status_code == 401


# Leaving


def test_it_leaves_nothing_that_opens(store, linked):
    assert plugin_of(linked).send("DELETE", ADDRESS).status_code == 204
    assert not Connection.objects.of(store).exists()
    assert not PluginLink.objects.of(store).exists()
    assert not StoreOrigin.objects.of(store).exists()
    assert ApiKey.objects.of(store).usable(timezone.now()).count() == 0
    assert Run.objects.of(store).get().status == Run.Status.STOPPED
    assert AuditEntry.objects.of(store).filter(action="shop.disconnected").exists()
    assert plugin_of(linked).send("DELETE", ADDRESS).status_code == 401


def test_pages_that_were_allowed_before_stay_allowed(store):
    StoreOrigin.objects.create(store=store, origin="https://maison.example")
    linked = connect_plugin(store, site_url="https://wp.maison.example")
    plugin_of(linked).send("DELETE", ADDRESS)
    assert [row.origin for row in StoreOrigin.objects.of(store)] == [
        "https://maison.example"
    ]


def test_pages_stay_allowed_while_another_key_is_in_use_there(store, linked):
    keys.create(store, ApiKey.Kind.PUBLISHABLE, "another page")
    plugin_of(linked).send("DELETE", ADDRESS)
    assert StoreOrigin.objects.of(store).exists()


def test_keys_that_somebody_pasted_since_stay(store, linked):
    Connection.objects.of(store).update(key_ending="another")
    assert plugin_of(linked).send("DELETE", ADDRESS).status_code == 204
    assert Connection.objects.of(store).get().status == "active"
    assert not PluginLink.objects.of(store).exists()


def test_another_key_of_the_store_does_not_disconnect_the_plugin(store, linked):
    _, shown = keys.create(store, ApiKey.Kind.SECRET, "script")
    assert Server(shown).send("DELETE", ADDRESS).status_code == 404
    assert Connection.objects.of(store).exists()


def test_a_person_disconnects_in_the_admin_and_not_here(store, linked, manager):
    headers = token_headers(manager)
    assert Client().get(ADDRESS, headers=headers).status_code == 200
    assert Client().delete(ADDRESS, headers=headers).status_code == 404
    assert Connection.objects.of(store).exists()


def test_a_rotated_key_disconnects_too_and_ends_with_the_old_one(store, linked):
    old = ApiKey.objects.of(store).get(prefix=linked["secret_key"][:15])
    _, shown = keys.rotate(old)
    assert Server(shown).send("DELETE", ADDRESS).status_code == 204
    assert ApiKey.objects.of(store).usable(timezone.now()).count() == 0


def test_a_page_cannot_disconnect_the_shop(store, linked):
    answer = Client().delete(
        ADDRESS,
        headers={
            "LuxeBrain-Key": linked["publishable_key"],
            "Origin": "https://maison.example",
        },
    )
    assert answer.status_code == 403
    assert Connection.objects.of(store).exists()


def test_disconnecting_in_luxebrain_ends_the_plugins_keys(store, linked, monkeypatch):
    monkeypatch.setattr(leaving, "remove_hooks", lambda connection: False)
    leaving.disconnect(Connection.objects.of(store).get(), None, timezone.now())
    assert plugin_of(linked).send("GET", ADDRESS).status_code == 401


def test_leaving_keeps_what_was_copied(store, linked, ada):
    plugin_of(linked).send("DELETE", ADDRESS)
    ada.refresh_from_db()
    assert ada.store == store
