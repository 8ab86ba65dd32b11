from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import ApiKey, IdempotentAnswer, Role, StoreOrigin
from apps.accounts.services import idempotency, reseal
from apps.core.errors import ConflictError
from tests.accounts.conftest import person

pytestmark = pytest.mark.django_db
NEW_KEY = {"kind": "sk", "name": "plugin"}


@pytest.fixture
def client(owner):
    return person(owner)


def make_key(client, store, data=NEW_KEY, key="once"):
    return client.post(
        f"/api/v1/stores/{store.slug}/keys/",
        data,
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def test_a_write_sent_twice_is_done_once(client, store):
    first, second = make_key(client, store), make_key(client, store)
    assert ApiKey.objects.of(store).count() == 1
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["Idempotent-Replayed"] == "true"


def test_the_store_in_the_address_is_enough(owner, store, other_store):
    other_store.memberships.create(user=owner, role=Role.ANALYST)
    client = person(owner)
    assert make_key(client, store).content == make_key(client, store).content
    assert ApiKey.objects.of(store).count() == 1


def test_a_key_used_for_another_request_is_refused(client, store):
    make_key(client, store)
    assert make_key(client, store, NEW_KEY | {"name": "b"}).status_code == 422
    assert ApiKey.objects.of(store).count() == 1


def test_too_many_calls_are_no_answer(client, store, settings):
    limits = settings.RATE_LIMITS
    settings.RATE_LIMITS = {**limits, "key": "0/min"}
    assert make_key(client, store).status_code == 429
    settings.RATE_LIMITS = limits
    assert make_key(client, store).status_code == 201


def test_a_conflict_may_be_over_later(client, store):
    path = f"/api/v1/stores/{store.slug}/origins/"
    data = {"origin": "https://maison.example"}
    row = StoreOrigin.objects.create(store=store, **data)
    headers = {"Idempotency-Key": "once"}
    sent = {"content_type": "application/json", "headers": headers}
    assert client.post(path, data, **sent).status_code == 409
    row.delete()
    assert client.post(path, data, **sent).status_code == 201


def test_a_refusal_is_remembered_too(client, store):
    wrong = NEW_KEY | {"kind": "xx"}
    assert make_key(client, store, wrong).status_code == 400
    again = make_key(client, store, wrong)
    assert again.status_code == 400
    assert again.headers["Idempotent-Replayed"] == "true"


def test_while_the_first_is_under_way_the_second_waits(store):
    now = timezone.now()
    idempotency.claim(store, "user:1", "k", "digest", now)
    with pytest.raises(ConflictError):
        idempotency.claim(store, "user:1", "k", "digest", now)


def test_a_write_whose_process_died_can_be_tried_again(store):
    now = timezone.now()
    idempotency.claim(store, "user:1", "k", "digest", now)
    later = now + timedelta(minutes=3)
    assert idempotency.claim(store, "user:1", "k", "digest", later)[1]


def test_two_callers_may_choose_the_same_key(store):
    now = timezone.now()
    assert idempotency.claim(store, "user:1", "k", "a", now)[1]
    assert idempotency.claim(store, "user:2", "k", "b", now)[1]


def test_a_kept_answer_is_not_readable_at_rest(client, store):
    shown = make_key(client, store).json()["key"]
    row = IdempotentAnswer.objects.of(store).get()
    assert shown.encode() not in bytes(row.body)


def test_a_kept_answer_outlives_its_field_key(client, store, settings):
    first = make_key(client, store)
    new = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    assert reseal.reseal_all() == 2
    settings.FIELD_KEYS = [new]
    assert make_key(client, store).content == first.content


def test_answers_are_forgotten_after_a_day(client, store):
    make_key(client, store)
    assert idempotency.forget(timezone.now() + timedelta(hours=25)) == 1


@pytest.mark.parametrize("key", ["k" * 201, "a\tb"])
def test_a_key_that_makes_no_sense_is_refused(client, store, key):
    assert make_key(client, store, key=key).status_code == 400
    assert not ApiKey.objects.of(store).exists()


def test_repeats_are_counted_too(client, store, settings):
    make_key(client, store)
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "key": "1/min"}
    codes = [make_key(client, store).status_code for _ in range(3)]
    assert codes[-1] == 429
