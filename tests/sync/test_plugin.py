"""The plugin connects itself with a code: once, in time, for one shop of one store."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.accounts.models import ApiKey, AuditEntry, Membership, Store, StoreOrigin
from apps.accounts.services import keys
from apps.core.errors import ConflictError, UnknownError
from apps.sync import tasks
from apps.sync.models import Connection, Hook, Notice, PluginCode, PluginLink, Run
from apps.sync.services import connect, plugin_codes, reach
from apps.sync.services.forget import forget
from apps.sync.services.plugin_signer import signer_of
from tests.at_once import at_once
from tests.conftest import NOW
from tests.sync.conftest import KEY, SECRET
from tests.sync.plugin_cast import (
    ADDRESS,
    HOME,
    connect_plugin,
    new_code,
    opened,
    plugin_of,
    send,
    shop_says,
)
from tests.sync.test_connect import secrets_of


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """Nudges go to the broker; which ones went is told."""
    names = []
    send = lambda name, **more: names.append(name)  # noqa: E731
    monkeypatch.setattr("celery.current_app.send_task", send)
    return names


# Codes


def test_a_code_says_where_luxebrain_is(store, settings):
    settings.PUBLIC_URL = "https://brain.example"
    code = plugin_codes.make(store, None, NOW)
    assert code.replace("_", "").replace("-", "").isalnum()
    told = opened(code)
    assert (told["url"], len(told["code"])) == ("https://brain.example", 43)


def test_only_the_digest_of_a_code_is_kept(store, manager):
    code = new_code(store, manager)
    row = PluginCode.objects.of(store).get()
    assert code not in str(row.__dict__)
    assert row.expires_at - timezone.now() < timedelta(minutes=30)
    entry = AuditEntry.objects.of(store).get(action="shop.code_made")
    assert (entry.actor, entry.detail) == (manager, {"minutes": 30})


def test_the_terminal_makes_a_code(store, capsys):
    call_command("connect_shop", "maison", "--code")
    told = capsys.readouterr()
    assert "once and for 30 minutes" in told.err
    assert send(shop_says(opened(told.out.strip())["code"])).status_code == 200


def test_the_terminal_asks_for_an_address_or_a_code(store):
    with pytest.raises(CommandError, match="--code"):
        call_command("connect_shop", "maison")


@pytest.mark.parametrize("platform", ["demo", "files"])
def test_a_store_without_a_shop_gets_no_code(store, platform):
    store.platform = platform
    with pytest.raises(ConflictError, match="cannot be connected"):
        plugin_codes.make(store, None, NOW)


def test_codes_are_forgotten_after_a_day(store):
    new_code(store)
    row = PluginCode.objects.of(store).get()
    forget(row.expires_at + timedelta(hours=23))
    assert PluginCode.objects.of(store).exists()
    forget(row.expires_at + timedelta(hours=25))
    assert not PluginCode.objects.of(store).exists()


# Connecting


def test_it_answers_the_keys_and_connects_the_shop(
    store, manager, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        linked = connect_plugin(store, manager)
    assert (linked["store"], linked["store_name"]) == ("maison", "Maison")
    secret = keys.find_secret(linked["secret_key"][:15], timezone.now())
    assert secret.digest == keys.digest(linked["secret_key"])
    assert secret.scopes == ["events", "read", "storefront", "write"]
    public = keys.find_publishable(linked["publishable_key"], timezone.now())
    assert (public.store, public.scopes) == (store, ["events", "storefront"])
    connection = Connection.objects.of(store).get()
    assert (connection.url, connection.status) == (HOME, "active")
    assert secrets_of(connection) == {"key": KEY, "secret": SECRET}
    assert Run.objects.of(store).get().kind == Run.Kind.FIRST
    assert sent == ["sync.work", "sync.watch_hooks"]


def test_it_keeps_which_plugin_it_was_and_who_let_it_in(store, manager):
    connect_plugin(store, manager)
    link = PluginLink.objects.of(store).get()
    assert (link.site, link.key_ending) == (HOME, KEY[-7:])
    assert link.versions == {"plugin": "0.1.0", "wordpress": "6.5", "php": "8.1.2"}
    entry = AuditEntry.objects.of(store).get(action="shop.connected")
    assert (entry.actor, entry.detail["how"]) == (manager, "plugin")


def test_no_key_is_in_the_database_or_in_the_log(store, caplog):
    linked = connect_plugin(store)
    dump = str(list(ApiKey.objects.of(store).values()))
    dump += str(list(PluginLink.objects.of(store).values())) + caplog.text
    for secret in (linked["secret_key"], SECRET):
        assert secret not in dump


def test_it_allows_the_pages_of_the_shop(store):
    connect_plugin(store, site_url="https://www.maison.example:8443/wp")
    origins = StoreOrigin.objects.of(store).order_by("origin")
    assert [row.origin for row in origins] == [
        "https://maison.example",
        "https://www.maison.example:8443",
    ]


def test_a_shop_in_a_folder_keeps_its_folder(store):
    connect_plugin(store, home_url="https://maison.example/shop/")
    assert Connection.objects.of(store).get().url == "https://maison.example/shop"


@pytest.mark.parametrize(
    "address",
    [
        "ftp://maison.example", "https://", "maison", "https://ada:x@maison.example",
        "https://maison.example/?a=1", "https://maison.example/#a", "https://[", "javascript:alert(1)",
        "https://maison.example/<script>",
    ],
)  # fmt: skip
def test_it_refuses_what_is_no_address(store, address):
    code = new_code(store)
    assert send(shop_says(code, home_url=address)).status_code == 400
    assert send(shop_says(code)).status_code == 200


def test_a_shop_that_luxebrain_cannot_reach_is_told_so(store, settings):
    settings.SHOPS_MAY_BE_PRIVATE = False
    answer = send(shop_says(new_code(store), home_url="http://192.168.1.5"))
    assert answer.status_code == 409
    assert "cannot reach http://192.168.1.5" in answer.json()["title"]


def test_a_shop_at_home_is_taken_where_luxebrain_is_there_too(store, settings):
    settings.SHOPS_MAY_BE_PRIVATE = True
    connect_plugin(store, home_url="http://localhost:8080", site_url="")


def test_a_code_works_once(store):
    code = new_code(store)
    assert send(shop_says(code)).status_code == 200
    again = send(shop_says(code))
    assert again.status_code == 404
    assert "Make a new one in LuxeBrain" in again.json()["title"]
    assert ApiKey.objects.of(store).count() == 2


def test_a_code_ends_after_half_an_hour(store):
    code = new_code(store)
    with time_machine.travel(timezone.now() + timedelta(minutes=30, seconds=1)):
        assert send(shop_says(code)).status_code == 404
    assert not Connection.objects.of(store).exists()


def test_a_code_of_who_left_the_team_is_worth_nothing(store, manager):
    code = new_code(store, manager)
    Membership.objects.filter(user=manager).delete()
    assert send(shop_says(code)).status_code == 404


def test_a_code_of_a_closed_store_is_worth_nothing(store):
    code = new_code(store)
    Store.objects.update(status="closed")
    assert send(shop_says(code)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"\xff", b'{"code":5}', b'{"code":"x"}', b"[" * 4000],
)
def test_nonsense_connects_nothing(store, body):
    answer = Client().post(ADDRESS, body, "application/json")
    assert answer.status_code == 400


def test_keys_that_are_none_leave_the_code_as_it_was(store):
    code = new_code(store)
    refused = send(shop_says(code, consumer_key="ck_<script>"))
    assert refused.status_code == 400
    assert send(shop_says(code)).status_code == 200


def test_guessing_is_slowed_down(store, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"ip": "3/min"}
    answers = [send(shop_says(f"guess-{n}")).status_code for n in range(5)]
    assert answers == [404, 404, 404, 429, 429]


def test_another_stores_code_connects_that_store(store, other_store):
    linked = connect_plugin(other_store, currency="USD")
    assert linked["store"] == "rivale"
    assert not Connection.objects.of(store).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins(store):
    code = new_code(store)

    def connect_once(_):
        if send(shop_says(code)).status_code != 200:
            raise ConflictError("The other was faster.")

    won = at_once(connect_once, connect_once, rows=[1, 2])
    assert sorted(won) == ["conflict", "won"]
    assert ApiKey.objects.of(store).count() == 2


def test_a_code_that_was_found_twice_is_spent_once(store):
    code = new_code(store)
    first, second = (plugin_codes.find(code, timezone.now()) for _ in range(2))
    plugin_codes.spend(first, NOW)
    with pytest.raises(UnknownError, match="used already"):
        plugin_codes.spend(second, NOW)


# Which shop


def test_another_shop_is_refused_while_one_is_connected(store):
    connect_plugin(store)
    code = new_code(store)
    answer = send(shop_says(code, home_url="https://other.example"))
    assert answer.status_code == 409
    assert (
        "is connected to another shop, https://maison.example"
        in (answer.json()["title"])
    )
    assert Connection.objects.of(store).get().url == HOME
    assert PluginCode.objects.of(store).filter(used_at=None).exists()


def test_the_same_shop_connects_again_with_new_keys(store):
    before = connect_plugin(store)
    Hook.objects.create(
        store=store, topic="order.created", woo_id=1, status="active", created_at=NOW
    )
    after = connect_plugin(store, home_url="https://www.maison.example")
    assert plugin_of(after).send("GET", ADDRESS).status_code == 200
    assert plugin_of(before).send("GET", ADDRESS).status_code == 401
    assert Hook.objects.of(store).exists()
    assert ApiKey.objects.of(store).usable(timezone.now()).count() == 2


def answers(linked):
    return plugin_of(linked).send("GET", ADDRESS).status_code


def test_a_lost_answer_does_not_cut_the_shop_off(store):
    """The shop never got the new keys: it goes on with those it has."""
    before = connect_plugin(store)
    assert answers(before) == 200
    lost = connect_plugin(store)

    assert answers(before) == 200
    assert signer_of(store, timezone.now()).prefix in before["secret_key"]

    third = connect_plugin(store)
    assert answers(before) == 200
    assert answers(third) == 200
    assert [answers(one) for one in (before, lost, third)] == [401, 401, 200]
    assert ApiKey.objects.of(store).usable(timezone.now()).count() == 2
    assert signer_of(store, timezone.now()).prefix in third["secret_key"]


def test_old_keys_end_by_whatever_the_new_one_is_used_for(store):
    before, after = connect_plugin(store), connect_plugin(store)
    tasks.tick()
    assert answers(before) == 200

    assert plugin_of(after).send("GET", "/api/v1/auth/whoami").status_code == 200
    tasks.tick()

    assert answers(before) == 401
    assert PluginLink.objects.of(store).get().older_keys == []


def test_of_two_connections_at_once_the_one_that_the_shop_kept_works(store):
    """Which of two answers came last in the shop nobody here knows."""
    kept, other = connect_plugin(store), connect_plugin(store)

    assert [answers(kept), answers(kept)] == [200, 200]
    assert signer_of(store, timezone.now()).prefix in kept["secret_key"]
    assert answers(other) == 200


def test_leaving_ends_the_keys_of_before_too(store):
    before = connect_plugin(store)
    connect_plugin(store)

    assert plugin_of(before).send("DELETE", ADDRESS).status_code == 204

    assert ApiKey.objects.of(store).usable(timezone.now()).count() == 0


def test_a_shop_that_was_heard_to_move_connects_from_its_new_address(store):
    connect_plugin(store)
    Connection.objects.of(store).update(facts={"home_url": "https://new.example"})
    connect_plugin(store, home_url="https://new.example")
    assert Connection.objects.of(store).get().url == "https://new.example"


def test_a_shop_that_left_must_prove_that_it_is_the_one_that_was_copied(
    store, monkeypatch
):
    monkeypatch.setattr(connect, "has_copy", lambda store: True)
    connect_plugin(store)
    connection = Connection.objects.of(store).get()
    assert (connection.status, connection.facts) == ("moved", {reach.UNPROVEN: True})


def test_a_code_for_one_shop_is_none_for_another(store):
    code = new_code(store, site="https://www.maison.example")
    answer = send(shop_says(code, home_url="https://evil.example"))
    assert answer.status_code == 409
    assert "made for https://www.maison.example" in answer.json()["title"]
    assert send(shop_says(code)).status_code == 200


@pytest.mark.parametrize("platform", ["demo", "files"])
def test_a_store_that_takes_no_shop_says_why(store, platform):
    code = new_code(store)
    Store.objects.update(platform=platform)
    answer = send(shop_says(code))
    assert answer.status_code == 409
    assert "cannot be connected" in answer.json()["title"]


def test_another_currency_is_told_in_words(store):
    linked = connect_plugin(store, currency="USD")
    assert "sells in USD, but the store Maison is kept in EUR" in linked["warnings"][0]
    assert Notice.objects.of(store).get(closed_at=None).code == reach.CURRENCY


def test_another_time_zone_is_told_in_words(store):
    linked = connect_plugin(store)
    (told,) = linked["warnings"]
    assert told == (
        "Your shop's time zone is Europe/Berlin, but the store's is UTC, so sums by "
        "day differ. Change it in LuxeBrain under “Store settings”."
    )


def test_the_same_time_zone_is_no_word_worth(store):
    store.time_zone = "Europe/Berlin"
    store.save()
    assert connect_plugin(store)["warnings"] == []
