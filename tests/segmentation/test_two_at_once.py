"""Two who write members, on a database that lets them."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from apps.segmentation.models import Following
from apps.segmentation.services import follow
from apps.segmentation.services.count import count, count_due
from apps.segmentation.services.lock import lock
from apps.shop.models import Customer
from tests.conftest import NOW
from tests.segmentation.members import (
    LATER,
    buys,
    make_segment,
    spells,
)

pytestmark = pytest.mark.django_db


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_nobody_twice(store):
    people = [
        Customer.objects.create(store=store, email=f"{n}@mail.example")
        for n in range(40)
    ]
    for person in people:
        buys(person)
    segment = make_segment(store)
    gate, done = threading.Barrier(2), []

    def work(verb):
        gate.wait()
        try:
            done.append(verb())
        finally:
            connection.close()

    ids = [person.pk for person in people]
    verbs = (
        lambda: count(store, segment.pk, NOW),
        lambda: follow.judge(store, ids, LATER),
    )
    threads = [threading.Thread(target=work, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 2
    assert sorted(row[0] for row in spells(segment)) == ids


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_count_waits_for_nobody(store):
    segment = make_segment(store)
    found = []

    def work():
        try:
            found.append(count_due(store, NOW))
        finally:
            connection.close()

    Following.objects.create(store=store)
    with transaction.atomic():
        lock(store)
        other = threading.Thread(target=work)
        other.start()
        other.join(20)
        assert found == [0]
    segment.refresh_from_db()
    assert segment.is_due
    assert count_due(store, NOW) == 1
