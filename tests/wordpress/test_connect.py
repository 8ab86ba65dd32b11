"""One screen connects the shop: with a code, or with the button and back."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.wordpress.brain import CONNECT, KEY
from tests.wordpress.connecting import (
    CODE,
    LINKED,
    PUBLISHABLE,
    SCREEN,
    code_of,
    connection,
    open_shop,
    paste,
    press,
    welcome,
    woo_keys,
)

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]


@pytest.fixture
def shop(site):
    return open_shop(site)


@pytest.fixture
def luxebrain(brain):
    return welcome(brain)


def test_it_connects_with_a_pasted_code(shop, ada, luxebrain):
    page = paste(ada, f"  {code_of(luxebrain.url)}\n")

    assert page.text.count("Connected to LuxeBrain as Maison.") == 1
    assert "Connected as Maison" in page.text
    assert connection(shop) == {
        "url": luxebrain.url,
        "secret_key": KEY,
        "publishable_key": PUBLISHABLE,
        "site": shop.url.removeprefix("http://"),
    }
    assert shop.complaints() == []


def test_it_tells_luxebrain_what_it_needs_and_no_more(shop, ada, luxebrain):
    paste(ada, code_of(luxebrain.url))

    (letter,) = luxebrain.letters
    assert letter.pop("consumer_key").startswith("ck_")
    assert letter.pop("consumer_secret").startswith("cs_")
    versions = letter.pop("versions")
    assert sorted(versions) == ["php", "plugin", "woocommerce", "wordpress"]
    assert letter == {
        "code": CODE,
        "home_url": shop.url,
        "site_url": shop.url,
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
    }


def test_it_makes_a_key_as_woocommerce_does(shop, ada, luxebrain):
    paste(ada, code_of(luxebrain.url))

    (row,) = woo_keys(shop)
    (letter,) = luxebrain.letters
    key, secret = letter["consumer_key"], letter["consumer_secret"]
    hashed = hmac.new(b"wc-api", key.encode(), hashlib.sha256).hexdigest()
    assert row == ["1", "read_write", hashed, secret, key[-7:]]


def test_it_never_prints_the_secret(shop, ada, luxebrain):
    page = paste(ada, code_of(luxebrain.url))

    assert KEY[16:] not in page.text
    assert luxebrain.letters[0]["consumer_secret"] not in page.text


def test_connecting_again_leaves_one_key(shop, ada, luxebrain):
    paste(ada, code_of(luxebrain.url))
    shop.php("LuxeBrain\\Settings::store(array('site' => 'elsewhere.example'));")

    paste(ada, code_of(luxebrain.url))

    assert len(woo_keys(shop)) == 1
    assert connection(shop)["site"] == shop.url.removeprefix("http://")


CONNECT_BY = "LuxeBrain\\Connection\\Connect::with_code( $given['text'], 1 );"
LOST = [(502, "<html>Bad gateway"), (200, "<html>"), (504, {"title": "Too slow"})]


@pytest.mark.parametrize(("status", "answer"), LOST)
def test_a_lost_answer_cuts_nothing_off(shop, ada, luxebrain, status, answer):
    """LuxeBrain may have connected, and use the shop's new key already."""
    paste(ada, code_of(luxebrain.url))
    before = connection(shop)
    luxebrain.answers[CONNECT] = (status, answer)

    shop.php(CONNECT_BY, text=code_of(luxebrain.url))

    assert connection(shop) == before
    assert len(woo_keys(shop)) == 2

    luxebrain.answers[CONNECT] = (200, LINKED)
    shop.php(CONNECT_BY, text=code_of(luxebrain.url))
    [left] = woo_keys(shop)
    assert left[-1] == luxebrain.letters[-1]["consumer_key"][-7:]


def test_a_clear_refusal_leaves_the_connection_and_no_key(shop, ada, luxebrain):
    shop.php(CONNECT_BY, text=code_of(luxebrain.url))
    before = woo_keys(shop)
    luxebrain.answers[CONNECT] = (404, {"title": "This code was used already."})

    shop.php(CONNECT_BY, text=code_of(luxebrain.url))

    assert woo_keys(shop) == before
    link = shop.php("return LuxeBrain\\Connection\\Link::all();")
    assert link["woo_keys_tried"] == []


def test_who_is_killed_while_connecting_leaves_no_key_for_good(shop, ada, luxebrain):
    killed = (
        "add_filter( 'http_response', function () { posix_kill( getmypid(), 9 ); } );"
        + CONNECT_BY
    )
    with contextlib.suppress(Exception):
        shop.php(killed, text=code_of(luxebrain.url))
    assert (len(luxebrain.letters), len(woo_keys(shop))) == (1, 1)
    page = paste(ada, code_of(luxebrain.url))
    assert "Somebody else connects this shop" in page.text

    shop.database.sql(
        "UPDATE wp_options SET option_value = 1 WHERE option_name = 'luxebrain_connecting'",
        "wordpress",
    )
    paste(ada, code_of(luxebrain.url))

    assert len(woo_keys(shop)) == 1
    assert connection(shop)["secret_key"] == KEY


def test_the_new_key_is_used_at_once(shop, luxebrain):
    """Until then LuxeBrain keeps those of before."""
    shop.php(CONNECT_BY, text=code_of(luxebrain.url))

    assert luxebrain.seen == [CONNECT, "GET /api/v1/connect/plugin/"]


@pytest.mark.parametrize(
    ("status", "answer", "sentence"),
    [
        (404, {"title": "This code was used already."}, "This code was used already."),
        (409, {"title": "<script>alert(1)</script>Refused"}, "Refused"),
        (409, {"title": {"a": 1}}, "did not say why"),
        (500, "<html>", "did not say why"),
        (302, "", "did not say why"),
        (200, "<html>Welcome</html>", "does not speak like LuxeBrain"),
        (200, {**LINKED, "secret_key": "sk_short"}, "does not speak like LuxeBrain"),
        (200, {**LINKED, "publishable_key": 5}, "does not speak like LuxeBrain"),
    ],
)
def test_what_fails_leaves_nothing_behind(
    shop, ada, luxebrain, status, answer, sentence
):
    luxebrain.answers[CONNECT] = (status, answer)

    page = paste(ada, code_of(luxebrain.url))

    assert sentence in page.text
    assert "<script>alert(1)" not in page.text
    assert woo_keys(shop) == []
    assert connection(shop)["url"] == ""
    assert shop.complaints() == []


def test_it_says_that_nobody_answers(shop, ada):
    page = paste(ada, code_of("http://127.0.0.1:9"))

    assert "LuxeBrain does not answer at the address in this code." in page.text
    assert woo_keys(shop) == []


@pytest.mark.parametrize(
    "text",
    [
        "nonsense", "lbc1_", "lbc1_%%%", "lbc1_" + "A" * 2000, "lbc2_abc",
        code_of("https://brain.example", "short"),
        code_of("https://brain.example", '"><script>alert(1)</script>'),
    ],
)  # fmt: skip
def test_it_refuses_what_is_no_code(shop, ada, text):
    page = paste(ada, text)

    assert "This is no connection code." in page.text
    assert woo_keys(shop) == []


def test_it_sends_no_keys_without_https(shop, ada):
    page = paste(ada, code_of("http://brain.example"))

    assert "leads to an address without https" in page.text
    assert woo_keys(shop) == []


def test_it_does_not_change_sides_by_itself(shop, ada, luxebrain):
    paste(ada, code_of(luxebrain.url))

    told = shop.php(
        "return LuxeBrain\\Connection\\Connect::with_code($given['text'], 1);",
        text=code_of("https://other.example"),
    )

    assert list(told["errors"]) == ["luxebrain_another"]
    assert connection(shop)["url"] == luxebrain.url


def test_it_asks_for_woocommerce_first(site, ada, luxebrain):
    page = ada.send_action(
        ada.open("/wp-admin/options-general.php?page=luxebrain"),
        "luxebrain_connect",
        code=code_of(luxebrain.url),
    )

    assert "WooCommerce is not active on this site." in page.text
    assert luxebrain.letters == []


def test_it_shows_what_luxebrain_warned_of(shop, ada, luxebrain):
    luxebrain.answers[CONNECT] = (200, {**LINKED, "warnings": ["Sells in <b>USD</b>."]})

    assert "<p>Sells in USD.</p>" in paste(ada, code_of(luxebrain.url)).text


@pytest.mark.parametrize("action", ["luxebrain_connect", "luxebrain_begin"])
def test_it_refuses_a_wrong_nonce(shop, ada, luxebrain, action):
    answer = press(ada, action, code=code_of(luxebrain.url), _wpnonce="0123456789")

    assert answer.status_code == 403
    assert luxebrain.letters == []


@pytest.mark.parametrize("action", ["connect", "begin", "disconnect"])
def test_it_refuses_a_subscriber(shop, visitor, action):
    visitor.sign_in("ben")

    answer = visitor.http.post(
        "/wp-admin/admin-post.php", data={"action": f"luxebrain_{action}"}
    )

    assert answer.status_code == 403


# The button


def begin(ada, url):
    """Where the button leads, without going there."""
    page = ada.open(SCREEN)
    form = ada.form(page, "luxebrain_begin")
    answer = ada.http.post(form.action, data=form.fields | {"url": url})
    return answer.headers["Location"]


def way_back(page, code):
    query = parse_qs(urlsplit(page).query)
    back = urlsplit(query["back"][0])
    return (
        f"{back.path}?{back.query}&luxebrain_code={code}"
        f"&luxebrain_state={query['state'][0]}"
    )


def test_the_button_leads_to_luxebrain_and_back(shop, ada, luxebrain):
    page = begin(ada, luxebrain.url + "/")
    query = parse_qs(urlsplit(page).query)

    assert page.startswith(f"{luxebrain.url}/connect/shop/?")
    assert query["site"] == [shop.url]
    assert query["back"] == [f"{shop.url}{SCREEN}"]

    answer = ada.open(way_back(page, code_of(luxebrain.url)))

    assert "Connected to LuxeBrain as Maison." in answer.text
    assert "luxebrain_code" not in str(answer.url)
    assert shop.complaints() == []


def test_a_way_back_works_once(shop, ada, luxebrain):
    back = way_back(begin(ada, luxebrain.url), code_of(luxebrain.url))
    ada.open(back)

    again = ada.open(back)

    assert "was not begun here, or not by you" in again.text
    assert len(luxebrain.letters) == 1


def test_nobody_is_connected_by_a_link_that_they_did_not_ask_for(shop, ada, luxebrain):
    page = ada.open(
        f"{SCREEN}&luxebrain_code={code_of(luxebrain.url)}&luxebrain_state={'a' * 32}"
    )

    assert "was not begun here, or not by you" in page.text
    assert luxebrain.letters == []


def test_a_code_of_another_luxebrain_is_not_taken_on_the_way_back(shop, ada, luxebrain):
    page = begin(ada, "https://brain.example")

    answer = ada.open(way_back(page, code_of(luxebrain.url)))

    assert "was not begun here, or not by you" in answer.text
    assert luxebrain.letters == []


def test_a_way_back_ends_after_half_an_hour(shop, ada, luxebrain):
    page = begin(ada, luxebrain.url)
    shop.php(
        "$kept = get_user_meta(1, 'luxebrain_connect_state', true);"
        "$kept['at'] -= 1801;"
        "update_user_meta(1, 'luxebrain_connect_state', $kept);"
    )

    assert (
        "more than half an hour"
        in ada.open(way_back(page, code_of(luxebrain.url))).text
    )


def test_the_button_goes_nowhere_without_https(shop, ada):
    page = press(ada, "luxebrain_begin", url="http://brain.example")

    assert "address with https" in unescape(page.text)


# Disconnecting

KEPT = (
    "INSERT INTO wp_luxebrain_prices (product_id, family_id, price, regular, lowest, is_current, at) VALUES (15, 15, 10, 10, 10, 1, 1);"
    "INSERT INTO wp_luxebrain_outbox (event_id, is_personal, event, made_at, due_at) VALUES ('a', 0, '{}', UNIX_TIMESTAMP(), 4000000000);"
)


def connect(site, ada, luxebrain):
    paste(ada, code_of(luxebrain.url))
    site.php(
        "luxebrain_stub_make_webhook($given['ours']);"
        "luxebrain_stub_make_webhook('https://other.example/hook');",
        ours=f"{luxebrain.url}/api/v1/webhooks/order-created?to=x",
    )


def webhooks(site):
    rows = site.database.sql("SELECT delivery_url FROM wp_wc_webhooks", "wordpress")
    return rows.split()


def test_disconnecting_undoes_all_of_it(shop, ada, luxebrain):
    connect(shop, ada, luxebrain)

    page = press(ada, "luxebrain_disconnect")

    assert "Disconnected. Keys and webhooks are removed" in page.text
    assert luxebrain.seen[-1] == "DELETE /api/v1/connect/plugin/"
    assert set(connection(shop).values()) == {""}
    assert (woo_keys(shop), webhooks(shop)) == ([], ["https://other.example/hook"])
    assert "Connection code" in page.text
    assert shop.complaints() == []


def test_disconnecting_keeps_what_products_were_sold_for(shop, ada, luxebrain):
    connect(shop, ada, luxebrain)
    shop.database.sql(KEPT, "wordpress")

    page = ada.open(SCREEN).text
    press(ada, "luxebrain_disconnect")

    assert "1 fact that LuxeBrain was not told yet is lost." in page
    assert "so does what your products were sold for" in page
    left = "SELECT (SELECT COUNT(*) FROM wp_luxebrain_prices), (SELECT COUNT(*) FROM wp_luxebrain_outbox)"
    assert shop.database.sql(left, "wordpress").split() == ["1", "0"]


def test_it_says_when_it_was_connected_and_when_no_more(shop, luxebrain):
    said = shop.php(
        "$GLOBALS['said'] = array();"
        "foreach (array('luxebrain_connected', 'luxebrain_disconnected') as $hook) {"
        " add_action($hook, function () use ($hook) { $GLOBALS['said'][] = array($hook, LuxeBrain\\Settings::is_connected()); }); }"
        "LuxeBrain\\Connection\\Connect::with_code($given['told'], 1);"
        "LuxeBrain\\Connection\\Disconnect::run(); return $GLOBALS['said'];",
        told=code_of(luxebrain.url),
    )

    assert said == [["luxebrain_connected", True], ["luxebrain_disconnected", False]]


def test_disconnecting_works_without_luxebrain(shop, ada, luxebrain):
    connect(shop, ada, luxebrain)
    luxebrain.answers["DELETE /api/v1/connect/plugin/"] = (500, "")

    page = press(ada, "luxebrain_disconnect")

    assert "LuxeBrain did not answer, so disconnect the shop there, too." in page.text
    assert set(connection(shop).values()) == {""}
    assert (woo_keys(shop), webhooks(shop)) == ([], ["https://other.example/hook"])


def test_a_key_that_was_revoked_is_disconnected_too(shop, ada, luxebrain):
    connect(shop, ada, luxebrain)
    luxebrain.answers["DELETE /api/v1/connect/plugin/"] = (401, "{}")

    assert "Disconnected. Keys" in press(ada, "luxebrain_disconnect").text


def test_disconnecting_keeps_what_the_merchant_set(shop, ada, luxebrain):
    connect(shop, ada, luxebrain)
    shop.php("LuxeBrain\\Settings::store(array('a_field' => 'set'));")

    press(ada, "luxebrain_disconnect")

    assert shop.php("return get_option('luxebrain_settings')['a_field'];") == "set"


# A copy of the shop


@pytest.fixture
def copy(shop, ada, luxebrain):
    connect(shop, ada, luxebrain)
    shop.php("LuxeBrain\\Settings::store(array('site' => 'real.example'));")
    return shop


def test_a_copy_of_the_shop_rests_and_says_so(copy, ada, luxebrain):
    before = list(luxebrain.seen)

    page = ada.open(SCREEN)

    assert "This site is a copy of" in page.text
    assert "real.example" in page.text
    told = copy.php("return LuxeBrain\\Settings::client()->whoami();")
    assert list(told["errors"]) == ["luxebrain_not_connected"]
    assert luxebrain.seen == before


def test_a_copy_delivers_no_webhook_of_ours(copy, luxebrain):
    told = copy.php(
        "global $wpdb; $told = array();"
        "foreach ($wpdb->get_results('SELECT * FROM wp_wc_webhooks', ARRAY_A) as $row) {"
        "$told[] = apply_filters('woocommerce_webhook_should_deliver', true, new WC_Webhook($row), 1); }"
        "return $told;"
    )

    assert told == [False, True]


def test_a_copy_that_disconnects_leaves_the_shop_connected(copy, ada, luxebrain):
    press(ada, "luxebrain_disconnect")

    assert "DELETE /api/v1/connect/plugin/" not in luxebrain.seen
    assert set(connection(copy).values()) == {""}
    assert woo_keys(copy) == []
