from __future__ import annotations

import hashlib
import re
import threading
import time

import pytest

from tests.wordpress import signed
from tests.wordpress.brain import KEY

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

ROWS = ("wc_orders", "wc_orders_meta", "wc_order_addresses", "wc_order_operational_data",
        "woocommerce_order_items", "woocommerce_order_itemmeta")  # fmt: skip


CHANGED = 1795172400  # 2026-11-20 11:00 UTC


@pytest.fixture
def shop(site):
    """Connected, with nothing in it but two people."""
    site.php("activate_plugin('woocommerce/woocommerce.php');")
    signed.connect(site)
    empty(site)
    yield site
    empty(site)


def empty(site) -> None:
    kinds = "'shop_order','shop_order_refund','shop_order_placehold','shop_coupon','product','product_variation'"
    site.database.sql(
        "".join(f"TRUNCATE wp_{table};" for table in ROWS)
        + "DELETE m FROM wp_postmeta m JOIN wp_posts p ON p.ID = m.post_id "
        f"WHERE p.post_type IN ({kinds}); DELETE FROM wp_posts WHERE post_type IN ({kinds});",
        "wordpress",
    )


def order(site, number: int, **changed: object) -> None:
    """A row as HPOS keeps it, of 20 November 2026."""
    row = {
        "id": number, "type": "shop_order", "status": "wc-processing", "currency": "EUR",
        "total_amount": "14.50000000", "date_created_gmt": "2026-11-20 10:00:00",
        "date_updated_gmt": "2026-11-20 11:00:00", "parent_order_id": 0,
    } | changed  # fmt: skip
    values = ", ".join(
        "NULL" if value is None else f"'{value}'" for value in row.values()
    )
    site.database.sql(
        f"INSERT INTO wp_wc_orders ({', '.join(row)}) VALUES ({values});", "wordpress"
    )


def mark(*lines: str) -> str:
    """XOR of the SHA-256 of lines, by Python's own reading of the rule."""
    xor = 0
    for line in lines:
        xor ^= int.from_bytes(hashlib.sha256(line.encode()).digest())
    return f"{xor:064x}"


def days(site, kind: str):
    answer = signed.ask(site, "digest", kind=kind)
    assert answer.status_code == 200, answer.text
    assert answer.json()["kind"] == kind
    return answer.json()["days"]


def test_it_sums_orders_by_the_day_they_were_made(shop):
    order(shop, 31)
    order(shop, 32, total_amount="5.25000000", status="wc-completed")
    order(shop, 33, date_created_gmt="2026-11-21 00:00:00", total_amount="1.00000000")

    assert days(shop, "orders") == [
        ["2026-11-20", 2, "19.7500",
         mark(f"31|{CHANGED}|processing|14.5000", f"32|{CHANGED}|completed|5.2500")],
        ["2026-11-21", 1, "1.0000", mark(f"33|{CHANGED}|processing|1.0000")],
    ]  # fmt: skip


def test_it_leaves_drafts_and_the_bin_out(shop):
    order(shop, 31, status="wc-checkout-draft")
    order(shop, 32, status="trash")
    order(shop, 33, status="auto-draft")

    assert days(shop, "orders") == []


def test_it_counts_another_currency_but_sums_only_its_own(shop):
    order(shop, 31)
    order(shop, 32, currency="USD")

    [[_, count, total, digest]] = days(shop, "orders")

    assert (count, total) == (2, "14.5000")
    assert digest == mark(
        f"31|{CHANGED}|processing|14.5000", f"32|{CHANGED}|processing|14.5000"
    )


def test_it_takes_the_making_for_what_never_changed(shop):
    order(shop, 31, date_updated_gmt=None)

    assert days(shop, "orders")[0][3] == mark("31|1795168800|processing|14.5000")


def test_it_names_a_refunds_order_and_its_amount(shop):
    order(shop, 31)
    refund(shop, 35, 31)

    assert days(shop, "refunds") == [
        ["2026-11-20", 1, "4.0000", mark("35|1795168800|31|4.0000")]
    ]


def refund(site, number: int, of: int) -> None:
    order(site, number, type="shop_order_refund", status="wc-completed",
          total_amount="-4.00000000", parent_order_id=of)  # fmt: skip
    site.database.sql(
        "INSERT INTO wp_wc_orders_meta (order_id, meta_key, meta_value) VALUES "
        f"({number}, '_refund_amount', '4.00');",
        "wordpress",
    )


def test_it_leaves_refunds_of_an_order_in_the_bin_out(shop):
    order(shop, 31, status="trash")
    refund(shop, 35, 31)

    assert days(shop, "refunds") == []


def test_it_reads_posts_where_orders_have_no_tables(shop):
    number, at = shop.php(
        "update_option('woocommerce_custom_orders_table_enabled', 'no');"
        "$order = wc_create_order(array('status' => 'processing'));"
        "$order->set_total('7.30'); $order->save();"
        "wc_create_refund(array('order_id' => $order->get_id(), 'amount' => '2.00'));"
        "$order = wc_get_order($order->get_id());"
        "return array($order->get_id(), $order->get_date_modified()->getTimestamp());"
    )

    [[_, count, total, digest]] = days(shop, "orders")
    assert (count, total, digest) == (
        1, "7.3000", mark(f"{number}|{at}|processing|7.3000"),
    )  # fmt: skip
    [[_, count, total, _]] = days(shop, "refunds")
    assert (count, total) == (1, "2.0000")


def test_it_tells_price_and_stock_of_products_and_variations(shop):
    product, variation = shop.php(
        "$p = wp_insert_post(array('post_type' => 'product', 'post_status' => 'publish', 'post_title' => 'Coat',"
        " 'post_date_gmt' => '2026-11-20 10:00:00', 'post_date' => '2026-11-20 10:00:00'));"
        "add_post_meta($p, '_price', '18'); add_post_meta($p, '_price', '20');"
        "add_post_meta($p, '_manage_stock', 'yes'); add_post_meta($p, '_stock', '14');"
        "$v = wp_insert_post(array('post_type' => 'product_variation', 'post_status' => 'publish', 'post_parent' => $p,"
        " 'post_date_gmt' => '2026-11-20 10:00:00', 'post_date' => '2026-11-20 10:00:00'));"
        "add_post_meta($v, '_price', ''); add_post_meta($v, '_manage_stock', 'no');"
        "return array($p, $v);"
    )
    [at] = set(
        shop.database.sql(
            "SELECT DISTINCT UNIX_TIMESTAMP(CONVERT_TZ(post_modified_gmt, '+00:00', @@session.time_zone))"
            f" FROM wp_posts WHERE ID IN ({product}, {variation})",
            "wordpress",
        ).split()
    )

    assert days(shop, "products") == [
        ["2026-11-20", 1, "0.0000", mark(f"{product}|{at}|publish|18.0000|14")]
    ]
    # Not counted itself: its product's pieces are its own.
    assert days(shop, "variations") == [
        ["2026-11-20", 1, "0.0000", mark(f"{variation}|{at}|{product}||14")]
    ]


def test_it_puts_a_draft_without_a_day_before_all_days(shop):
    shop.php(
        "wp_insert_post(array('post_type' => 'product', 'post_status' => 'draft', 'post_title' => 'Coat'));"
    )

    assert [day[:2] for day in days(shop, "products")] == [["0001-01-01", 1]]


def test_it_tells_coupons_and_people(shop):
    shop.php(
        "$c = new WC_Coupon(); $c->set_code('Ten'); $c->set_amount('10'); $c->save();"
        "update_user_meta(1, 'last_update', 1795172400);"
    )

    [[_, count, total, _]] = days(shop, "coupons")
    assert (count, total) == (1, "10.0000")
    assert sum(day[1] for day in days(shop, "customers")) == 2


def test_it_needs_no_more_memory_for_a_large_shop(shop):
    def fill(first: int, last: int) -> None:
        shop.database.sql(
            "INSERT INTO wp_wc_orders (id, type, status, currency, total_amount, date_created_gmt, date_updated_gmt)"
            " SELECT seq, 'shop_order', 'wc-completed', 'EUR', 10, '2026-01-01' + INTERVAL (seq % 300) DAY,"
            f" '2026-11-01' FROM seq_{first}_to_{last};",
            "wordpress",
        )

    def peak() -> int:
        used, orders = shop.php(
            "$before = memory_get_usage();"
            "$request = new WP_REST_Request('GET'); $request['kind'] = 'orders';"
            "$answer = LuxeBrain\\Digest\\Digest::answer($request);"
            "return array(memory_get_peak_usage() - $before, array_sum(array_column($answer['days'], 1)));"
        )
        counted.append(orders)
        return used

    counted: list[int] = []
    fill(1, 2_000)
    small = peak()
    fill(2_001, 30_000)
    large = peak()

    assert counted == [2_000, 30_000]
    assert large < small + 300_000


def test_it_answers_nobody_without_the_signature(shop):
    path = signed.path_of("digest", kind="orders")

    assert signed.send(shop, path, {}).status_code == 401
    assert shop.complaints() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"at": 1}, "luxebrain_clock"),
        ({"key": KEY[:-1] + "x"}, "luxebrain_bad_signature"),
        ({"key": "sk_zzzzzzzzzzzz_" + KEY[16:]}, "luxebrain_unknown_key"),
        ({"nonce": "short"}, "luxebrain_unsigned"),
    ],
)
def test_it_refuses_what_is_not_rightly_signed(shop, change, code):
    path = signed.path_of("digest", kind="orders")

    answer = signed.send(shop, path, signed.headers("GET", path, **change))

    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_it_refuses_a_signature_of_another_question(shop):
    asked, told = (
        signed.path_of("digest", kind=kind) for kind in ("orders", "customers")
    )

    answer = signed.send(shop, told, signed.headers("GET", asked))

    assert answer.json()["code"] == "luxebrain_bad_signature"


def test_it_answers_a_signed_request_once(shop):
    path = signed.path_of("digest", kind="orders")
    sent = signed.headers("GET", path)
    codes: list[int] = []

    def twice() -> None:
        codes.append(signed.send(shop, path, sent).status_code)

    threads = [threading.Thread(target=twice) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == [200, 401, 401, 401]


def test_it_forgets_a_nonce_after_ten_minutes(shop):
    days(shop, "orders")
    old = "UPDATE wp_options SET option_value = {} WHERE option_name LIKE 'luxebrain_nonce_%'"
    shop.database.sql(old.format(int(time.time()) - 1), "wordpress")

    days(shop, "orders")

    kept = shop.database.sql(
        "SELECT COUNT(*) FROM wp_options WHERE option_name LIKE 'luxebrain_nonce_%'",
        "wordpress",
    )
    assert kept == "1\n"


def test_it_signs_the_same_with_pretty_addresses_and_what_oauth_adds(shop):
    path = signed.path_of("digest", kind="orders")
    given = shop.php(
        "$request = new WP_REST_Request('GET', '/wc-luxebrain/v1/digest');"
        "$request->set_query_params(array('oauth_nonce' => 'x', 'rest_route' => '/wc-luxebrain/v1/digest',"
        " 'kind' => 'orders', 'after' => '5'));"
        "return LuxeBrain\\Connection\\Gate::path($request);"
    )

    assert given == "/wc-luxebrain/v1/digest?after=5&kind=orders"
    assert path == "/wc-luxebrain/v1/digest?kind=orders"


def test_it_refuses_everybody_while_it_is_not_connected(shop):
    shop.php("delete_option('luxebrain_settings');")

    answer = signed.ask(shop, "digest", kind="orders")

    assert answer.json()["code"] == "luxebrain_unknown_key"


def test_it_says_which_kinds_there_are(shop):
    answer = signed.ask(shop, "digest", kind="secrets")

    assert answer.status_code == 400
    assert re.search("orders", answer.text)
