from __future__ import annotations

import hmac
import json
import re
import time
from html import unescape

import pytest

from tests.wordpress.brain import KEY
from tests.wordpress.site import ROOT

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

PUBLISHABLE = "pk_0123456789abcdefghijklmn"
VISITOR = "0197a1b2-0000-4000-8000-000000000001"
ME = "/?rest_route=/luxebrain/v1/me"
TRACK = "/?rest_route=/luxebrain/v1/track"
OURS = {"X-LuxeBrain": "1", "Sec-Fetch-Site": "same-origin"}
PAGES = ["/", "/?post_type=product", "/?p=1"]
# The WP Consent API's functions, answering what a cookie says.
CONSENT_API = """<?php
function wp_has_consent( $kind ) { return in_array( $kind, explode( ',', $_COOKIE['said'] ?? '' ), true ); }
function wp_get_consent_type() { return 'optin'; }
"""


@pytest.fixture
def connected(site, shop, brain):
    site.php(
        "update_option('luxebrain_settings', $given);",
        url=brain.url,
        secret_key=KEY,
        publishable_key=PUBLISHABLE,
    )
    return site


@pytest.fixture
def agreed(visitor):
    visitor.http.cookies.set("luxebrain_visitor", VISITOR)
    return visitor


@pytest.fixture
def banner(site):
    file = site.root / "wp-content/mu-plugins/consent.php"
    file.write_text(CONSENT_API)
    yield
    file.unlink()


def tag_of(page):
    found = re.search(r"<script[^>]*assets/start\.js[^>]*>", page.text)
    return (
        dict(re.findall(r'([\w-]+)=[\'"]([^\'"]*)[\'"]', unescape(found[0])))
        if found
        else None
    )


def send(visitor, *events, headers=None, **batch):
    return visitor.http.post(
        TRACK,
        content=json.dumps({"events": list(events), **batch}),
        headers={
            "Content-Type": "text/plain",
            "Sec-Fetch-Site": "same-origin",
            **(headers or {}),
        },
    )


def event(**fields):
    return {
        "type": "page_view",
        "id": "a",
        "at": int(time.time() * 1000),
        "visitor": VISITOR,
        **fields,
    }


# The script's tag.


def test_it_puts_one_small_script_on_every_page(connected, visitor, brain):
    for path in PAGES:
        page = visitor.open(path)
        tag = tag_of(page)
        home = connected.url
        assert {
            name: value for name, value in tag.items() if name.startswith("data-")
        } == {
            "data-key": PUBLISHABLE,
            "data-endpoint": f"{brain.url}/api/v1/events/track",
            "data-fallback": f"{home}/wp-json/luxebrain/v1/track",
            "data-tracker": f"{home}/wp-content/plugins/luxebrain/assets/tracker.js?ver=0.1.0",
            "data-me": f"{home}/wp-json/luxebrain/v1/me",
            "data-consent": "wait",
            "data-no-optimize": "1",
            "data-noptimize": "1",
            "data-no-defer": "1",
            "data-no-minify": "1",
            "data-cfasync": "false",
            "data-jetpack-boost": "ignore",
        }
        assert page.text.count("assets/start.js") == 1
        assert (
            " defer " in re.search(r"<script[^>]*assets/start\.js[^>]*>", page.text)[0]
        )
    assert brain.seen == []


@pytest.mark.parametrize(
    ("packer", "known", "left"),
    [
        ("rocket_exclude_js", ["/x.js"], ["/x.js", "PATH(.*).js"]),
        ("rocket_exclude_defer_js", [], ["PATH(.*).js"]),
        ("rocket_delay_js_exclusions", [], ["PATH(.*).js"]),
        ("litespeed_optimize_js_excludes", ["x"], ["x", "luxebrain/assets/"]),
        ("litespeed_optm_js_defer_exc", [], ["luxebrain/assets/"]),
        ("litespeed_optm_gm_js_exc", "x", "x"),
        ("sgo_javascript_combine_exclude", ["x"], ["x", "luxebrain-start", "luxebrain-widget"]),
        ("sgo_js_minify_exclude", [], ["luxebrain-start", "luxebrain-widget"]),
        ("sgo_js_async_exclude", [], ["luxebrain-start", "luxebrain-widget"]),
        ("autoptimize_filter_js_exclude", "a.js, b.js", "a.js, b.js, luxebrain/assets/"),
        ("autoptimize_filter_js_exclude", "", "luxebrain/assets/"),
        ("autoptimize_filter_js_exclude", {"a.js": "remove"}, {"a.js": "remove", "luxebrain/assets/": ""}),
        ("autoptimize_filter_js_exclude", None, None),
    ],
)  # fmt: skip
def test_it_asks_packers_of_scripts_to_leave_ours_alone(site, packer, known, left):
    told = site.php(
        "return apply_filters( $given['packer'], $given['known'] );",
        packer=packer,
        known=known,
    )

    path = "/wp-content/plugins/luxebrain/assets/"
    assert json.loads(json.dumps(told).replace(path, "PATH")) == left


def test_w3_total_cache_leaves_ours_alone_and_packs_the_rest(site):
    told = site.php(
        "$ask = fn( $src ) => apply_filters( 'w3tc_minify_js_do_tag_minification', true, \"<script src='$src'></script>\", $src );"
        "return array( $ask( '/wp-content/plugins/luxebrain/assets/start.js' ), $ask( '/other.js' ) );"
    )

    assert told == [False, True]


def test_it_says_the_same_to_everybody_so_that_pages_can_be_cached(
    connected, shop, visitor, brain
):
    stranger = tag_of(visitor.open("/"))
    visitor.http.cookies.set("luxebrain_visitor", VISITOR)

    assert tag_of(visitor.open("/")) == stranger
    visitor.sign_in("ben")
    page = visitor.open("/")
    assert tag_of(page) == stranger
    assert VISITOR not in page.text
    assert "v1.sk_" not in page.text


def test_it_sets_no_cookie_by_itself(connected, visitor):
    visitor.open("/")

    assert not list(visitor.http.cookies.jar)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"url": "http://127.0.0.1:9"},
        {
            "url": "http://127.0.0.1:9",
            "publishable_key": PUBLISHABLE,
            "tracking": False,
        },
    ],
)
def test_it_is_absent_where_there_is_nobody_to_tell(site, visitor, stored):
    site.php("update_option('luxebrain_settings', $given);", **stored)

    assert tag_of(visitor.open("/")) is None


def test_it_leaves_the_tracker_room_for_its_key_without_pretty_links(
    connected, visitor
):
    connected.php("update_option( 'permalink_structure', '' );")

    tag = tag_of(visitor.open("/"))

    assert tag["data-fallback"].endswith("?rest_route=/luxebrain/v1/track&from=")


def test_it_goes_through_the_shop_where_the_merchant_says_so(connected, visitor):
    connected.php("LuxeBrain\\Settings::store( array( 'tracking_way' => 'shop' ) );")

    tag = tag_of(visitor.open("/"))

    assert tag["data-endpoint"] == tag["data-fallback"]


def test_it_needs_no_yes_where_the_merchant_says_so(connected, visitor):
    connected.php("LuxeBrain\\Settings::store( array( 'consent' => 'none' ) );")

    assert tag_of(visitor.open("/"))["data-consent"] == "none"


def test_a_banner_that_speaks_to_wordpress_outweighs_the_setting(
    connected, visitor, banner
):
    connected.php("LuxeBrain\\Settings::store( array( 'consent' => 'none' ) );")

    assert tag_of(visitor.open("/"))["data-consent"] == "wait"


# Who is signed in.


def test_it_gives_a_customer_an_hours_token(connected, agreed):
    agreed.sign_in("ben")

    answer = agreed.http.post(ME, headers=OURS)

    assert answer.headers["Cache-Control"] == "no-store, private"
    claim, _, signature = answer.json()["token"].rpartition(".")
    version, key, customer, expires = claim.split(".")
    assert (version, key, customer) == ("v1", KEY[:15], "2")
    assert 3590 < int(expires) - time.time() <= 3600
    derived = hmac.digest(KEY.encode(), b"luxebrain-signing-v1", "sha256")
    assert (
        signature
        == hmac.digest(
            derived, f"luxebrain-customer-v1\n{claim}".encode(), "sha256"
        ).hex()
    )


def test_it_gives_nobody_else_one(connected, agreed):
    assert agreed.http.post(ME, headers=OURS).json() == {"token": None}


def test_it_gives_the_shops_own_people_none(connected, agreed):
    agreed.sign_in("ada")

    assert agreed.http.post(ME, headers=OURS).json() == {"token": None}


def test_it_gives_none_without_consent(connected, visitor):
    visitor.sign_in("ben")

    assert visitor.http.post(ME, headers=OURS).json() == {"token": None}


@pytest.mark.parametrize(
    ("said", "has"), [("statistics", False), ("statistics,marketing", True)]
)
def test_it_gives_one_only_to_who_may_be_known(connected, agreed, banner, said, has):
    agreed.sign_in("ben")
    agreed.http.cookies.set("said", said)

    assert (agreed.http.post(ME, headers=OURS).json()["token"] is not None) is has


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"X-LuxeBrain": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-LuxeBrain": "1", "Sec-Fetch-Site": "same-site"},
        {"X-LuxeBrain": "1", "Origin": "https://evil.example"},
        {"X-LuxeBrain": "1", "Origin": "null"},
    ],
)
def test_it_answers_no_other_site(connected, agreed, headers):
    agreed.sign_in("ben")

    answer = agreed.http.post(ME, headers=headers)

    assert (answer.status_code, answer.json()) == (403, {})


def test_no_cache_can_keep_a_token(connected, agreed):
    agreed.sign_in("ben")

    assert agreed.http.get(ME, headers=OURS).status_code == 404


def test_it_believes_no_forged_cookie(connected, agreed):
    agreed.sign_in("ben")
    for cookie in list(agreed.http.cookies.jar):
        if cookie.name.startswith("wordpress_logged_in"):
            agreed.http.cookies.set(
                cookie.name,
                cookie.value.replace("ben", "ada"),
                domain=cookie.domain,
                path=cookie.path,
            )

    assert agreed.http.post(ME, headers=OURS).json() == {"token": None}


# The way through the shop.


def test_it_hands_a_pages_events_on(connected, agreed, brain):
    answer = send(agreed, event(), sent_at=1767225600000)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert [one["visitor"] for one in brain.events] == [VISITOR]
    assert brain.batches[0]["sent_at"] == 1767225600000


def test_it_keeps_every_value_as_the_page_wrote_it(connected, agreed, brain):
    told = event(
        type="custom",
        name="x",
        properties={},
        context={"utm": {}, "title": "فستان 👗", "url": "https://a/b"},
    )

    send(agreed, told)

    assert brain.events == [told]


def test_no_page_can_name_a_customer(connected, agreed, brain):
    raw = '{"customer": 1, "events": [{"type": "page_view", "customer": 2, "customer": 3, "id": "a"}], "is_trusted": true}'
    agreed.http.post(TRACK, content=raw, headers={"Sec-Fetch-Site": "same-origin"})
    agreed.http.post(
        TRACK,
        content='{"type": "page_view", "customer": 4, "id": "b"}',
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    seen = {"events", "visitor_address", "visitor_browser"}
    assert [set(batch) for batch in brain.batches] == [seen, seen]
    assert brain.events == [
        {"type": "page_view", "id": "a"},
        {"type": "page_view", "id": "b"},
    ]


def test_a_customers_token_goes_through_because_it_is_signed(connected, agreed, brain):
    send(agreed, event(), customer_token="v1.sk.42.1.ab")

    assert brain.batches[0]["customer_token"] == "v1.sk.42.1.ab"


def test_who_agreed_to_statistics_alone_stays_unknown(connected, agreed, banner, brain):
    agreed.http.cookies.set("said", "statistics")

    send(agreed, event(), customer_token="v1.sk.42.1.ab")

    assert "customer_token" not in brain.batches[0]
    assert brain.batches[0]["consent"] == {"personalization": False}


def test_it_leaves_out_what_is_older_than_a_page_may_tell(connected, agreed, brain):
    send(
        agreed,
        event(id="old", at=1767225600000 - 400 * 86_400_000),
        event(id="new"),
        event(id="text", at="2001-01-01T00:00:00Z"),
    )

    assert [one["id"] for one in brain.events] == ["new"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{",
        '{"events": {}}',
        '{"events": []}',
        '{"events": [1, null]}',
        "[" * 50,
    ],
)
def test_it_refuses_what_is_no_batch(connected, agreed, brain, body):
    answer = agreed.http.post(
        TRACK, content=body, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert answer.status_code == 400
    assert brain.seen == []
    assert connected.complaints() == []


def test_it_refuses_what_is_too_large(connected, agreed, brain):
    assert send(agreed, event(title="x" * 65_536)).status_code == 413
    assert brain.seen == []


def test_it_hands_on_nothing_of_who_did_not_agree(connected, visitor, brain):
    assert send(visitor, event()).status_code == 400
    assert brain.seen == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_it_hands_on_nothing_of_another_site(connected, agreed, brain, headers):
    assert send(agreed, event(), headers=headers).status_code == 400
    assert brain.seen == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-site"}, {}])
def test_it_hands_on_what_this_sites_pages_tell(connected, agreed, brain, headers):
    """Old browsers name the page's origin alone."""
    origin = {"Sec-Fetch-Site": "", "Origin": connected.url}

    assert send(agreed, event(), headers=origin | headers).status_code == 200


def test_it_hands_them_on_as_a_pages_and_not_as_its_own(connected, agreed, brain):
    """Who the visitor is stands in the body: logs of LuxeBrain keep addresses."""
    send(
        agreed, event(), headers={"User-Agent": "Mozilla/5.0 (X11)"},
        source="server", visitor_address="1.1.1.1", visitor_browser="x",
    )  # fmt: skip

    assert brain.seen == ["POST /api/v1/events/track?source=page"]
    told = brain.batches[0]
    assert set(told) == {"events", "visitor_address", "visitor_browser"}
    assert told["visitor_address"] == "127.0.0.1"
    assert told["visitor_browser"] == "Mozilla/5.0 (X11)"


def test_one_visitor_who_asks_too_often_stops_no_other(connected, agreed, brain):
    brain.moods = [(429, "{}")] * 3
    for _ in range(3):
        assert send(agreed, event()).status_code == 429

    assert send(agreed, event()).status_code == 200


@pytest.mark.parametrize(
    ("mood", "status"),
    [
        ((400, "{}"), 400),
        ((413, "{}"), 413),
        ((429, "{}"), 429),
        ((500, ""), 503),
        ((401, "{}"), 503),
    ],
)
def test_it_says_what_the_tracker_has_to_do(connected, agreed, brain, mood, status):
    brain.moods = [mood]

    assert send(agreed, event()).status_code == status


def test_it_asks_no_more_while_luxebrain_is_away(connected, agreed):
    connected.php(
        "LuxeBrain\\Settings::store( array( 'url' => 'http://127.0.0.1:9' ) );"
    )

    said = [send(agreed, event()).status_code for _ in range(4)]
    begun = time.monotonic()
    last = send(agreed, event())

    assert said == [503] * 4
    assert (last.status_code, last.headers["Retry-After"]) == (503, "60")
    assert time.monotonic() - begun < 1


def test_it_bounds_how_often_one_address_may(connected, agreed, brain):
    connected.database.sql(
        "INSERT INTO wp_luxebrain_rates SELECT 'track', 'all', FLOOR(UNIX_TIMESTAMP() / 60) + n, 3000 "
        "FROM (SELECT 0 AS n UNION SELECT 1) AS minutes",
        "wordpress",
    )

    answer = send(agreed, event())

    assert (answer.status_code, brain.seen) == (429, [])


ASK = """
$answers = array();
foreach ( $given['asked'] as $headers ) {
    unset( $_SERVER['HTTP_X_FORWARDED_FOR'], $_SERVER['HTTP_CF_CONNECTING_IP'] );
    $_SERVER   = array_merge( $_SERVER, $headers );
    $answers[] = LuxeBrain\\Tracking\\Rate::is_spent( 'try', 1, $given['altogether'] );
}
return $answers;
"""


def spent(site, *asked, altogether=9):
    named = ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_CF_CONNECTING_IP")
    return site.php(
        ASK, altogether=altogether,
        asked=[dict(zip(named, one, strict=False)) for one in asked],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        # Nobody's proxy: what it says of others is not believed.
        (("203.0.113.5", "198.51.100.1"), ("203.0.113.5", "198.51.100.2"), True),
        (("203.0.113.5",), ("203.0.113.6",), False),
        # The shop's own proxy, and what a stranger wrote before it.
        (("10.0.0.1", "1.1.1.1"), ("10.0.0.1", "8.8.8.8"), False),
        (("10.0.0.1", "1.1.1.1, 8.8.8.8"), ("10.0.0.1", "9.9.9.9, 8.8.8.8"), True),
        (("10.0.0.1", "8.8.8.8, 10.0.0.2"), ("127.0.0.1", "8.8.8.8"), True),
        (("10.0.0.1", "<script>"), ("10.0.0.1", "x" * 9000), True),
        # Cloudflare, in front or behind the shop's own proxy; and who only says so.
        (("172.64.0.9", "", "1.1.1.1"), ("172.71.0.9", "", "8.8.8.8"), False),
        (("172.64.0.9", "", "1.1.1.1"), ("10.0.0.1", "172.64.0.9", "1.1.1.1"), True),
        (("203.0.113.5", "", "1.1.1.1"), ("203.0.113.5", "", "8.8.8.8"), True),
        (("2606:4700::1", "", "1.1.1.1"), ("2606:4700::2", "", "8.8.8.8"), False),
        # One connection has countless addresses.
        (("2a02:8100:1:2::1",), ("2a02:8100:1:2:ffff::9",), True),
        (("2a02:8100:1:2::1",), ("2a02:8100:1:3::1",), False),
    ],
)
def test_it_knows_who_asks_behind_a_proxy(connected, first, second, is_same):
    connected.database.sql("TRUNCATE wp_luxebrain_rates", "wordpress")

    assert spent(connected, first, second) == [False, is_same]


def test_no_forged_address_lifts_the_shops_own_limit(connected):
    asked = [("10.0.0.1", f"8.8.8.{n}") for n in range(5)]

    assert spent(connected, *asked, altogether=3) == [False] * 3 + [True] * 2


def test_the_shops_owner_may_say_who_asks(connected):
    told = connected.php(
        "add_filter( 'luxebrain_client_address', fn() => $_SERVER['HTTP_X_REAL_IP'] ); $_SERVER['REMOTE_ADDR'] = '203.0.113.5'; $told = array();"
        "foreach ( array( '1.1.1.1', '8.8.8.8', 'garbage', 'rubbish' ) as $_SERVER['HTTP_X_REAL_IP'] ) {"
        " $told[] = LuxeBrain\\Tracking\\Rate::is_spent( 'try', 1, 9 ); } return $told;"
    )

    assert told == [False, False, False, True]


def test_counting_costs_one_writing_and_none_for_who_is_stopped(connected):
    written = connected.php(
        "$_SERVER['REMOTE_ADDR'] = '203.0.113.5'; $found = array();"
        "for ( $n = 0; $n < 3; $n++ ) {"
        " $seen = array(); $note = function ( $sql ) use ( &$seen ) { $seen[] = strtok( $sql, ' ' ); return $sql; };"
        " add_filter( 'query', $note ); LuxeBrain\\Tracking\\Rate::is_spent( 'try', 2, 9 ); remove_filter( 'query', $note );"
        " $found[] = $seen; } return array_slice( $found, 1 );"
    )

    assert written == [["SELECT", "INSERT"], ["SELECT"]]


def test_it_has_no_door_before_the_shop_is_connected(site, shop, agreed):
    assert agreed.http.post(ME, headers=OURS).status_code == 404
    assert send(agreed, event()).status_code == 404


def test_its_tracker_is_the_one_that_luxebrain_serves(connected, visitor):
    served = visitor.http.get("/wp-content/plugins/luxebrain/assets/tracker.js")

    assert served.content == (ROOT / "static/sdk/luxebrain.js").read_bytes()
