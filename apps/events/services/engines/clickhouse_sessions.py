"""Two ways to the same SQL: a server over HTTP, and chdb, which is ClickHouse inside
this process, for tests, benchmarks and a first look."""

from __future__ import annotations

import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import polars as pl
from django.db import OperationalError

from apps.events.services.engines.clickhouse_tables import SETTINGS

FORMAT = "ArrowStream"
CONNECT_SECONDS, ANSWER_SECONDS = 5, 120


class ClickHouseError(OperationalError):
    """Not reached, or it refused. A database error, as of any engine: whoever writes
    tries again, and ids make sure that nothing doubles."""


class Session(Protocol):
    def command(self, sql: str) -> None: ...

    def frame(self, sql: str) -> pl.DataFrame: ...

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        """Durable on return."""


def connect(url: str) -> Session:
    if url.startswith("chdb://"):
        return Embedded(urlsplit(url).path)
    return Server(url)


class Server:
    """`http[s]://user:password@host:8123/database?setting=value`."""

    def __init__(self, url: str) -> None:
        from clickhouse_connect import common, get_client
        from clickhouse_connect.driver.exceptions import Error

        self.error: type[Exception] = Error
        # A session takes one query at a time; threads share this client.
        common.set_setting("autogenerate_session_id", False)
        self.client = self.safely(get_client, **arguments(url))

    def command(self, sql: str) -> None:
        self.safely(self.client.command, sql)

    def frame(self, sql: str) -> pl.DataFrame:
        answer = self.safely(self.client.raw_query, sql, fmt=FORMAT)
        return read(answer)

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        self.safely(
            self.client.raw_insert,
            table,
            column_names=rows.columns,
            insert_block=written(rows),
            fmt=FORMAT,
        )

    def safely(self, call: Any, *args: Any, **named: Any) -> Any:
        try:
            return call(*args, **named)
        except self.error as error:
            raise ClickHouseError(str(error)[:500]) from error


def arguments(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "interface": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or (8443 if parts.scheme == "https" else 8123),
        "username": unquote(parts.username or "default"),
        "password": unquote(parts.password or ""),
        "database": parts.path.strip("/") or "default",
        "settings": {**SETTINGS, **dict(parse_qsl(parts.query))},
        "connect_timeout": CONNECT_SECONDS,
        "send_receive_timeout": ANSWER_SECONDS,
    }


class Embedded:
    """A folder that one process opens at a time. chdb is no part of the product."""

    def __init__(self, path: str) -> None:
        self.chdb: Any = import_module("chdb.session").Session(path)
        for name, value in SETTINGS.items():
            self.command(f"SET {name} = {value}")

    def command(self, sql: str) -> None:
        self.answer(sql, "Null")

    def frame(self, sql: str) -> pl.DataFrame:
        return read(self.answer(sql, FORMAT))

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        handle, path = tempfile.mkstemp(suffix=".arrows")
        with os.fdopen(handle, "wb") as file:
            file.write(written(rows))
        names = ", ".join(rows.columns)
        try:
            self.command(
                f"INSERT INTO {table} ({names}) SELECT {names}"  # noqa: S608 - ours
                f" FROM file('{path}', {FORMAT})"
            )
        finally:
            Path(path).unlink()

    def answer(self, sql: str, form: str) -> bytes:
        try:
            return bytes(self.chdb.query(sql, form).bytes() or b"")
        except RuntimeError as error:
            raise ClickHouseError(str(error)[:500]) from error

    def close(self) -> None:
        self.chdb.close()


def read(octets: bytes) -> pl.DataFrame:
    return pl.read_ipc_stream(octets) if octets else pl.DataFrame()


def written(rows: pl.DataFrame) -> bytes:
    # Views of texts are newer than some servers.
    stream = rows.write_ipc_stream(None, compat_level=pl.CompatLevel.oldest())
    return stream.getvalue()
