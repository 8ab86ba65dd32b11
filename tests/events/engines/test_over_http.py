"""What only a server far away can do."""

from __future__ import annotations

import pytest

from apps.events.services.engines.clickhouse import ClickHouse
from apps.events.services.engines.clickhouse_sessions import ClickHouseError, arguments
from tests.events.engines.said import keep, row
from tests.run.services import free_port


def test_it_sends_the_settings_that_its_promises_rest_on(over_http, web, store):
    # Its client asks some things of its own when it opens.
    over_http.session.frame("SELECT 1")
    web.said.clear()
    keep(over_http, store, row())
    [insert] = [said for said in web.said if "INSERT" in said["query"]]
    assert insert["async_insert"] == "0"
    assert insert["database"] == "default"
    assert all(said["max_threads"] == "2" for said in web.said)
    assert not any("session_id" in said for said in web.said)


def test_a_server_that_is_away_is_a_named_error(store):
    away = ClickHouse(f"http://127.0.0.1:{free_port()}/default")
    with pytest.raises(ClickHouseError):
        keep(away, store, row())


def test_a_refusal_is_a_named_error(over_http):
    with pytest.raises(ClickHouseError, match="UNKNOWN_TABLE"):
        over_http.session.frame("SELECT 1 FROM nowhere")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("http://clickhouse", ("http", "clickhouse", 8123, "default", "", "default")),
        ("https://a:b%2Fc@ch.example/shop?insert_quorum=auto",
         ("https", "ch.example", 8443, "a", "b/c", "shop")),
        ("https://ch.example:443/", ("https", "ch.example", 443, "default", "", "default")),
    ],
)  # fmt: skip
def test_it_reads_the_address(url, named):
    told = arguments(url)
    names = ("interface", "host", "port", "username", "password", "database")
    assert tuple(told[name] for name in names) == named
    assert told["settings"]["async_insert"] == 0
    assert told["settings"].get("insert_quorum") == (
        "auto" if "quorum" in url else None
    )
