from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core import health
from apps.core.models import Heartbeat
from apps.core.services import pulse

pytestmark = pytest.mark.django_db
QUEUE = "sync"


def test_a_living_process_says_so(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_it_is_ready_when_every_part_answers(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"] == {"database": "ok", "cache": "ok", "broker": "ok"}


@pytest.mark.parametrize("part", ["database", "cache", "broker"])
def test_it_is_not_ready_when_a_part_is_down(client, monkeypatch, part):
    def fail():
        raise ConnectionError("gone")

    monkeypatch.setitem(health.PARTS, part, fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"][part] == "down"


def test_a_slow_queue_is_told_but_keeps_serving(client):
    Heartbeat.objects.create(queue=QUEUE, sent_at=timezone.now() - timedelta(minutes=5))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "slow")


def test_an_answered_pulse_leaves_no_age():
    now = timezone.now()
    assert pulse.due(QUEUE, now)
    pulse.answer(QUEUE, now, now + timedelta(seconds=1))
    assert health.queue_ages(now + timedelta(minutes=1)) == {QUEUE: 0}


def test_a_queue_ages_when_beat_sends_no_pulse_any_more():
    now = timezone.now()
    pulse.due(QUEUE, now)
    pulse.answer(QUEUE, now, now)
    assert health.queue_ages(now + timedelta(hours=1)) == {QUEUE: 3600}


def test_no_second_pulse_while_one_is_on_its_way():
    now = timezone.now()
    assert pulse.due(QUEUE, now)
    assert not pulse.due(QUEUE, now + timedelta(seconds=15))


def test_a_lost_pulse_is_given_up_in_the_end():
    now = timezone.now()
    pulse.due(QUEUE, now)
    assert pulse.due(QUEUE, now + pulse.PATIENCE + timedelta(seconds=1))


def test_metrics_tell_the_age_of_each_queue(client):
    Heartbeat.objects.create(queue=QUEUE, sent_at=timezone.now())
    assert (
        'luxebrain_queue_age_seconds{queue="sync"}'
        in client.get("/metrics").content.decode()
    )


def test_metrics_want_their_token_where_one_is_set(client, settings):
    settings.METRICS_TOKEN = "letmein"
    assert client.get("/metrics").status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer letmein"})
    assert answer.status_code == 200
