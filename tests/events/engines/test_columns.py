"""Who needs less of an event reads less."""

from __future__ import annotations

import pytest

from apps.events.models import EventBatch
from apps.events.services.engines import read
from apps.events.services.engines.database import Database
from tests.events.engines.said import DAY, at, keep, row


@pytest.fixture(params=["database", "clickhouse"])
def writer_and_reader(request, db):
    if request.param == "database":
        return Database(), read
    clickhouse = request.getfixturevalue("clickhouse")
    return clickhouse, clickhouse


def test_it_reads_a_part_of_the_columns(writer_and_reader, store):
    writer, reader = writer_and_reader
    keep(writer, store, row(at(hours=2), "search"), row(at(hours=1), "login"))
    found = reader.between(store, DAY, at(days=1), columns=["type", "session"])
    assert found.columns == ["type", "session"]
    assert found.rows() == [("login", "s1"), ("search", "s1")]
    batches = EventBatch.objects.values_list("pk", flat=True)
    assert sorted(reader.of_batches(list(batches), ["type"]).rows()) == [
        ("login",), ("search",)
    ]  # fmt: skip
