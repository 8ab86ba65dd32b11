"""How the connection is: on the screen, and in WordPress's Site Health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.wordpress.brain import KEY
from tests.wordpress.connecting import (
    SCREEN,
    STATUS,
    code_of,
    open_shop,
    paste,
    welcome,
)

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

ASKED = "GET /api/v1/connect/plugin/"
TEST = "return LuxeBrain\\Health\\Site_Health::test();"
CHECKS = "return LuxeBrain\\Connection\\Health::checks(LuxeBrain\\Connection\\Status::ask());"


@pytest.fixture
def shop(site):
    return open_shop(site)


@pytest.fixture
def luxebrain(brain):
    return welcome(brain)


@pytest.fixture
def connected(shop, ada, luxebrain):
    paste(ada, code_of(luxebrain.url))
    shop.php("foreach (_get_cron_array() as $at => $x) { if ($at < time()) { "
             "foreach ($x as $hook => $y) wp_unschedule_hook($hook); } }")  # fmt: skip
    return shop


def checks(site):
    found = site.php(CHECKS)
    return {check["name"]: (check["state"], check["text"]) for check in found}


def say(luxebrain, **changed):
    luxebrain.answers[ASKED] = (200, {**STATUS, **changed})


def test_the_screen_shows_how_it_is(connected, ada, luxebrain):
    say(luxebrain, troubles=["Your shop is <slow>."])
    connected.php("delete_option('luxebrain_status');")

    page = ada.open(SCREEN).text

    assert "Your shop is &lt;slow&gt;." in page
    assert "Everything is copied." in page
    assert "In tables of their own (HPOS)." in page or "Among the posts." in page
    assert connected.complaints() == []


def test_the_screen_asks_at_most_once_a_minute(connected, ada, luxebrain):
    for _ in range(3):
        ada.open(SCREEN)

    assert luxebrain.seen.count(ASKED) == 1


def test_the_screen_opens_without_luxebrain(connected, ada, luxebrain):
    connected.php("delete_option('luxebrain_status');")
    luxebrain.answers[ASKED] = (500, "<html>")

    page = ada.open(SCREEN).text

    assert "LuxeBrain has a problem of its own." in page
    assert "Disconnect…" in page


@pytest.mark.parametrize("answer", ["[]", '{"sync": 5, "troubles": {"a": [1]}}', "5"])
def test_garbage_is_no_trouble(connected, ada, luxebrain, answer):
    connected.php("delete_option('luxebrain_status');")
    luxebrain.answers[ASKED] = (200, answer)

    assert ada.open(SCREEN).status_code == 200
    assert connected.complaints() == []


def test_a_clock_that_is_wrong_is_told(connected, luxebrain):
    say(luxebrain, now=(datetime.now(UTC) + timedelta(seconds=200)).isoformat())

    state, text = checks(connected)["Clock"]

    assert state == "warning"
    assert int(text.split(" by ")[1].split()[0]) in range(195, 205)


def test_webhooks_that_were_switched_off_are_told(connected, luxebrain):
    for status in ("active", "disabled"):
        connected.php(
            "luxebrain_stub_make_webhook($given['url'], $given['status']);",
            url=f"{luxebrain.url}/api/v1/webhooks/order-created?to=x",
            status=status,
        )

    assert checks(connected)["Webhooks"] == (
        "warning",
        "1 of 2 active. LuxeBrain makes the others anew within minutes.",
    )


def test_a_key_that_was_revoked_is_told(connected):
    connected.database.sql("DELETE FROM wp_woocommerce_api_keys", "wordpress")

    assert checks(connected)["Key in WooCommerce"][0] == "bad"


def test_plain_permalinks_are_told(connected):
    connected.php("update_option('permalink_structure', '');")

    assert checks(connected)["Permalinks"][0] == "bad"


def test_a_cron_that_does_not_run_is_told(connected):
    connected.php("wp_schedule_single_event(time() - 7200, 'nobodys_hook');")

    state, text = checks(connected)["Work in the background"]

    assert (state, "late by 2 hours" in text) == ("warning", True)


OLD = (
    "update_option('luxebrain_connection', array('connected_at' => time() - $given['days'] * 86400) + get_option('luxebrain_connection'));"
    "update_option('luxebrain_consent_signs', array('yes_at' => $given['yes'] ? time() - 7200 : 0, 'none_at' => $given['none'] ? time() : 0));"
)


@pytest.mark.parametrize(
    ("seen", "state", "text"),
    [
        ({"days": 9, "yes": False, "none": False}, "info", "No shopper has used"),
        ({"days": 1, "yes": False, "none": True}, "info", "none of them is known"),
        ({"days": 4, "yes": False, "none": True}, "warning", "luxebrain.consent(true)"),
        ({"days": 9, "yes": True, "none": True}, "good", "last seen 2 hours ago"),
    ],
)
def test_a_consent_that_never_comes_is_told(connected, seen, state, text):
    connected.php(OLD, **seen)

    found = checks(connected)["Consent"]

    assert (found[0], text in found[1]) == (state, True)


def test_site_health_tells_of_a_consent_that_never_comes(connected):
    connected.php(OLD, days=4, yes=False, none=True)

    told = connected.php(TEST)

    assert told["status"] == "recommended"
    assert "WP Consent API" in told["description"]


def test_connecting_begins_to_look_anew(connected, luxebrain):
    connected.php(OLD, days=4, yes=False, none=True)

    connected.php(
        "LuxeBrain\\Connection\\Connect::with_code($given['told'], 1);",
        told=code_of(luxebrain.url),
    )

    assert connected.php("return get_option('luxebrain_consent_signs');") is False


ELSEWHERE = (
    "LuxeBrain\\Settings::store(array('site' => LuxeBrain\\Settings::stored_site()));"
    "do_action('luxebrain_work');"
)


def test_work_that_takes_the_shop_for_a_copy_is_told(connected):
    connected.php(
        "update_option('home', 'https://shop.example'); wp_cache_flush();" + ELSEWHERE
    )
    connected.php(
        "LuxeBrain\\Settings::store(array('site' => LuxeBrain\\Settings::site()));"
    )

    state, text = checks(connected)["Address in the background"]

    assert (state, connected.url.removeprefix("http://") in text) == ("bad", True)
    connected.php("do_action('luxebrain_work');")
    assert checks(connected)["Address in the background"] == ("good", "The same.")


def test_work_without_a_request_is_no_copy_where_the_address_needs_one(connected):
    config = connected.root / "wp-config.php"
    kept = config.read_text()
    config.write_text(
        kept.replace(f"'WP_HOME', '{connected.url}'", "'WP_HOME', 'http://'")
    )
    try:
        told = connected.php(
            "return array(WP_HOME, LuxeBrain\\Settings::site(), LuxeBrain\\Settings::is_copy());"
        )
    finally:
        config.write_text(kept)

    home = connected.url.removeprefix("http://")
    assert told == ["http://", home, False]


def test_who_is_still_to_be_erased_is_told(connected):
    assert "Erasing" not in checks(connected)
    connected.php("LuxeBrain\\Privacy\\Waiting::add('ben@mail.example');")

    assert checks(connected)["Erasing"][0] == "warning"


# Site Health


def test_site_health_is_well(connected):
    connected.php(CHECKS)

    told = connected.php(TEST)

    assert (told["status"], told["label"]) == (
        "good",
        "LuxeBrain is connected and well",
    )
    assert told["test"] == "luxebrain_connection"


def test_site_health_calls_nobody(connected, luxebrain):
    before = list(luxebrain.seen)

    connected.php(TEST)

    assert luxebrain.seen == before


def test_site_health_says_what_is_wrong(connected, luxebrain):
    say(luxebrain, troubles=["<b>Trouble</b>."])
    connected.database.sql("DELETE FROM wp_woocommerce_api_keys", "wordpress")
    connected.php(CHECKS)

    told = connected.php(TEST)

    assert (told["status"], told["label"]) == ("critical", "LuxeBrain needs you")
    assert "Somebody revoked it" in told["description"]
    assert "&lt;b&gt;Trouble&lt;/b&gt;." in told["description"]


def test_site_health_knows_who_is_not_connected(shop):
    told = shop.php(TEST)

    assert (told["status"], told["label"]) == (
        "recommended",
        "LuxeBrain is not connected",
    )


def test_site_health_knows_a_copy(connected):
    connected.php("LuxeBrain\\Settings::store(array('site' => 'real.example'));")

    assert connected.php(TEST)["label"] == "LuxeBrain rests on this copy of the shop"


def test_wordpress_finds_the_test(connected):
    names = connected.php(
        "require_once ABSPATH . 'wp-admin/includes/class-wp-site-health.php';"
        "return array_keys(WP_Site_Health::get_tests()['direct']);"
    )

    assert "luxebrain_connection" in names


def test_support_gets_no_secret(connected):
    told = connected.php("return apply_filters('debug_information', array());")

    fields = told["luxebrain"]["fields"]
    assert fields["store"] == {"label": "Store", "value": "maison"}
    assert fields["connected"]["value"] == "Yes"
    assert KEY[16:] not in str(told)
