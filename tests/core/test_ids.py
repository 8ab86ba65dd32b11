from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from apps.core.ids import moment_of, uuid7

MOMENT = datetime(2026, 6, 1, 12, 0, 0, 123_000, tzinfo=UTC)


def test_it_makes_a_version_7_id():
    identifier = uuid7(MOMENT)
    assert (identifier.version, identifier.variant) == (7, "specified in RFC 4122")


def test_its_moment_can_be_read_back():
    assert moment_of(uuid7(MOMENT)) == MOMENT


def test_later_ids_sort_later():
    assert uuid7(MOMENT) < uuid7(MOMENT + timedelta(milliseconds=1))


def test_ids_of_one_moment_differ():
    assert len({uuid7(MOMENT) for _ in range(1_000)}) == 1_000


def test_it_refuses_to_read_a_random_id():
    with pytest.raises(ValueError, match="version 7"):
        moment_of(uuid4())
