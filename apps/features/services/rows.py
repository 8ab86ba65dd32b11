"""Rows of the database as a frame: plain columns, no objects, a chunk at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connections
from django.db.models import BigIntegerField, F, Func, QuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHUNK = 20_000
# Amounts are whole ten-thousandths: sums of them are exact in whatever order.
MONEY_UNIT = 10_000
DAY = 86_400_000_000


def micros(moment: datetime) -> int:
    """Exact, as a product of floats is not."""
    return (moment - EPOCH) // timedelta(microseconds=1)


class Micros(Func):
    """A moment as microseconds since 1970, which no driver has to parse."""

    output_field = BigIntegerField()
    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return super().as_sql(
            compiler,
            connection,
            template="(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint",
        )

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        """Django writes six digits after the second, or none."""
        inner, values = compiler.compile(self.source_expressions[0])
        digits = f"CAST(substr({inner} || '.000000', 21, 6) AS INTEGER)"
        return (
            f"(CAST(strftime('%%s', {inner}) AS INTEGER) * 1000000 + {digits})",
            (*values, *values),
        )


class Units(Func):
    """An amount as whole ten-thousandths."""

    output_field = BigIntegerField()
    template = "CAST(ROUND(%(expressions)s * 10000) AS BIGINT)"
    arity = 1


# What a column holds: how it is asked for, how it is kept here.
INT, TEXT, MOMENT, AMOUNT, FLAG = "int", "text", "moment", "amount", "flag"
ASKED: Mapping[str, Any] = {
    INT: F,
    TEXT: F,
    MOMENT: lambda name: Micros(F(name)),
    AMOUNT: lambda name: Units(F(name)),
    FLAG: F,
}
KEPT: Mapping[str, Any] = {
    INT: pl.Int64,
    TEXT: pl.String,
    MOMENT: pl.Int64,
    AMOUNT: pl.Int64,
    FLAG: pl.Boolean,
}


def frame_of(rows: QuerySet[Any], **columns: tuple[str, str]) -> pl.DataFrame:
    """`columns`: name here = (kind, name there). Moments are microseconds."""
    asked = {f"c_{name}": ASKED[kind](there) for name, (kind, there) in columns.items()}
    query = rows.order_by().annotate(**asked).values_list(*asked)
    schema = {name: KEPT[kind] for name, (kind, _) in columns.items()}
    return fetch(query, schema)


def fetch(query: QuerySet[Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    """A server-side cursor on PostgreSQL, so that memory holds one chunk of objects."""
    connection = connections[query.db]
    statement, values = query.query.sql_with_params()
    read_as = {
        name: pl.Int64 if kind == pl.Boolean else kind for name, kind in schema.items()
    }
    parts = []
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while chunk := cursor.fetchmany(CHUNK):
            parts.append(pl.DataFrame(chunk, schema=read_as, orient="row"))
    whole = pl.concat(parts) if parts else pl.DataFrame(schema=read_as)
    return whole.cast(pl.Schema(schema))
