"""Months of the log on PostgreSQL. Table changes need rows that are committed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from apps.decisions.models import Decision
from apps.decisions.services import partitions
from apps.decisions.services.log import log
from apps.decisions.services.partitions import Month
from apps.decisions.services.sentence import because
from tests.conftest import NOW

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def only_the_default():
    yield
    with connection.cursor() as cursor:
        for month in partitions.existing():
            cursor.execute(f"DROP TABLE {month.table}")


def served(store, at):
    return log(store, "a.served", "customer:1", chosen=1, reason=because("x"), at=at)


def table_of(decision):
    query = "SELECT tableoid::regclass::text FROM decisions_decision WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [decision.id])
        return cursor.fetchone()[0]


def test_it_makes_this_month_and_three_ahead():
    made = partitions.keep_partitions(datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert made == [Month(2026, 11), Month(2026, 12), Month(2027, 1), Month(2027, 2)]
    assert partitions.existing() == made


def test_it_makes_them_once():
    partitions.keep_partitions(NOW)
    assert partitions.keep_partitions(NOW) == []


def test_a_row_lands_in_its_month(store):
    partitions.keep_partitions(NOW)
    assert table_of(served(store, NOW)) == "decisions_decision_y2026m06"


def test_a_month_ends_at_midnight_utc(store):
    partitions.keep_partitions(NOW)
    last = served(store, datetime(2026, 6, 30, 23, 59, 59, 999_999, tzinfo=UTC))
    first = served(store, datetime(2026, 7, 1, tzinfo=UTC))
    assert table_of(last) == "decisions_decision_y2026m06"
    assert table_of(first) == "decisions_decision_y2026m07"


def test_a_row_without_a_month_is_not_lost(store):
    decision = served(store, datetime(2031, 1, 1, tzinfo=UTC))
    assert table_of(decision) == "decisions_decision_default"
    assert Decision.objects.of(store).by_id(decision.id).exists()


def test_rows_of_the_default_move_when_their_month_is_made(store):
    strays = [served(store, NOW), served(store, datetime(2024, 2, 29, tzinfo=UTC))]
    made = partitions.keep_partitions(NOW)
    assert Month(2024, 2) in made
    assert [table_of(row) for row in strays] == [
        "decisions_decision_y2026m06",
        "decisions_decision_y2024m02",
    ]
    assert Decision.objects.of(store).count() == 2


def test_each_month_has_the_indexes_the_checks_and_the_foreign_key():
    partitions.keep_partitions(NOW)
    table = "decisions_decision_y2026m06"
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    facts = list(constraints.values())
    assert {tuple(fact["columns"]) for fact in facts if fact["index"]} == {
        ("store_id", "id"),
        ("created_at",),
        ("store_id", "kind", "created_at"),
        ("store_id", "subject", "created_at"),
    }
    assert [fact["columns"] for fact in facts if fact["primary_key"]] == [
        ["id", "created_at"]
    ]
    assert ("accounts_store", "id") in [fact["foreign_key"] for fact in facts]
    assert "decisions_propensity" in constraints


def test_a_look_up_by_id_reads_one_month(store):
    partitions.keep_partitions(NOW)
    decision = served(store, NOW)
    plan = Decision.objects.of(store).by_id(decision.id).explain()
    assert "decisions_decision_y2026m06" in plan
    assert "y2026m07" not in plan
    assert "default" not in plan


def test_a_look_up_without_the_moment_would_read_them_all(store):
    partitions.keep_partitions(NOW)
    plan = Decision.objects.of(store).filter(pk=served(store, NOW).pk).explain()
    assert "y2026m07" in plan


def test_a_month_is_dropped_only_if_no_store_needs_it(store, other_store):
    partitions.keep_partitions(NOW)
    served(store, NOW)
    assert not partitions.drop(Month(2026, 6), needing=[store.pk])
    assert partitions.drop(Month(2026, 6), needing=[other_store.pk])
    assert not Decision.objects.of(store).exists()
    assert Month(2026, 6) not in partitions.existing()
