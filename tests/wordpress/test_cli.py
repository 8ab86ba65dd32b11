"""`wp luxebrain …`, by the WP-CLI of stubs/wp-cli.php."""

from __future__ import annotations

import json

import pytest

from tests.wordpress.brain import CONNECT
from tests.wordpress.connecting import (
    LINKED,
    code_of,
    connection,
    open_shop,
    welcome,
    woo_keys,
)
from tests.wordpress.site import STUBS

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

WELCOME = (
    "Connected to LuxeBrain as Maison. The first copy of your shop begins in a moment."
)
RUN = (
    "require_once $given['cli'];"
    "return WP_CLI::run_for_test('luxebrain', $given['verb'], $given['args'], $given['options']);"
)


@pytest.fixture
def shop(site):
    return open_shop(site)


@pytest.fixture
def luxebrain(brain):
    return welcome(brain)


def wp(site, verb, *args, **options):
    """Exit status and what was said."""
    cli = str(STUBS / "wp-cli.php")
    return site.php(RUN, cli=cli, verb=verb, args=list(args), options=options)


def test_it_connects_with_a_code(shop, luxebrain):
    luxebrain.answers[CONNECT] = (200, {**LINKED, "warnings": ["Sells in USD."]})

    assert wp(shop, "connect", code_of(luxebrain.url)) == [
        0,
        [
            "Warning: Sells in USD.",
            f"Success: {WELCOME}",
        ],
    ]
    assert woo_keys(shop)[0][0] == "1"


def test_it_says_why_it_did_not_connect(shop, luxebrain):
    luxebrain.answers[CONNECT] = (404, {"title": "This code was used already."})

    assert wp(shop, "connect", code_of(luxebrain.url)) == [
        1,
        ["Error: This code was used already."],
    ]
    assert woo_keys(shop) == []


@pytest.mark.parametrize("verb", ["status", "sync", "flush", "doctor"])
def test_it_says_how_to_connect(shop, verb):
    assert wp(shop, verb) == [
        1,
        ["Error: This site is not connected to LuxeBrain: wp luxebrain connect <code>"],
    ]


@pytest.mark.parametrize("verb", ["status", "sync", "flush", "doctor"])
def test_it_rests_on_a_copy(shop, luxebrain, verb):
    wp(shop, "connect", code_of(luxebrain.url))
    shop.php("LuxeBrain\\Settings::store(array('site' => 'real.example'));")
    before = list(luxebrain.seen)

    status, said = wp(shop, verb)

    assert status == 1
    assert "is a copy of the one that is connected" in said[0]
    assert luxebrain.seen == before


def test_status_asks_nobody(shop, luxebrain):
    wp(shop, "connect", code_of(luxebrain.url))
    before = list(luxebrain.seen)

    status, said = wp(shop, "status")

    assert status == 0
    assert said[0] == f"LuxeBrain: {luxebrain.url}"
    # When it was connected, which ends the keys before.
    assert said[1].startswith("LuxeBrain\tgood\tAnswered ")
    assert luxebrain.seen == before


def test_doctor_asks_now(shop, luxebrain):
    wp(shop, "connect", code_of(luxebrain.url))

    status, said = wp(shop, "doctor", format="json")

    checks = {check["name"]: check for check in json.loads(said[0])}
    assert status == 0
    assert luxebrain.seen[-1] == "GET /api/v1/connect/plugin/"
    assert checks["LuxeBrain"]["state"] == "good"
    assert checks["Copy of the shop"]["text"] == "Everything is copied."
    assert checks["Key in WooCommerce"]["text"] == "There."


def test_doctor_ends_with_one_where_something_is_bad(shop, luxebrain):
    wp(shop, "connect", code_of(luxebrain.url))
    luxebrain.answers["GET /api/v1/connect/plugin/"] = (500, "")

    status, said = wp(shop, "doctor")

    assert status == 1
    assert said[0] == "LuxeBrain\tbad\tLuxeBrain has a problem of its own."


def test_sync_does_what_waits(shop, luxebrain):
    wp(shop, "connect", code_of(luxebrain.url))

    assert wp(shop, "sync") == [0, ["Success: Done."]]
    assert "GET /api/v1/connect/plugin/" in luxebrain.seen


def test_sync_asks_anew_for_every_shelf(shop, luxebrain):
    wp(shop, "connect", code_of(luxebrain.url))
    shop.database.sql(
        "INSERT INTO wp_luxebrain_shelves (context, language, places, answer, made_at) VALUES ('product:1', 'en', 'trending', '', UNIX_TIMESTAMP())",
        "wordpress",
    )

    wp(shop, "sync")

    assert "POST /api/v1/storefront/pages" in luxebrain.seen


def test_flush_says_what_it_told(shop, luxebrain):
    wp(shop, "connect", code_of(luxebrain.url))

    status, said = wp(shop, "flush")

    assert (status, isinstance(json.loads(said[0]), dict)) == (0, True)


def test_disconnect_asks_first(shop, luxebrain):
    wp(shop, "connect", code_of(luxebrain.url))

    status, said = wp(shop, "disconnect")

    assert (status, said) == (
        0,
        ["Remove LuxeBrain's keys and webhooks from this shop?"],
    )
    assert connection(shop)["url"] == luxebrain.url


def test_disconnect_undoes_it(shop, luxebrain):
    wp(shop, "connect", code_of(luxebrain.url))

    assert wp(shop, "disconnect", yes=True) == [0, ["Success: Disconnected."]]
    assert (connection(shop)["url"], woo_keys(shop)) == ("", [])
