"""WordPress's own privacy tools reach what LuxeBrain holds, and never claim too much."""

from __future__ import annotations

import json
import re

import pytest

from tests.wordpress import signed

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

EXPORT, ERASE = "POST /api/v1/privacy/export/", "POST /api/v1/privacy/erase/"
TOLD = "GET /api/v1/privacy/erase/7/"
MAIL = "ben@mail.example"
BEN = 2


@pytest.fixture
def shop(site, brain):
    signed.connect(site, brain.url)
    return site


def export(site, page=1, email=MAIL):
    return call(site, "exporters", page, email)


def erase(site, page=1, email=MAIL):
    return call(site, "erasers", page, email)


def call(site, kind, page, email):
    """As WordPress's screen does: by what the filter lists."""
    return site.php(
        "add_filter('luxebrain_erase_wait', '__return_zero');"
        "$all = apply_filters('wp_privacy_personal_data_' . $given['kind'], array());"
        "$answer = call_user_func($all['luxebrain']['callback'], $given['email'], $given['page']);"
        "return is_wp_error($answer) ? array('error' => $answer->get_error_message()) : $answer;",
        kind=kind,
        page=page,
        email=email,
    )


def part(name, rows, after):
    label = {"profile": "Who you are", "orders": "What you ordered"}[name]
    return 200, {
        "store": "Maison",
        "sections": [{"name": name, "label": label, "rows": rows}],
        "next": after,
    }


def request(status="running", *, over=False, **counts):
    return {"id": 7, "status": status, "is_over": over, "counts": counts}


def waiting(site):
    """How many; nobody's address can be read there."""
    stored = site.php("return get_option('luxebrain_erasures', array());")
    assert MAIL not in json.dumps(stored)
    assert all(
        re.fullmatch("[0-9a-f]{80,}", locked) for locked in dict(stored).values()
    )
    return len(stored)


def test_it_exports_part_by_part_until_the_last(shop, brain):
    brain.answers[EXPORT] = part(
        "profile", [{"email": MAIL, "phone": ""}], {"section": "orders", "after": ""}
    )
    first = export(shop)
    brain.answers[EXPORT] = part("orders", [{"total": "80.00", "is_guest": True}], None)
    second = export(shop, 2)

    assert first == {
        "data": [
            {
                "group_id": "luxebrain-profile",
                "group_label": "LuxeBrain: Who you are",
                "item_id": "luxebrain-profile-0",
                "data": [{"name": "email", "value": MAIL}],
            }
        ],
        "done": False,
    }
    assert second["done"] is True
    assert second["data"][0]["data"] == [
        {"name": "total", "value": "80.00"},
        {"name": "is guest", "value": "Yes"},
    ]


def test_it_escapes_what_luxebrain_tells(shop, brain):
    brain.answers[EXPORT] = part(
        "profile", [{"first_name": "<script>alert(1)</script>"}], None
    )

    [item] = export(shop)["data"]

    assert item["data"][0]["value"] == "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.mark.parametrize("trouble", [(500, {}), (200, {"sections": 5}), (200, [])])
def test_an_export_that_is_not_whole_is_an_error(shop, brain, trouble):
    brain.answers[EXPORT] = trouble

    assert "would not be whole" in export(shop)["error"]


def test_a_part_whose_place_was_lost_is_an_error(shop, brain):
    assert "would not be whole" in export(shop, 3)["error"]
    assert brain.seen == []


def test_it_is_done_when_luxebrain_says_so(shop, brain):
    brain.answers[ERASE] = 202, request()
    brain.answers[TOLD] = 200, request()
    assert erase(shop)["done"] is False
    assert erase(shop, 2)["done"] is False
    brain.answers[TOLD] = 200, request("done", over=True, orders=1, events=4)

    last = erase(shop, 3)

    assert last == {
        "items_removed": True,
        "items_retained": False,
        "messages": ["LuxeBrain keeps what was sold, without the person."],
        "done": True,
    }
    assert brain.seen == [ERASE, TOLD, TOLD]


def test_it_says_where_something_is_left(shop, brain):
    brain.answers[ERASE] = 202, request("remains", over=True, customers=1)

    told = erase(shop)

    assert (told["items_retained"], told["done"]) == (True, True)
    assert "still names the person" in told["messages"][0]


def test_a_long_erasing_is_no_false_done(shop, brain):
    brain.answers[ERASE] = 202, request()
    brain.answers[TOLD] = 200, request()
    erase(shop)

    assert "still erasing" in erase(shop, 15)["error"]


def test_a_brain_that_is_away_is_no_false_done_and_is_asked_again(shop, brain):
    brain.answers[ERASE] = 503, {}

    told = erase(shop)

    assert "is not erased yet" in told["error"]
    assert waiting(shop) == 1
    planned = shop.php("return wp_next_scheduled('luxebrain_retry_erasures') - time();")
    assert 800 < planned <= 900


def test_it_asks_again_by_itself_until_luxebrain_took_it(shop, brain):
    brain.answers[ERASE] = 503, {}
    erase(shop)
    shop.php("do_action('luxebrain_retry_erasures');")
    assert waiting(shop) == 1

    brain.answers[ERASE] = 202, request()
    shop.php(
        "delete_transient('luxebrain_failures'); do_action('luxebrain_retry_erasures');"
    )

    assert waiting(shop) == 0
    assert brain.seen.count(ERASE) == 3


def test_who_cannot_be_told_does_not_stop_those_behind(shop, brain):
    brain.answers[ERASE] = 503, {}
    erase(shop, email="ada@mail.example")
    erase(shop)
    assert waiting(shop) == 2

    told = shop.php(
        "delete_transient('luxebrain_failures'); $GLOBALS['asked'] = array();"
        "add_filter('pre_http_request', function ($answer, $arguments) {"
        " $email = json_decode($arguments['body'], true)['email']; $GLOBALS['asked'][] = $email;"
        " return array('response' => array('code' => 'ada@mail.example' === $email ? 422 : 202), 'body' => '{}', 'headers' => array()); }, 10, 2);"
        "do_action('luxebrain_retry_erasures'); return $GLOBALS['asked'];"
    )

    assert told == ["ada@mail.example", MAIL]
    assert waiting(shop) == 1


def test_who_presses_again_waits_no_longer(shop, brain):
    brain.answers[ERASE] = 503, {}
    erase(shop)
    brain.answers[ERASE] = 202, request("done", over=True)
    erase(shop)

    assert waiting(shop) == 0


def test_it_says_the_number_of_the_account(shop):
    asked = shop.php(
        "return LuxeBrain\\Privacy\\Person::question($given['email']);", email=MAIL
    )
    guest = shop.php("return LuxeBrain\\Privacy\\Person::question('no@mail.example');")

    assert asked == {"email": MAIL, "shop_customer": BEN}
    assert guest == {"email": "no@mail.example"}


def test_it_empties_what_waits_in_its_own_outbox(shop, brain):
    """Of the account, and of orders that a guest placed; nobody else's."""
    brain.answers[ERASE] = 202, request("done", over=True)
    shop.php(
        "activate_plugin('woocommerce/woocommerce.php');"
        "$order = wc_create_order(); $order->set_address(array('email' => $given['email'])); $order->save();"
        "foreach (array(array('customer' => 2), array('order' => $order->get_id()), array('customer' => 1), array('type' => 'cart')) as $n => $event) {"
        " LuxeBrain\\Tracking\\Outbox::add($event + array('id' => wp_generate_uuid4(), 'at' => 1, 'type' => 'order'), true); }",
        email=MAIL,
    )

    told = erase(shop)

    left = shop.database.sql("SELECT event FROM wp_luxebrain_outbox", "wordpress")
    rest = [json.loads(line) for line in left.splitlines()]
    assert [(row.get("customer"), row["type"]) for row in rest] == [
        (1, "order"), (None, "cart"),
    ]  # fmt: skip
    assert told["items_removed"] is True


WAITS = (
    "foreach ($given['facts'] as $n => $event) {"
    " LuxeBrain\\Tracking\\Outbox::add($event + array('id' => wp_generate_uuid4(), 'at' => 1, 'type' => 'cart'), $n % 2 > 0); }"
)


def left(site):
    rows = site.database.sql(
        "SELECT event FROM wp_luxebrain_outbox ORDER BY id", "wordpress"
    )
    return [json.loads(line).get("visitor") for line in rows.splitlines()]


def test_it_empties_what_their_browsers_did_before_anybody_knew(shop, brain):
    brain.answers[ERASE] = 202, request("done", over=True)
    shop.php(
        WAITS,
        facts=[
            {"visitor": "phone"}, {"visitor": "desk"}, {"visitor": "of-ada"},
            {"visitor": "phone", "customer": BEN}, {"visitor": "", "customer": BEN},
            {"visitor": "of-ada", "customer": 1}, {"visitor": "phone"}, {},
        ],
    )  # fmt: skip

    told = erase(shop)

    assert left(shop) == ["desk", "of-ada", "of-ada", None]
    assert told["items_removed"] is True


def test_what_waited_while_luxebrain_was_away_is_not_told_after_the_erasing(
    shop, brain
):
    brain.answers[ERASE] = 503, {}
    erase(shop)
    shop.php(WAITS, facts=[{"visitor": "phone"}, {"visitor": "phone", "customer": BEN}])
    brain.answers[ERASE] = 202, request()

    shop.php(
        "delete_transient('luxebrain_failures'); do_action('luxebrain_retry_erasures');"
    )

    assert (waiting(shop), left(shop)) == (0, [])


def test_without_a_connection_nothing_is_held_and_nothing_asked(site, brain):
    assert export(site) == {"data": [], "done": True}
    assert erase(site)["done"] is True
    assert brain.seen == []


def test_it_suggests_words_for_the_privacy_policy(shop, ada):
    page = ada.open("/wp-admin/options-privacy.php?tab=policyguide").text

    assert "Before you consent, nothing is recorded" in page
    for told in ("luxebrain_visitor for a year", "half an hour", "luxebrain_turn"):
        assert told in page
    assert "If you are signed in, a cookie" not in page
    assert not [line for line in shop.complaints() if "plugins/luxebrain" in line]
