"""Where an order went, when no shopper asks."""

from __future__ import annotations

import json

import pytest

from tests.wordpress.brain import KEY

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]


@pytest.fixture
def connected(site, shop, brain):
    site.php(
        "update_option('luxebrain_settings', $given);", url=brain.url, secret_key=KEY
    )
    return site


def waiting(site):
    rows = site.database.sql(
        "SELECT event FROM wp_luxebrain_outbox ORDER BY id", "wordpress"
    )
    return [json.loads(row) for row in rows.splitlines()]


def test_it_tells_of_nobody_where_the_shop_moves_an_order(connected, shop):
    order = connected.php(
        "return wc_create_order( array( 'status' => 'pending' ) )->get_id();"
    )
    connected.php(
        "define( 'DOING_CRON', true ); wc_get_order( $given['order'] )->update_status( 'completed' );",
        order=order,
    )

    told = [
        event
        for event in waiting(connected)
        if event["properties"]["to"] == "completed"
    ]
    assert [set(event) for event in told] == [
        {"type", "name", "properties", "id", "at"}
    ]


def test_it_tells_of_nobody_where_a_payment_provider_calls_back(connected, shop):
    order = connected.php(
        "return wc_create_order( array( 'status' => 'pending' ) )->get_id();"
    )
    connected.php(
        "$_GET['wc-api'] = 'wc_gateway_any'; wc_get_order( $given['order'] )->update_status( 'processing' );",
        order=order,
    )

    told = [event["properties"]["to"] for event in waiting(connected)]
    assert told[-1] == "processing"
    assert set(waiting(connected)[-1]) == {"type", "name", "properties", "id", "at"}
