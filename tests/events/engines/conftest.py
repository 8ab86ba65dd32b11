"""Each test of the contract runs on the database of this leg and on ClickHouse."""

from __future__ import annotations

import pytest

from apps.events.services.engines.clickhouse import ClickHouse
from apps.events.services.engines.database import Database


@pytest.fixture(scope="session")
def embedded(tmp_path_factory):
    """ClickHouse inside this process; opened once, it takes a second."""
    return ClickHouse(f"chdb://{tmp_path_factory.mktemp('clickhouse')}")


@pytest.fixture
def clickhouse(embedded, db):
    embedded.session.command("TRUNCATE TABLE events")
    return embedded


@pytest.fixture(params=["database", "clickhouse"])
def engine(request, db):
    if request.param == "clickhouse":
        return request.getfixturevalue("clickhouse")
    return Database()
