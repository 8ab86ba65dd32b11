"""Each test of the contract runs on the database of this leg and on ClickHouse, inside
this process and over HTTP."""

from __future__ import annotations

import pytest

from apps.events.services.engines.clickhouse import ClickHouse
from apps.events.services.engines.database import Database
from tests.events.engines.server import Server


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    """ClickHouse inside this process; opened once, it takes a second."""
    return ClickHouse(f"chdb://{tmp_path_factory.mktemp('clickhouse')}")


@pytest.fixture(scope="session")
def web(embedded):
    server = Server(embedded.session.chdb)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def distant(web):
    return ClickHouse(web.url)


@pytest.fixture
def clickhouse(embedded, db):
    embedded.session.command("TRUNCATE TABLE events")
    return embedded


@pytest.fixture
def over_http(distant, clickhouse):
    return distant


@pytest.fixture(params=["database", "clickhouse", "over_http"])
def engine(request, db):
    if request.param == "database":
        return Database()
    return request.getfixturevalue(request.param)
