"""Frames in and out of tables, thousands of rows a statement, on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db import connection

# One statement's share: a parameter stays far below what a server takes.
SHARE = 20_000
MOST = 2**63 - 1
POSTGRESQL_TYPES = {
    pl.Int64: "bigint",
    pl.String: "text",
    pl.Boolean: "boolean",
    pl.Float64: "numeric",
    pl.Date: "date",
}


@dataclass(frozen=True)
class Table:
    """`added` columns grow by what comes in; other `columns` are put in its place."""

    name: str
    columns: Mapping[str, Any]
    unique: Sequence[str]
    added: Sequence[str] = field(default=())
    # What is there already stays as it is.
    keeps_first: bool = False
    # Of a moment: a row that is older by it changes nothing.
    newest_by: str = ""
    # Columns that PostgreSQL would not take as text.
    casts: Mapping[str, str] = field(default_factory=dict)
    # Columns of JSON, written as text.
    documents: Sequence[str] = field(default=())


def write(table: Table, rows: pl.DataFrame) -> None:
    laid = rows.select(
        pl.col(name).pipe(as_kept, dtype) for name, dtype in table.columns.items()
    )
    statement = insert_postgresql if is_postgresql() else insert_sqlite
    with connection.cursor() as cursor:
        for share in laid.iter_slices(SHARE):
            statement(cursor, table, share)


def as_kept(column: pl.Expr, dtype: Any) -> pl.Expr:
    """Moments as Django writes them into SQLite; PostgreSQL reads them too."""
    if isinstance(dtype, pl.Datetime):
        text = column.dt.to_string("%Y-%m-%d %H:%M:%S%.6f")
        return text.str.strip_suffix(".000000")
    if dtype == pl.Date:
        return column.dt.to_string("%Y-%m-%d")
    return column


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def insert_postgresql(cursor: Any, table: Table, rows: pl.DataFrame) -> None:
    names = quoted(table.columns)
    values = ", ".join(
        f'"{name}"::jsonb' if name in table.documents else f'"{name}"'
        for name in table.columns
    )
    cursor.execute(
        f"INSERT INTO {table.name} ({names}) SELECT {values}"  # noqa: S608 - constants
        f" FROM json_to_recordset(%s::json) AS rows({typed(table)}) {clash(table)}",
        [rows.write_json()],
    )


def insert_sqlite(cursor: Any, table: Table, rows: pl.DataFrame) -> None:
    places = ", ".join("?" * len(table.columns))
    # Past Django's cursor, which would rewrite the statement for each row.
    raw = cursor.connection.cursor()
    raw.executemany(
        f"INSERT INTO {table.name} ({quoted(table.columns)}) VALUES ({places})"  # noqa: S608
        f" {clash(table)}",
        rows.iter_rows(),
    )
    raw.close()


def clash(table: Table) -> str:
    if table.keeps_first:
        return "ON CONFLICT DO NOTHING"
    sums = [f'"{n}" = {total(table, n)}' for n in table.added]
    rest = [n for n in table.columns if n not in {*table.unique, *table.added}]
    changes = ", ".join([*sums, *(f'"{n}" = excluded."{n}"' for n in rest)])
    statement = f"ON CONFLICT ({quoted(table.unique)}) DO UPDATE SET {changes}"
    if not table.newest_by:
        return statement
    moment = f'"{table.newest_by}"'
    return f"{statement} WHERE {table.name}.{moment} <= excluded.{moment}"


def total(table: Table, name: str) -> str:
    """Never past what the column holds: on PostgreSQL that is an error, by which one
    liar's events would keep everybody's from being counted."""
    if not is_postgresql():
        return f'{table.name}."{name}" + excluded."{name}"'
    both = f'{table.name}."{name}"::numeric + excluded."{name}"'
    return f"least(greatest({both}, -{MOST}), {MOST})::bigint"


def quoted(names: Any) -> str:
    return ", ".join(f'"{name}"' for name in names)


def typed(table: Table) -> str:
    return ", ".join(
        f'"{name}" {table.casts.get(name) or type_of(dtype)}'
        for name, dtype in table.columns.items()
    )


def type_of(dtype: Any) -> str:
    return POSTGRESQL_TYPES.get(dtype, "timestamptz")


def find(table: Table, keys: pl.DataFrame) -> pl.DataFrame:
    """The rows whose columns are those of a row of `keys`."""
    columns = table.columns
    found: list[tuple[Any, ...]] = []
    ask = find_postgresql if is_postgresql() else find_sqlite
    with connection.cursor() as cursor:
        for share in keys.unique().iter_slices(SHARE):
            ask(cursor, table, share)
            found += cursor.fetchall()
    if is_postgresql():
        return pl.DataFrame(found, schema=dict(columns), orient="row")
    raw = {n: read_type(dtype) for n, dtype in columns.items()}
    rows = pl.DataFrame(found, schema=raw, orient="row")
    return rows.select(parsed(n, dtype) for n, dtype in columns.items())


def find_postgresql(cursor: Any, table: Table, keys: pl.DataFrame) -> None:
    types = ", ".join(
        f'"{n}" {table.casts.get(n) or type_of(dtype)}'
        for n, dtype in keys.schema.items()
    )
    names = ", ".join(f'{table.name}."{n}"' for n in table.columns)
    cursor.execute(
        f"SELECT {names} FROM {table.name} JOIN json_to_recordset(%s::json)"  # noqa: S608
        f" AS keys({types}) USING ({quoted(keys.columns)})",
        [as_text(keys).write_json()],
    )


def find_sqlite(cursor: Any, table: Table, keys: pl.DataFrame) -> None:
    # Moments as they lie there: their declared type would have Python parse each one.
    names = ", ".join(
        f"{table.name}.\"{n}\" || ''" if is_moment(dtype) else f'{table.name}."{n}"'
        for n, dtype in table.columns.items()
    )
    same = " AND ".join(
        f"{table.name}.\"{n}\" = json_extract(keys.value, '$.{n}')"
        for n in keys.columns
    )
    cursor.execute(
        f"SELECT {names} FROM json_each(%s) AS keys CROSS JOIN {table.name}"  # noqa: S608
        f" WHERE {same}",
        [as_text(keys).write_json()],
    )


def as_text(keys: pl.DataFrame) -> pl.DataFrame:
    return keys.select(pl.col(n).pipe(as_kept, t) for n, t in keys.schema.items())


def is_moment(dtype: Any) -> bool:
    return isinstance(dtype, pl.Datetime) or dtype == pl.Date


def read_type(dtype: Any) -> Any:
    return pl.String if is_moment(dtype) else dtype


def parsed(name: str, dtype: Any) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Date:
        return column.str.to_date("%Y-%m-%d")
    if isinstance(dtype, pl.Datetime):
        whole = pl.when(column.str.len_bytes() == len("2026-01-01 00:00:00"))
        text = whole.then(column + ".000000").otherwise(column)
        moment = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.6f", time_unit="us")
        return moment.dt.replace_time_zone("UTC").alias(name)
    return column
