"""What ClickHouse alone has to be asked about: kills, repeats and made-up ids."""

from __future__ import annotations

import threading

import polars as pl
import pytest
from django.db import connection

from apps.events.models import EventBatch
from apps.events.services.engines.clickhouse import incoming
from apps.events.services.engines.clickhouse_sessions import ClickHouseError
from apps.events.services.engines.clickhouse_tables import TABLES
from apps.events.services.ids import kept_id
from tests.events.engines.said import DAY, at, keep, row, whole_day


def left_behind(engine, store, batch_id, *rows):
    """As an insert whose process was killed before the batch was committed."""
    frame = incoming(engine.prepare(store.pk, rows))
    engine.insert(frame.with_columns(batch_id=pl.lit(batch_id, pl.Int64)))


def stored(engine):
    return int(engine.session.frame("SELECT count() FROM events").item())


def test_rows_without_a_batch_come_again(clickhouse, store):
    event = row(name="a", visitor="first")
    keep(clickhouse, store, row(name="before"))
    undone = EventBatch.objects.create(count=1, received_at=DAY)
    left_behind(clickhouse, store, undone.pk, event)
    undone.delete()
    keep(clickhouse, store, event._replace(visitor="second"))
    newest = EventBatch.objects.latest("pk")
    assert stored(clickhouse) == 3
    assert clickhouse.of_batches([newest.pk])["visitor"].to_list() == ["second"]
    assert whole_day(clickhouse, store).height == 2
    [counted] = clickhouse.counts(store, DAY, at(days=1), "day")
    assert counted.count == 2


def test_what_a_forgotten_batch_brought_is_kept_all_the_same(clickhouse, store):
    """Batches that were counted are forgotten after some days."""
    events = [row(name="a"), row(name="b")]
    keep(clickhouse, store, *events)
    keep(clickhouse, store, row(name="c"), at=at(days=9))
    EventBatch.objects.earliest("pk").delete()
    keep(clickhouse, store, *events, at=at(days=10))
    assert EventBatch.objects.count() == 1
    EventBatch.objects.all().update(received_at=DAY)
    keep(clickhouse, store, *events, at=at(days=30))
    assert EventBatch.objects.count() == 1
    assert stored(clickhouse) == 3


def test_a_late_insert_hides_behind_the_one_that_counts(clickhouse, store):
    """One that was given up after its time, sent again, and then did arrive."""
    event = row(name="a", visitor="counts")
    keep(clickhouse, store, event)
    batch = EventBatch.objects.get().pk
    for _ in range(3):
        left_behind(clickhouse, store, batch - 1, event._replace(visitor="late"))
    assert stored(clickhouse) == 4
    assert clickhouse.of_batches([batch])["visitor"].to_list() == ["counts"]
    assert clickhouse.of_batches([batch - 1]).height == 0
    assert whole_day(clickhouse, store)["visitor"].to_list() == ["counts"]
    clickhouse.session.command("OPTIMIZE TABLE events FINAL")
    assert stored(clickhouse) == 1
    assert whole_day(clickhouse, store)["visitor"].to_list() == ["counts"]


def test_a_refused_insert_leaves_no_batch(clickhouse, store):
    clickhouse.session.command("RENAME TABLE events TO elsewhere")
    try:
        with pytest.raises(ClickHouseError):
            keep(clickhouse, store, row())
    finally:
        clickhouse.session.command("RENAME TABLE elsewhere TO events")
    assert not EventBatch.objects.exists()
    assert stored(clickhouse) == 0


def test_made_up_ids_open_no_endless_partitions(clickhouse, store):
    """A version 7 UUID may name any moment up to the year 10889."""
    rows = [
        row(name="x")._replace(id=kept_id(f"{n * 10**11:012x}"[:8] + "-"
            + f"{n * 10**11:012x}"[8:12] + f"-7000-8000-{n:012x}", None, 7, DAY))
        for n in range(1, 2_000)
    ]  # fmt: skip
    keep(clickhouse, store, *rows)
    assert stored(clickhouse) == 1_999
    partitions = clickhouse.session.frame(
        "SELECT uniqExact(partition) FROM system.parts WHERE table = 'events' AND active"
    )
    assert partitions.item() == 64


def test_many_ids_are_asked_for_in_parts(clickhouse, store):
    rows = [row(at(seconds=number)) for number in range(12_000)]
    keep(clickhouse, store, *rows)
    keep(clickhouse, store, *rows, row(at(hours=9), name="new"))
    assert stored(clickhouse) == 12_001
    assert sorted(EventBatch.objects.values_list("count", flat=True)) == [1, 12_000]


def test_an_insert_is_flushed_to_the_disk(clickhouse):
    said = clickhouse.session.frame(
        "SELECT engine_full FROM system.tables WHERE name = 'events'"
        " AND database = currentDatabase()"
    ).item()
    for setting in ("fsync_after_insert = 1", "fsync_part_directory = 1"):
        assert setting in said
    waits = "SELECT value FROM system.settings WHERE name = 'async_insert'"
    assert clickhouse.session.frame(waits).item() == "0"


def test_its_tables_are_made_again_without_harm(clickhouse, store):
    keep(clickhouse, store, row())
    for statement in TABLES:
        clickhouse.session.command(statement)
    assert stored(clickhouse) == 1


def test_a_wrong_statement_is_a_named_error(clickhouse):
    with pytest.raises(ClickHouseError, match="UNKNOWN_TABLE"):
        clickhouse.session.frame("SELECT 1 FROM nowhere")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_processes_keep_an_event_once(embedded, store):
    embedded.session.command("TRUNCATE TABLE events")
    rows = [row(name=str(number)) for number in range(50)]

    def send():
        for one in rows:
            keep(embedded, store, one)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored(embedded) == 50
    batches = list(EventBatch.objects.values_list("pk", flat=True))
    assert len(batches) == 50
    assert embedded.of_batches(batches).height == 50
