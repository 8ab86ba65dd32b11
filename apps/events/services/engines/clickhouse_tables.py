"""The table of events in ClickHouse, and the settings that its promises rest on."""

from __future__ import annotations

from typing import Any

import polars as pl

# Weeks of the id's own moment, which the same event always has again. Counted in a
# circle: ids come from outside, and whoever made them up could else open a partition,
# and so a part, for each week of nine thousand years. After 64 weeks two share one.
WEEK = (
    "intDiv(bitShiftRight(reinterpretAsUInt64(reverse(substring(id, 1, 8))), 16),"
    " 604800000) % 64"
)
# Each is harmless when it has run before. A later version adds lines, such as
# ALTER TABLE events ADD COLUMN IF NOT EXISTS, and changes none.
TABLES = (
    f"""
CREATE TABLE IF NOT EXISTS events (
    id FixedString(16),
    store_id Int64,
    batch_id UInt64 CODEC(Delta, ZSTD(1)),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    type LowCardinality(String),
    visitor String CODEC(ZSTD(1)),
    session String CODEC(ZSTD(1)),
    customer_woo_id Nullable(Int64) CODEC(ZSTD(1)),
    product_woo_id Nullable(Int64) CODEC(ZSTD(1)),
    variant_woo_id Nullable(Int64) CODEC(ZSTD(1)),
    quantity Nullable(Int32) CODEC(ZSTD(1)),
    value Nullable(Decimal(18, 4)) CODEC(ZSTD(1)),
    currency LowCardinality(String),
    properties String CODEC(ZSTD(1)),
    context String CODEC(ZSTD(3)),
    INDEX by_batch batch_id TYPE minmax GRANULARITY 1,
    INDEX by_moment at TYPE minmax GRANULARITY 1
)
-- Of two rows with one id the later batch's is read: see the engine's `append`.
ENGINE = ReplacingMergeTree(batch_id)
PARTITION BY {WEEK}
ORDER BY (store_id, id)
SETTINGS
    -- An insert answers when its part is on disk, not when it is in memory; a merge
    -- drops its sources when its result is.
    fsync_after_insert = 1,
    fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1,
    -- A week that is over becomes one part, which FINAL reads as fast as any table; once
    -- a day at most, where late events keep coming.
    min_age_to_force_merge_seconds = 86400,
    min_age_to_force_merge_on_partition_only = 1
""",
)
SETTINGS = {
    # The default of newer servers gathers small inserts in memory.
    "async_insert": 0,
    # The same id always lies in the same partition.
    "do_not_merge_across_partitions_select_final": 1,
    "max_partitions_per_insert_block": 100,
    # Erased means erased when the answer comes.
    "mutations_sync": 2,
    # A thousand ids are one literal.
    "max_query_size": 4_194_304,
}
# As rows come in: `id` as 32 hexadecimal digits.
INCOMING: Any = {
    "id": pl.String,
    "store_id": pl.Int64,
    "batch_id": pl.Int64,
    "at": pl.Datetime("ms", "UTC"),
    "type": pl.String,
    "visitor": pl.String,
    "session": pl.String,
    "customer_woo_id": pl.Int64,
    "product_woo_id": pl.Int64,
    "variant_woo_id": pl.Int64,
    "quantity": pl.Int32,
    "value": pl.Decimal(18, 4),
    "currency": pl.String,
    "properties": pl.String,
    "context": pl.String,
}
