from __future__ import annotations

import pytest

from tests.wordpress import signed
from tests.wordpress.test_digest import empty, order

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]


@pytest.fixture
def shop(site):
    site.php("activate_plugin('woocommerce/woocommerce.php');")
    signed.connect(site)
    empty(site)
    yield site
    empty(site)


def sold(site) -> int:
    """An order of Ada's with a line, a coupon and a refund; its id."""
    return site.php(
        "$order = wc_create_order(array('customer_id' => 1, 'created_via' => 'checkout'));"
        "$order->set_address(array('email' => 'Ada@Maison.example', 'first_name' => 'Ada', 'country' => 'FR'));"
        "$line = new WC_Order_Item_Product(); $line->set_props(array('name' => 'Coat', 'product_id' => 7,"
        " 'quantity' => 2, 'subtotal' => '40.00', 'total' => '40.00')); $order->add_item($line);"
        "$order->calculate_totals(); $order->payment_complete();"
        "wc_create_refund(array('order_id' => $order->get_id(), 'amount' => '5.00', 'reason' => 'small'));"
        "return $order->get_id();"
    )


def export(site, kind: str, **query: object):
    answer = signed.ask(site, "export", kind=kind, **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
    first, *bodies, last = signed.lines(answer)
    assert (first["luxebrain"], last["luxebrain"]) == ("begin", "end")
    return first, bodies, last


def test_it_shows_orders_as_rest_does(shop):
    number = sold(shop)

    first, [body], last = export(shop, "orders")

    rest = shop.php(
        "do_action('rest_api_init', rest_get_server());"
        "return (new WC_REST_Orders_Controller())->prepare_object_for_response("
        "wc_get_order($given['id']), new WP_REST_Request())->get_data();",
        id=number,
    )
    assert body == rest
    assert body["line_items"][0]["quantity"] == 2
    assert (first["total"], last["after"], last["is_all"]) == (1, number, True)


def test_it_shows_a_refund_with_its_order(shop):
    number = sold(shop)

    _, [body], _ = export(shop, "refunds")

    assert (body["parent_id"], body["amount"], body["reason"]) == (
        number, "5.00", "small",
    )  # fmt: skip


def test_it_goes_on_after_an_id(shop):
    for number in range(31, 36):
        order(shop, number)

    _, one, stop = export(shop, "orders", limit=2)
    _, two, end = export(shop, "orders", after=stop["after"])

    assert [body["id"] for body in one] == [31, 32]
    assert (stop["after"], stop["is_all"]) == (32, False)
    assert [body["id"] for body in two] == [33, 34, 35]
    assert end["is_all"] is True


def test_it_shows_only_the_fields_asked_for(shop):
    order(shop, 31)

    _, [body], _ = export(shop, "orders", _fields="id,status,total")

    assert body == {"id": 31, "status": "processing", "total": "14.50"}


def test_it_names_a_broken_thing_and_goes_on(shop):
    for number in (31, 32, 33):
        order(shop, number)
    with broken(shop, "if (32 === $order->get_id()) throw new RuntimeException('no');"):
        _, bodies, last = export(shop, "orders", _fields="id")

    assert bodies == [
        {"id": 31},
        {"luxebrain": "broken", "id": 32, "error": "RuntimeException"},
        {"id": 33},
    ]
    assert last["is_all"] is True


def test_it_keeps_what_a_plugin_prints_out_of_its_lines(shop):
    order(shop, 31)
    with broken(shop, "echo '<b>Buy more plugins</b>';"):
        _, bodies, _ = export(shop, "orders", _fields="id")

    assert bodies == [{"id": 31}]


def test_it_ends_where_the_time_is_up(shop):
    for number in range(31, 36):
        order(shop, number)
    with broken(shop, "usleep(700000);"):
        _, bodies, last = export(shop, "orders", seconds=1, _fields="id")

    assert bodies == [{"id": 31}, {"id": 32}]
    assert (last["after"], last["is_all"]) == (32, False)


def test_it_shows_people_products_variations_and_coupons(shop):
    shop.php(
        "$c = new WC_Coupon(); $c->set_code('Ten'); $c->set_amount('10'); $c->save();"
        "$p = wp_insert_post(array('post_type' => 'product', 'post_status' => 'publish', 'post_title' => 'معطف'));"
        "add_post_meta($p, '_price', '18');"
        "wp_insert_post(array('post_type' => 'product_variation', 'post_status' => 'publish', 'post_parent' => $p));"
    )

    _, people, _ = export(shop, "customers", _fields="email")
    _, [product], _ = export(shop, "products", _fields="id,name,price")
    _, [variation], _ = export(shop, "variations", _fields="parent_id")
    _, [coupon], _ = export(shop, "coupons", _fields="code,amount")

    assert people == [{"email": "ada@maison.example"}, {"email": "ben@mail.example"}]
    assert (product["name"], product["price"]) == ("معطف", "18")
    assert variation == {"parent_id": product["id"]}
    assert coupon == {"code": "ten", "amount": "10.00"}


def test_it_shows_orders_that_are_posts(shop):
    shop.php(
        "update_option('woocommerce_custom_orders_table_enabled', 'no');"
        "$order = wc_create_order(array('status' => 'processing')); $order->set_total('7.30'); $order->save();"
    )

    _, [body], _ = export(shop, "orders", _fields="status,total")

    assert body == {"status": "processing", "total": "7.30"}


def test_it_answers_nobody_without_the_signature(shop):
    answer = signed.send(shop, signed.path_of("export", kind="orders"), {})

    assert answer.status_code == 401
    assert "luxebrain" not in answer.headers["Content-Type"]


def test_it_begins_to_answer_before_all_is_read(shop):
    """Flushed as it goes: the first line is here long before the last."""
    for number in range(31, 34):
        order(shop, number)
    path = signed.path_of("export", kind="orders", _fields="id")
    route, _, query = path.partition("?")
    with broken(shop, "usleep(500000);"):
        began, ended = signed.moments(
            shop, f"/?rest_route={route}&{query}", signed.headers("GET", path)
        )

    assert ended - began > 1.0


class broken:  # noqa: N801 - reads as a word
    """While a plugin does `code` to each order's body."""

    def __init__(self, site, code: str) -> None:
        self.file = site.root / "wp-content/mu-plugins/broken.php"
        self.code = code

    def __enter__(self) -> None:
        self.file.write_text(
            "<?php add_filter('woocommerce_rest_prepare_shop_order_object',"
            f" function ($body, $order) {{ {self.code} return $body; }}, 10, 2);"
        )

    def __exit__(self, *_: object) -> None:
        self.file.unlink()
