"""The watch over the webhooks, and what it tells the merchant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.sync.models import Connection, Hook, Notice, Run, Step
from apps.sync.services import hooks, reach, sentinel
from apps.sync.services.hooks import Mended
from tests.conftest import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def near(settings, fake):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    fake.transport = lambda url, headers, body: 200


@pytest.fixture
def look(connection):
    client = reach.client_of(connection)
    return lambda at=NOW: sentinel.look(connection, client, at)


def open_notices(store):
    return {
        notice.code: notice.text
        for notice in Notice.objects.of(store).filter(closed_at=None)
    }


def fail_in_a_row(fake, times):
    """Trap 1: each delivery of order.created ends in an error of ours."""
    for _ in range(times):
        fake.place_order(lines=[])
        fake.deliver(
            transport=lambda url, headers, body: 500,
            pick=lambda due: [one for one in due if one.topic == "order.created"],
        )


def test_it_makes_them_quietly_the_first_time(store, fake, look):
    assert look() == []
    assert len(fake.webhooks) == 15
    assert open_notices(store) == {}


def test_seven_failures_in_a_row_are_repaired_and_told(store, fake, look):
    look()
    fail_in_a_row(fake, 6)
    assert look(NOW + HOUR) == []
    fail_in_a_row(fake, 1)
    assert [h.topic for h in fake.webhooks if h.status == "disabled"] == [
        "order.created"
    ]
    assert look(NOW + 2 * HOUR) == [Mended("order.created", "disabled")]
    assert {hook.status for hook in fake.webhooks} == {"active"}
    assert len(fake.webhooks) == 15
    told = open_notices(store)[sentinel.REPAIRED]
    assert "order.created: WooCommerce switched them off" in told
    assert "did not answer" in told
    hook = Hook.objects.of(store).get(topic="order.created")
    assert (hook.repairs, hook.repaired_at) == (1, NOW + 2 * HOUR)
    # And it is as if it had never failed: six more do not disable it.
    fail_in_a_row(fake, 6)
    assert look(NOW + 3 * HOUR) == []


@pytest.mark.parametrize(
    ("spoil", "why", "said"),
    [
        (lambda fake, hook: setattr(hook, "status", "paused"), "paused", "somebody paused"),
        (lambda fake, hook: fake.webhooks.remove(hook.id), "missing", "somebody deleted"),
        (lambda fake, hook: setattr(hook, "url", hook.url.replace("8000", "9")), "changed", "address was changed"),
    ],
)  # fmt: skip
def test_it_repairs_whatever_happened(store, fake, look, spoil, why, said):
    look()
    spoil(fake, next(h for h in fake.webhooks if h.topic == "product.updated"))
    assert look() == [Mended("product.updated", why)]
    assert said in open_notices(store)[sentinel.REPAIRED]
    assert look() == []


def test_a_topic_that_was_changed_in_the_shop_is_put_right(fake, look):
    look()
    hook = next(h for h in fake.webhooks if h.topic == "order.created")
    hook.topic = "product.created"
    assert look() == [Mended("order.created", "missing")]
    topics = sorted(h.topic for h in fake.webhooks)
    assert topics == sorted(hooks.TOPICS)


def test_the_notice_closes_after_a_healthy_day(store, fake, look):
    look()
    fake.webhooks.remove(next(h.id for h in fake.webhooks))
    look(NOW)
    look(NOW + 23 * HOUR)
    assert sentinel.REPAIRED in open_notices(store)
    look(NOW + 24 * HOUR)
    assert open_notices(store) == {}


def test_one_notice_however_often_it_looks(store, fake, look):
    look()
    for _ in range(3):
        fake.webhooks.remove(next(h.id for h in fake.webhooks))
        look()
    assert Notice.objects.of(store).count() == 1


def test_it_says_that_a_shop_cannot_reach_us(store, fake, connection, look, settings):
    """And makes no webhooks, which would only fail until they are disabled."""
    Connection.objects.of(store).update(url="https://maison.example")
    fake.quirks.staging_url = "https://maison.example"
    connection.refresh_from_db()
    look()
    look()
    assert list(open_notices(store)) == [sentinel.NO_WAY]
    assert not fake.webhooks.rows
    settings.PUBLIC_URL = "https://brain.example"
    look()
    assert open_notices(store) == {}
    assert len(fake.webhooks) == 15


def test_it_says_that_keys_may_make_none(store, fake, look, monkeypatch):
    fake.keys = {name: dataless(key) for name, key in fake.keys.items()}
    assert look() == []
    assert list(open_notices(store)) == [sentinel.FORBIDDEN]


def dataless(key):
    from dataclasses import replace

    return replace(key, permissions="read")


def poll(store, at, *, changed):
    run = Run.objects.create(
        store=store, kind=Run.Kind.POLL, status="done", asked_at=at, finished_at=at
    )
    Step.objects.create(
        store=store, run=run, kind="orders", position=1, changed=changed
    )


def test_it_notices_silence(store, look):
    look(NOW)
    now = NOW + 7 * HOUR
    poll(store, now - HOUR, changed=0)
    look(now)
    assert open_notices(store) == {}
    poll(store, now - HOUR, changed=2)
    look(now)
    assert list(open_notices(store)) == [sentinel.SILENT]
    Hook.objects.of(store).filter(topic="order.updated").update(delivered_at=now)
    look(now)
    assert open_notices(store) == {}


def test_a_quiet_shop_is_not_a_silent_one(store, look):
    look(NOW)
    look(NOW + 100 * HOUR)
    assert open_notices(store) == {}


def test_new_webhooks_get_their_time(store, look):
    look(NOW)
    poll(store, NOW + HOUR, changed=5)
    look(NOW + 2 * HOUR)
    assert open_notices(store) == {}


def test_it_writes_nothing_into_a_copy_of_the_shop(fake, connection, look):
    look()
    Connection.objects.of(connection.store).update(status=Connection.Status.MOVED)
    connection.refresh_from_db()
    fake.webhooks.remove(next(h.id for h in fake.webhooks))
    assert look() == []
    assert len(fake.webhooks) == 14
