from __future__ import annotations

import json
import re

import pytest

from tests.wordpress.brain import KEY

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

VISITOR = "0197a1b2-0000-4000-8000-000000000001"
SESSION = "luxe:17672256000000197a1b2-0000-4000-8000-000000000002"
FLUSH = "return LuxeBrain\\Tracking\\Outbox::flush();"
STATUS = "return LuxeBrain\\Tracking\\Outbox::status();"
LATER = "UPDATE wp_luxebrain_outbox SET due_at = due_at - {seconds}"
ADD = """
for ( $n = 0; $n < $given['count']; $n++ ) {
    $at = 1767225600000 + $n;
    LuxeBrain\\Tracking\\Outbox::add(
        array( 'type' => 'login', 'id' => LuxeBrain\\Tracking\\Event_Id::make( $at ), 'at' => $at, 'visitor' => 'v' . $n ),
        $given['personal']
    );
}
"""
CLOSE = {"url": "http://127.0.0.1:9"}


@pytest.fixture
def connected(site, shop, brain):
    connect(site, brain)
    return site


def connect(site, brain, **more):
    settings = {"url": brain.url, "secret_key": KEY, **more}
    site.php("update_option('luxebrain_settings', $given);", **settings)


@pytest.fixture
def agreed(visitor):
    visitor.http.cookies.set("luxebrain_visitor", VISITOR)
    visitor.http.cookies.set("luxebrain_session", SESSION)
    return visitor


def waiting(site):
    rows = site.database.sql(
        "SELECT event FROM wp_luxebrain_outbox ORDER BY id", "wordpress"
    )
    return [json.loads(row) for row in rows.splitlines()]


def add(site, count, personal=True):
    site.php(ADD, count=count, personal=personal)


def line(shop, name, quantity, price):
    return {"product": shop.ids[name], "quantity": quantity, "price": price}


def buy(visitor, shop, name="Linen dress", **fields):
    visitor.http.post(
        "/?wc-ajax=add_to_cart", data={"product_id": shop.ids[name], **fields}
    )


# What is told, and of whom.


def test_it_tells_a_cart_filled_by_a_form(connected, shop, agreed):
    agreed.http.post(
        shop.product("Linen dress"),
        data={"add-to-cart": shop.ids["Linen dress"], "quantity": 2},
    )

    [cart] = waiting(connected)
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        cart.pop("id"),
    )
    assert cart.pop("at") > 1767225600000
    assert cart == {
        "type": "cart",
        "items": [line(shop, "Linen dress", 2, 49.9)],
        "value": 99.8,
        "currency": "EUR",
        "visitor": VISITOR,
        "session": SESSION,
    }


def test_it_tells_a_cart_filled_by_wc_ajax(connected, shop, agreed):
    buy(agreed, shop)

    assert [event["items"] for event in waiting(connected)] == [
        [line(shop, "Linen dress", 1, 49.9)]
    ]


def test_it_tells_a_cart_filled_by_the_store_api(connected, shop, agreed):
    agreed.http.post(
        "/?rest_route=/wc/store/v1/cart/add-item",
        json={"id": shop.ids["Wool coat"], "quantity": 1},
    )

    assert [event["items"] for event in waiting(connected)] == [
        [line(shop, "Wool coat", 1, 199)]
    ]


def test_it_tells_what_was_taken_out_put_back_and_changed(connected, shop, agreed):
    buy(agreed, shop)
    key = connected.php(
        "return md5( $given['id'] . '_0' );", id=shop.ids["Linen dress"]
    )

    agreed.http.get(f"/?remove_item={key}")
    agreed.http.get(f"/?undo_item={key}")
    agreed.http.post("/", data={"update_cart": "1", f"cart[{key}][qty]": "3"})

    quantities = [
        [item["quantity"] for item in event["items"]] for event in waiting(connected)
    ]
    assert quantities == [[1], [], [1], [3]]


def test_it_tells_one_cart_of_a_request_that_changes_it_twice(connected, shop, agreed):
    buy(agreed, shop, "Linen dress")
    buy(agreed, shop, "Silk blouse")
    keys = [
        connected.php("return md5( $given['id'] . '_0' );", id=shop.ids[name])
        for name in ("Linen dress", "Silk blouse")
    ]

    agreed.http.post(
        "/",
        data={
            "update_cart": "1",
            f"cart[{keys[0]}][qty]": "2",
            f"cart[{keys[1]}][qty]": "2",
        },
    )

    assert [event["value"] for event in waiting(connected)] == [49.9, 138.9, 277.8]


@pytest.mark.parametrize("content", ["[woocommerce_checkout]", None])
def test_it_tells_the_opened_checkout_classic_and_block(
    connected, shop, agreed, content
):
    if content:
        connected.php(
            "$id = get_option('woocommerce_checkout_page_id');"
            "wp_update_post( array( 'ID' => $id, 'post_content' => $given['content'] ) );",
            content=content,
        )
    buy(agreed, shop)

    agreed.open(shop.page("checkout"))

    assert [event["type"] for event in waiting(connected)] == ["cart", "checkout_start"]
    assert waiting(connected)[1]["items"] == [line(shop, "Linen dress", 1, 49.9)]


def test_it_tells_an_order_of_the_classic_checkout_once(connected, shop, agreed):
    buy(agreed, shop)

    said = agreed.http.post("/?wc-ajax=checkout").json()
    agreed.open(said["redirect"])
    agreed.open(said["redirect"])

    orders = [event for event in waiting(connected) if event["type"] == "order"]
    assert [(o["order"], o["value"], o["currency"], o["items"]) for o in orders] == [
        (said["order_id"], 49.9, "EUR", [line(shop, "Linen dress", 1, 49.9)])
    ]


def test_it_prints_nothing_of_the_order_for_the_tracker(connected, shop, agreed):
    buy(agreed, shop)
    said = agreed.http.post("/?wc-ajax=checkout").json()

    assert "<template data-luxe" not in agreed.open(said["redirect"]).text


def test_it_tells_an_order_of_the_checkout_block_and_no_draft(connected, shop, agreed):
    buy(agreed, shop)

    order = agreed.http.post("/?rest_route=/wc/store/v1/checkout").json()["order_id"]

    told = [event for event in waiting(connected) if event["type"] != "cart"]
    assert [
        (event["type"], event.get("order") or event["properties"]) for event in told
    ] == [
        ("order", order),
        ("custom", {"order": order, "from": "pending", "to": "processing"}),
    ]


def test_it_tells_an_order_that_came_by_no_checkout_of_woocommerce(
    connected, shop, agreed
):
    connected.php(
        'file_put_contents( WPMU_PLUGIN_DIR . \'/express.php\', \'<?php add_action( "template_redirect", function () { if ( isset( $_GET["express"] ) ) { $o = wc_create_order( array( "status" => "pending" ) ); wp_send_json( $o->get_id() ); } } );\' );'
    )

    order = agreed.http.get("/?express=1").json()

    (connected.root / "wp-content/mu-plugins/express.php").unlink()
    assert [
        event["order"] for event in waiting(connected) if event["type"] == "order"
    ] == [order]


def test_it_says_the_same_of_an_order_under_the_same_id(connected, shop, agreed, brain):
    buy(agreed, shop)
    order = agreed.http.post("/?wc-ajax=checkout").json()["order_id"]
    [first] = [event["id"] for event in waiting(connected) if event["type"] == "order"]

    again = connected.php(
        "$made = wc_get_order( $given['order'] )->get_date_created()->getTimestamp() * 1000;"
        "return LuxeBrain\\Tracking\\Event_Id::of( $made, 'order:' . $given['order'] );",
        order=order,
    )

    assert again == first


def test_it_tells_nothing_of_who_did_not_agree(connected, shop, visitor):
    buy(visitor, shop)
    visitor.open(shop.page("checkout"))
    visitor.http.post("/?wc-ajax=checkout")

    assert waiting(connected) == []


@pytest.mark.parametrize(
    ("headers", "cookie"),
    [({"Sec-GPC": "1"}, VISITOR), ({}, "<script>"), ({}, ""), ({}, "v" * 65)],
)
def test_it_tells_nothing_of_who_says_no_in_another_way(
    connected, shop, visitor, headers, cookie
):
    visitor.http.cookies.set("luxebrain_visitor", cookie)
    visitor.http.headers.update(headers)

    buy(visitor, shop)

    assert waiting(connected) == []


CONSENT_API = "<?php function wp_has_consent( $kind ) { return in_array( $kind, explode( ',', $_COOKIE['said'] ?? '' ), true ); }"


@pytest.fixture
def banner(site):
    """The WP Consent API's one function, answering what a cookie says."""
    file = site.root / "wp-content/mu-plugins/consent.php"
    file.write_text(CONSENT_API)
    yield
    file.unlink()


def test_it_notes_whether_anybody_ever_agrees_at_most_once_an_hour(
    connected, shop, visitor
):
    signs = "return get_option( 'luxebrain_consent_signs' );"
    buy(visitor, shop)
    none = connected.php(signs)
    assert (none["none_at"] > 0, none["yes_at"]) == (True, 0)
    visitor.http.cookies.set("luxebrain_visitor", VISITOR)
    buy(visitor, shop)
    first = connected.php(signs)
    buy(visitor, shop)

    assert first["yes_at"] > 0
    assert connected.php(signs) == first


@pytest.mark.parametrize(
    ("said", "personal"),
    [
        ("", None),
        ("marketing", None),
        ("statistics", "0"),
        ("statistics,marketing", "1"),
    ],
)
def test_it_asks_the_banner_that_speaks_to_wordpress(
    connected, shop, agreed, banner, said, personal
):
    agreed.sign_in("ben")
    connected.database.sql("TRUNCATE wp_luxebrain_outbox", "wordpress")
    agreed.http.cookies.set("said", said)

    buy(agreed, shop)

    rows = connected.database.sql(
        "SELECT is_personal FROM wp_luxebrain_outbox", "wordpress"
    ).split()
    assert rows == ([] if personal is None else [personal])
    assert [event.get("customer") for event in waiting(connected)] == (
        [] if personal is None else [2 if personal == "1" else None]
    )


def test_it_names_nobody_whom_a_banner_of_another_kind_protects(
    connected, shop, visitor
):
    visitor.http.cookies.set("luxebrain_visitor", f"{VISITOR}.")
    visitor.sign_in("ben")

    buy(visitor, shop)

    [cart] = waiting(connected)
    assert (cart["type"], cart["visitor"], "customer" in cart) == (
        "cart",
        VISITOR,
        False,
    )


def test_it_costs_a_shopper_one_insert(connected):
    asked = connected.php(
        "define( 'SAVEQUERIES', true ); $_COOKIE['luxebrain_visitor'] = $given['visitor'];"
        "global $wpdb; $before = $wpdb->num_queries;"
        "LuxeBrain\\Tracking\\Facts::tell( 'login', array() );"
        "return array( $wpdb->num_queries - $before, substr( end( $wpdb->queries )[0], 0, 11 ) );",
        visitor=VISITOR,
    )

    assert asked == [1, "INSERT IGNO"]


def test_it_tells_who_signed_in(connected, agreed):
    agreed.sign_in("ben")

    assert [(event["type"], event["customer"]) for event in waiting(connected)] == [
        ("login", 2)
    ]


def test_it_does_not_follow_the_shops_own_people(connected, agreed):
    agreed.sign_in("ada")

    assert waiting(connected) == []


def test_it_tells_a_review_with_stars(connected, shop, agreed):
    connected.php(
        "add_action( 'comment_post', function () {} );"
        'file_put_contents( WPMU_PLUGIN_DIR . \'/stars.php\', \'<?php add_action( "comment_post", function ( $id ) { add_comment_meta( $id, "rating", (int) $_POST["rating"] ); }, 1 );\' );'
        "wp_update_post( array( 'ID' => $given['id'], 'comment_status' => 'open' ) );",
        id=shop.ids["Linen dress"],
    )

    agreed.http.post(
        "/wp-comments-post.php",
        data={
            "comment": "Lovely",
            "author": "Ben",
            "email": "ben@mail.example",
            "comment_post_ID": shop.ids["Linen dress"],
            "rating": 4,
        },
    )

    (connected.root / "wp-content/mu-plugins/stars.php").unlink()
    told = [
        {name: event[name] for name in ("type", "product", "rating", "visitor")}
        for event in waiting(connected)
    ]
    assert told == [
        {
            "type": "review",
            "product": shop.ids["Linen dress"],
            "rating": 4,
            "visitor": VISITOR,
        }
    ]
    assert "ben@mail.example" not in json.dumps(waiting(connected))


def test_it_keeps_nothing_before_the_shop_is_connected(site, shop, agreed):
    buy(agreed, shop)

    assert waiting(site) == []


def test_it_costs_the_shopper_nothing_when_the_table_is_gone(connected, shop, agreed):
    connected.database.sql("DROP TABLE wp_luxebrain_outbox", "wordpress")

    answer = agreed.http.post(
        "/?wc-ajax=add_to_cart", data={"product_id": shop.ids["Linen dress"]}
    )

    assert (answer.status_code, answer.json()) == (200, {"fragments": []})
    assert connected.complaints() == []


# How it is sent.


def test_it_sends_what_waits_signed_and_keeps_nothing(connected, brain):
    add(connected, 3)

    ran = connected.php(FLUSH)

    assert ran == {"sent": 3, "rejected": 0, "error": ""}
    assert [event["visitor"] for event in brain.events] == ["v0", "v1", "v2"]
    assert brain.batches[0]["consent"] == {"statistics": True, "personalization": True}
    assert waiting(connected) == []


def test_it_sends_what_may_not_be_known_apart(connected, brain):
    add(connected, 1, personal=True)
    add(connected, 1, personal=False)

    connected.php(FLUSH)

    assert [batch["consent"]["personalization"] for batch in brain.batches] == [
        True,
        False,
    ]


def test_it_sends_at_most_five_hundred_at_once(connected, brain):
    add(connected, 501)

    connected.php(FLUSH)

    assert [len(batch["events"]) for batch in brain.batches] == [500, 1]


def test_it_is_run_every_minute_by_action_scheduler(connected, ada, brain):
    ada.open("/wp-admin/")
    add(connected, 1)

    ran = connected.php("return as_run_due( time() + 1 );")

    assert ran == ["luxebrain_work"]
    assert len(brain.events) == 1


@pytest.mark.parametrize(
    "mood",
    [(500, ""), (503, "{}"), (429, "{}"), (200, "<p>Welcome"), (404, ""), (302, "")],
)
def test_it_sends_the_same_again_after_trouble(connected, brain, mood):
    add(connected, 2)
    before = [event["id"] for event in waiting(connected)]
    brain.moods = [mood]

    assert connected.php(FLUSH)["error"] != ""
    assert [event["id"] for event in waiting(connected)] == before
    assert connected.php(FLUSH)["sent"] == 0
    connected.database.sql(LATER.format(seconds=61), "wordpress")
    assert connected.php(FLUSH)["sent"] == 2
    assert [event["id"] for event in brain.events] == before


def test_it_keeps_everything_while_nobody_answers(connected, brain):
    add(connected, 2)
    connected.php("LuxeBrain\\Settings::store( $given );", **CLOSE)

    assert connected.php(FLUSH)["error"] == "luxebrain_unreachable"
    assert len(waiting(connected)) == 2
    assert connected.php(STATUS)["error"] == "luxebrain_unreachable"


def test_it_keeps_everything_while_the_key_is_refused(connected, brain):
    add(connected, 2)
    connected.php("LuxeBrain\\Settings::store( $given );", secret_key=KEY[:-1] + "x")

    connected.php(FLUSH)

    status = connected.php(STATUS)
    assert (status["waiting"], status["error"]) == (2, "luxebrain_refused")


def test_it_drops_what_is_rejected_and_counts_it(connected, brain):
    add(connected, 2)
    brain.moods = [
        (
            200,
            json.dumps(
                {
                    "accepted": 1,
                    "rejected": [{"index": 0, "code": "invalid", "message": ""}],
                }
            ),
        )
    ]

    assert connected.php(FLUSH) == {"sent": 1, "rejected": 1, "error": ""}
    assert connected.php(STATUS)["rejected"] == 1
    assert waiting(connected) == []


def test_it_finds_the_one_that_makes_a_batch_unreadable(connected, brain):
    add(connected, 4)
    brain.moods = [(400, "{}"), (400, "{}"), (400, "{}")]

    ran = connected.php(FLUSH)

    # 4, 2, 1 were refused; then one, two are taken.
    assert ran == {"sent": 3, "rejected": 1, "error": ""}
    assert [event["visitor"] for event in brain.events] == ["v1", "v2", "v3"]


def test_it_halves_what_is_too_large(connected, brain):
    add(connected, 4)
    brain.moods = [(413, "{}")]

    assert connected.php(FLUSH)["sent"] == 4
    assert [len(batch["events"]) for batch in brain.batches] == [2, 2]


def test_it_gives_no_row_to_two_senders(connected):
    add(connected, 5)

    claimed = connected.php(
        "return array( LuxeBrain\\Tracking\\Outbox::claim( true, 3 ), LuxeBrain\\Tracking\\Outbox::claim( true, 3 ), LuxeBrain\\Tracking\\Outbox::claim( true, 3 ) );"
    )

    assert [len(rows) for rows in claimed] == [3, 2, 0]
    assert len({row["id"] for rows in claimed for row in rows}) == 5


def test_it_sends_the_same_ids_again_after_a_sender_was_killed(connected, brain):
    add(connected, 2)
    ids = [event["id"] for event in waiting(connected)]
    connected.php("LuxeBrain\\Tracking\\Outbox::claim( true, 500 );")

    assert connected.php(FLUSH)["sent"] == 0
    connected.database.sql(LATER.format(seconds=121), "wordpress")
    assert connected.php(FLUSH)["sent"] == 2
    assert [event["id"] for event in brain.events] == ids


def test_it_keeps_no_fact_twice(connected):
    code = "for ( $n = 0; $n < 2; $n++ ) { LuxeBrain\\Tracking\\Outbox::add( array( 'type' => 'login', 'id' => $given['id'], 'at' => 1 ), true ); }"

    connected.php(code, id="0197a1b2-0000-7000-8000-000000000001")

    assert len(waiting(connected)) == 1


def test_it_drops_the_oldest_when_there_are_too_many(connected):
    add(connected, 1100)
    connected.php(
        "LuxeBrain\\Settings::store( array( 'outbox_rows' => 1000 ) ); LuxeBrain\\Tracking\\Outbox::trim();"
    )

    status = connected.php(STATUS)
    assert (status["waiting"], status["dropped"]) == (1000, 100)
    assert waiting(connected)[0]["visitor"] == "v100"


def test_it_grows_no_further_where_nobody_empties_it(connected):
    connected.php("LuxeBrain\\Settings::store( array( 'outbox_rows' => 1000 ) );")

    add(connected, 1200)

    status = connected.php(STATUS)
    assert (status["waiting"], status["dropped"]) == (1000, 200)


def test_it_drops_what_is_too_old(connected):
    add(connected, 2)
    connected.database.sql(
        "UPDATE wp_luxebrain_outbox SET made_at = made_at - 15 * 86400 WHERE id = 1",
        "wordpress",
    )

    connected.php("LuxeBrain\\Tracking\\Outbox::trim();")

    status = connected.php(STATUS)
    assert (status["waiting"], status["dropped"]) == (1, 1)
