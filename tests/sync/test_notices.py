"""Whether the shop answers: what is noted, what is told, and when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.sync.models import Connection, Notice
from apps.sync.services import reach
from apps.sync.services.notices import close_notice, open_notice
from apps.sync.woo.errors import (
    CertificateInvalidError,
    KeysRefusedError,
    RequestRefusedError,
    ShopUnreachableError,
    ThingMissingError,
)
from tests.conftest import NOW

Status = Connection.Status
MINUTE = timedelta(minutes=1)
DOWN = ShopUnreachableError("The shop does not answer.")


def codes(store):
    return [n.code for n in Notice.objects.of(store).filter(closed_at=None)]


def test_one_matter_is_one_open_notice(store, other_store):
    assert open_notice(store, "x", "First.", NOW) is True
    assert open_notice(store, "x", "Second.", NOW) is False
    assert open_notice(other_store, "x", "Theirs.", NOW) is True
    assert [n.text for n in Notice.objects.of(store)] == ["Second."]
    assert close_notice(store, "x", NOW) is True
    assert close_notice(store, "x", NOW) is False
    assert open_notice(store, "x", "Again.", NOW) is True
    assert codes(other_store) == ["x"]


def test_a_long_text_fits(store):
    open_notice(store, "x", "y" * 5000, NOW)
    assert len(Notice.objects.of(store).get().text) == 400


def test_a_short_outage_is_noted_and_not_told(store, connection):
    reach.note_failure(connection, DOWN, NOW)
    assert (connection.status, connection.failing_since_at) == (Status.FAILING, NOW)
    assert connection.error == "The shop does not answer."
    reach.note_failure(connection, DOWN, NOW + 14 * MINUTE)
    assert codes(store) == []


def test_a_long_outage_is_told_and_ends(store, connection):
    reach.note_failure(connection, DOWN, NOW)
    reach.note_failure(connection, DOWN, NOW + 15 * MINUTE)
    assert codes(store) == ["shop.unreachable"]
    assert connection.failing_since_at == NOW
    reach.note_success(connection, NOW + 16 * MINUTE)
    assert (connection.status, connection.failing_since_at) == (Status.ACTIVE, None)
    assert (connection.error, connection.reached_at) == ("", NOW + 16 * MINUTE)
    assert codes(store) == []


def test_refused_keys_are_told_at_once(store, connection):
    reach.note_failure(connection, KeysRefusedError("No."), NOW)
    assert connection.status == Status.REFUSED
    assert codes(store) == ["shop.keys_refused"]
    assert not Connection.objects.of(store).reachable().exists()
    reach.note_success(connection, NOW + MINUTE)
    assert connection.status == Status.ACTIVE
    assert codes(store) == []


def test_what_never_heals_by_itself_is_told_at_once(store, connection):
    reach.note_failure(connection, CertificateInvalidError("Expired."), NOW)
    assert connection.status == Status.FAILING
    assert codes(store) == ["shop.unreachable"]


@pytest.mark.parametrize("error", [ThingMissingError("?"), RequestRefusedError("No.")])
def test_what_concerns_one_request_says_nothing(connection, error):
    reach.note_failure(connection, error, NOW)
    assert (connection.status, connection.error) == (Status.ACTIVE, "")


def test_an_old_success_does_not_undo_a_newer_failure(connection):
    reach.note_failure(connection, DOWN, NOW)
    reach.note_success(connection, NOW - MINUTE)
    assert connection.status == Status.FAILING
    assert connection.failing_since_at == NOW


@pytest.mark.parametrize("status", [Status.PAUSED, Status.MOVED])
def test_what_people_decided_stays(store, connection, status):
    Connection.objects.of(store).update(status=status)
    reach.note_failure(connection, DOWN, NOW)
    reach.note_success(connection, NOW + MINUTE)
    assert connection.status == status


def test_paused_stays_paused_when_keys_are_refused(store, connection):
    Connection.objects.of(store).update(status=Status.PAUSED)
    reach.note_failure(connection, KeysRefusedError("No."), NOW)
    assert connection.status == Status.PAUSED


def test_a_shop_that_tells_no_address_is_not_trusted(connection):
    facts = {**connection.facts, "home_url": ""}
    assert reach.is_same_shop(connection, facts) is False
    assert connection.status == Status.ACTIVE


@pytest.mark.parametrize(
    "home", ["http://127.0.0.1:{port}", "https://LOCALHOST:{port}/", "http://www.localhost:{port}"]
)  # fmt: skip
def test_the_same_shop_however_it_is_written(connection, home):
    port = connection.url.rsplit(":", 1)[1]
    facts = {**connection.facts, "home_url": home.format(port=port)}
    assert reach.is_same_shop(connection, facts) is True


def test_keys_of_another_encryption_key_are_an_error_by_name(connection, settings):
    from cryptography.fernet import Fernet

    from apps.accounts.services.sealed import UnreadableSecretError

    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(UnreadableSecretError):
        reach.client_of(connection)


def test_a_shop_that_takes_the_keys_again_is_noticed(store, fake, connection):
    keys, fake.keys = fake.keys, {}
    assert reach.knock(connection, NOW) is False
    assert connection.status == Status.REFUSED
    fake.keys = keys
    assert reach.knock(connection, NOW + MINUTE) is True
    assert connection.status == Status.ACTIVE
    assert codes(store) == []
