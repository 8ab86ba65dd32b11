"""Shelves of a whole shop are written while others write, too: SQLite has one writer."""

from __future__ import annotations

import pytest
from django.db import connection

from apps.core.errors import ConflictError
from apps.recommendations.models import Shelf
from apps.recommendations.services import shelves
from apps.registry.models import ModelVersion
from apps.registry.services import versions
from tests.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
PICKS = [(7, 1.0, "taste", None)]


@pytest.fixture
def version(store):
    trained = versions.Trained("blend", NOW)
    making = ModelVersion.Status.MAKING
    return versions.register(store, "recommendations.personal", trained, making)


def of_all(count, seen):
    """Lists of so many customers; notes what is written when each is asked for."""
    for number in range(count):
        seen.append((connection.in_atomic_block, number))
        yield f"customer:{number}", PICKS


def test_no_transaction_is_open_while_lists_are_worked_out(version):
    seen = []
    lists = of_all(2 * shelves.AT_ONCE + 1, seen)
    written = shelves.write(version, "personal", lists, NOW)
    assert written == len(seen) == 2 * shelves.AT_ONCE + 1
    assert not any(is_open for is_open, _ in seen)


def test_what_is_written_is_kept_part_by_part_and_nobody_sees_it(store, version):
    def breaks():
        yield from of_all(shelves.AT_ONCE, [])
        raise ConflictError("This training is over.")

    with pytest.raises(ConflictError):
        shelves.write(version, "personal", breaks(), NOW)
    assert Shelf.objects.of(store).filter(version=version).count() == shelves.AT_ONCE
    assert not Shelf.objects.of(store).served().exists()
    with pytest.raises(ConflictError, match="may not serve"):
        versions.promote(version, NOW)
    versions.promote(versions.complete(version), NOW)
    assert Shelf.objects.of(store).served().count() == shelves.AT_ONCE


def test_old_shelves_go_part_by_part(version):
    shelves.write(version, "personal", of_all(shelves.AT_ONCE + 1, []), NOW)
    deleted = []

    def watch(execute, sql, values, many, context):
        if sql.startswith("DELETE"):
            deleted.append((connection.in_atomic_block, len(values)))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(watch):
        assert shelves.forget(version) == shelves.AT_ONCE + 1
    assert len(deleted) == 2
    assert max(count for _, count in deleted) <= shelves.AT_ONCE + 2
