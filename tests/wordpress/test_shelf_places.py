"""Shelves that come by themselves, in classic themes and in those of blocks."""

from __future__ import annotations

import re

import pytest

from tests.wordpress.shelf_reader import shelves

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

EVERYWHERE = [
    "bought-together",
    "complete-outfit",
    "product-similar",
    "upsell",
    "trending",
    "category-top",
    "cart-cross-sell",
    "thank-you",
    "home-picks",
]
THEMES = ["twentytwentythree", "plain"]
SET = "update_option('luxebrain_settings', $given['set'] + get_option('luxebrain_settings'));"
CLASSIC = """
foreach ( array( 'cart', 'checkout' ) as $page ) {
    wp_update_post( array( 'ID' => get_option( "woocommerce_{$page}_page_id" ), 'post_content' => "[woocommerce_$page]" ) );
}
"""
# An order of the coat, as far as the thank-you page asks.
ORDER = """
$order = wc_create_order();
$order->add_product( wc_get_product( $given['id'] ), 1 );
$order->save();
return array( $order->get_id(), $order->get_order_key() );
"""


@pytest.fixture
def filled(shop, connected, visitor):
    """Opens a page whose every place has picks."""
    for place in EVERYWHERE:
        connected.shelves[place] = [shop.ids["Silk blouse"]]

    def open_page(path):
        visitor.open(path)
        shop.refresh()
        return visitor.open(path).text

    return open_page


def places(page):
    return list(shelves(page))


@pytest.mark.parametrize("theme", THEMES)
def test_it_puts_shelves_below_a_product(filled, shop, theme):
    shop.theme(theme)

    page = filled(shop.product("Linen dress"))

    assert places(page) == ["bought-together", "complete-outfit", "product-similar"]
    assert page.index("single_add_to_cart_button") < page.index("luxe-shelf__list")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", ["shop", "category"])
def test_it_puts_a_shelf_above_a_list(filled, shop, theme, kind):
    shop.theme(theme)
    path = shop.page("shop") if kind == "shop" else shop.category("Coats")

    page = filled(path)

    assert places(page) == ["category-top"]
    assert page.index("luxe-shelf__list") < page.index('<ul class="products')


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("is_classic", [True, False])
def test_it_puts_a_shelf_below_the_cart(filled, shop, site, theme, is_classic):
    shop.theme(theme)
    if is_classic:
        site.php(CLASSIC)

    page = filled(shop.page("cart"))

    assert places(page) == ["cart-cross-sell"]
    inside = "</form>" if is_classic and "cart-form" in page else "woocommerce"
    assert page.index(inside) < page.index("luxe-shelf__list")


@pytest.mark.parametrize("is_classic", [True, False])
def test_it_puts_a_shelf_below_the_checkout_where_the_merchant_wants_it(
    filled, shop, site, is_classic
):
    if is_classic:
        site.php(CLASSIC)
    before = places(filled(shop.page("checkout")))

    site.php(SET, set={"place_checkout_cart_cross_sell": "1"})

    assert before == []
    assert places(filled(shop.page("checkout"))) == ["cart-cross-sell"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("is_classic", [True, False])
def test_it_thanks_with_a_shelf_about_the_order(
    filled, shop, site, connected, theme, is_classic
):
    shop.theme(theme)
    if is_classic:
        site.php(CLASSIC)
    # The checkout's own shelf must not come along.
    site.php(SET, set={"place_checkout_cart_cross_sell": "1"})
    number, key = site.php(ORDER, id=shop.ids["Wool coat"])

    page = filled(f"{shop.page('checkout')}&order-received={number}&key={key}")

    assert places(page) == ["thank-you"]
    [asked] = connected.asked
    assert asked["pages"] == [
        {"places": ["thank-you"], "product": shop.ids["Wool coat"], "limit": 12}
    ]


def test_it_tells_a_stranger_nothing_about_an_order(filled, shop, site, connected):
    number, _ = site.php(ORDER, id=shop.ids["Wool coat"])

    filled(f"{shop.page('checkout')}&order-received={number}&key=wc_order_guessed")

    assert connected.asked[0]["pages"] == [{"places": ["thank-you"], "limit": 12}]


@pytest.mark.parametrize("theme", THEMES)
def test_it_puts_shelves_on_the_home_page_where_the_merchant_wants_them(
    filled, shop, site, theme
):
    shop.theme(theme)
    site.php(
        "$id = wp_insert_post(array('post_type' => 'page', 'post_status' => 'publish',"
        " 'post_title' => 'Home', 'post_content' => '<p>Welcome.</p>'));"
        "update_option('show_on_front', 'page'); update_option('page_on_front', $id);"
    )
    before = places(filled("/"))

    site.php(SET, set={"place_home_home_picks": "2", "place_home_trending": "1"})
    page = filled("/")

    assert before == []
    assert places(page) == ["trending", "home-picks"]
    assert page.index("Welcome.") < page.index("luxe-shelf__list")


# Plugins for search engines, sidebars and related texts call the filter for themselves.
OTHERS = """<?php
add_action( 'wp_head', function () { echo 'HEAD(' . apply_filters( 'the_content', 'x' ) . ')'; } );
add_action( 'wp_footer', function () { echo 'FOOT(' . apply_filters( 'the_content', 'x' ) . ')'; } );
add_filter( 'the_content', function ( $html ) {
    static $is_within = false;
    if ( $is_within ) { return $html; }
    $is_within = true;
    $html .= 'WITHIN(' . apply_filters( 'the_content', 'x' ) . ')';
    $is_within = false;
    return $html;
}, 5 );
"""


@pytest.mark.parametrize("theme", ["twentytwentythree", "plain"])
def test_it_puts_them_there_once_whoever_else_filters_texts(
    site, shop, visitor, connected, theme
):
    shop.theme(theme)
    connected.shelves["home-picks"] = [shop.ids["Silk blouse"]]
    site.php(
        "$id = wp_insert_post( array( 'post_type' => 'page', 'post_status' => 'publish', 'post_content' => 'Hello' ) );"
        "update_option('show_on_front', 'page'); update_option('page_on_front', $id);"
    )
    site.php(SET, set={"place_home_home_picks": "1"})
    visitor.open("/")
    shop.refresh()
    file = site.root / "wp-content/mu-plugins/others.php"
    file.write_text(OTHERS)
    try:
        page = visitor.open("/").text
    finally:
        file.unlink()

    assert page.count('data-luxe-place="home-picks"') == 1
    within = re.findall(r"WITHIN\((.*?)\)", page, re.DOTALL)
    assert [len(part) < 20 for part in within] == [True] * 3
    foot = page[page.index("FOOT(") :]
    assert "luxe-shelf" not in foot[: foot.index("WITHIN")]


def test_it_adds_nothing_to_what_the_rest_api_tells_of_the_home_page(
    site, shop, visitor, connected
):
    connected.shelves["home-picks"] = [shop.ids["Silk blouse"]]
    number = site.php(
        "$id = wp_insert_post( array( 'post_type' => 'page', 'post_status' => 'publish', 'post_content' => '[luxebrain_home_picks]' ) );"
        "update_option('show_on_front', 'page'); update_option('page_on_front', $id); return $id;"
    )
    site.php(SET, set={"place_home_home_picks": "1"})
    visitor.open("/")
    shop.refresh()

    told = visitor.http.get(f"/?rest_route=/wp/v2/pages/{number}").json()

    assert "luxe-" not in told["content"]["rendered"]
    assert "luxe-" not in told["excerpt"]["rendered"]


def test_it_stands_beside_no_list_of_a_shortcode(site, shop, visitor, connected):
    connected.shelves["category-top"] = [shop.ids["Silk blouse"]]
    visitor.open(shop.category("Coats"))
    shop.refresh()
    file = site.root / "wp-content/mu-plugins/list.php"
    file.write_text(
        "<?php $GLOBALS['woocommerce_loop'] = array( 'is_shortcode' => true );"
    )
    try:
        page = visitor.open(shop.category("Coats")).text
    finally:
        file.unlink()

    assert "category-top" not in page
    assert "category-top" in visitor.open(shop.category("Coats")).text


def test_it_obeys_the_merchants_order_and_leaves_out_what_is_switched_off(
    filled, shop, site
):
    site.php(
        SET,
        set={
            "place_product_bought_together": "0",
            "place_product_product_similar": "1",
            "place_product_complete_outfit": "9",
            "place_product_upsell": "4",
        },
    )

    page = filled(shop.product("Linen dress"))

    assert places(page) == ["product-similar", "upsell", "complete-outfit"]


def test_it_is_not_above_the_second_page_of_a_list(filled, shop, site):
    site.php("update_option('posts_per_page', 2);")

    assert places(filled(f"{shop.page('shop')}&paged=2")) == []


# The way through the shop, for browsers that cannot ask LuxeBrain.


@pytest.fixture
def route(site, visitor, connected):
    def ask(**question):
        path = site.php("return rest_url('luxebrain/v1/page');")
        return visitor.http.post(path, data=question)

    return ask


def test_it_answers_with_the_shops_own_prices(route, shop, connected):
    connected.personal["trending"] = [
        {"product": shop.ids[name]} for name in ("Wool coat", "Hidden sample")
    ]

    answer = route(places="trending", visitor="v1", viewed="5,6")

    [shelf] = answer.json()["shelves"]
    [pick] = shelf["picks"]
    assert pick["name"] == "Wool coat"
    assert "<ins" in pick["price_html"]
    assert answer.headers["cache-control"] == "no-store, private"
    assert answer.headers["x-litespeed-cache-control"] == "no-cache"
    assert "set-cookie" not in answer.headers
    assert connected.questions == [
        {"places": "trending", "visitor": "v1", "viewed": "5,6"}
    ]


def test_it_hands_on_lines_and_until_when_they_are_true(route, connected):
    connected.lines = [
        {"place": "price-line", "code": "few_left", "text": "Only 3 left", "facts": {}, "true_until": "2030-01-01T00:00:00Z"}
    ]  # fmt: skip

    answer = route(places="price-line", product="15")

    assert answer.json()["lines"] == [
        {"text": "Only 3 left", "true_until": "2030-01-01T00:00:00Z"}
    ]


@pytest.mark.parametrize(("number", "asked"), [("8", "12"), ("23", "24")])
def test_it_asks_for_some_in_reserve(route, connected, number, asked):
    route(places=f"trending:{number},price-line:0", limit=number)

    assert connected.questions == [
        {"places": f"trending:{asked},price-line:0", "limit": asked}
    ]


def test_it_hands_on_what_is_not_to_be_seen(route, connected):
    connected.hidden, connected.off = ["home-hero"], ["price-line"]

    told = route(places="home-hero,price-line:0,trending:8").json()

    assert (told["hidden"], told["off"]) == (["home-hero"], ["price-line"])


def test_nothing_of_a_visitor_is_taken_from_an_address(site, visitor, connected):
    path = site.php("return rest_url('luxebrain/v1/page');")

    by_get = visitor.http.get(path, params={"places": "trending", "visitor": "v1"})
    visitor.http.post(path, params={"visitor": "v1"}, data={"places": "trending"})

    assert by_get.status_code == 404
    assert connected.questions == [{"places": "trending"}]


def test_it_tells_caches_not_to_keep_an_answer(site, connected):
    told = site.php(
        "$told = array(); add_action( 'litespeed_control_set_nocache', function () use ( &$told ) { $told[] = 'litespeed'; } );"
        "$asked = new WP_REST_Request( 'POST', '/luxebrain/v1/page' ); $asked->set_body_params( array( 'places' => 'trending' ) );"
        "rest_do_request( $asked ); return array( $told, defined( 'DONOTCACHEPAGE' ) );"
    )

    assert told == [["litespeed"], True]


def test_it_hands_on_only_what_has_the_right_shape(route, connected):
    route(
        places="trending",
        visitor="<script>",
        product="15 OR 1=1",
        token="a b",
        basket="1,2",
        url="http://evil.example",
    )

    assert connected.questions == [{"places": "trending", "basket": "1,2"}]


@pytest.mark.parametrize(
    ("question", "status"), [({}, 404), ({"places": "../secrets"}, 404)]
)
def test_it_asks_nothing_without_places(route, connected, question, status):
    assert route(**question).status_code == status
    assert connected.seen == []


def test_it_says_so_when_luxebrain_fails(route, connected):
    connected.status = 500

    assert route(places="trending").status_code == 502


def test_it_hands_on_no_hostile_answer(route, connected):
    connected.personal["trending"] = [{"product": 1, "url": "javascript:alert(1)"}]

    assert route(places="trending").status_code == 502


def test_it_gives_up_after_two_seconds(route, connected):
    connected.delay = 3

    answer = route(places="trending")

    assert answer.status_code == 502
    assert answer.elapsed.total_seconds() < 3


def test_it_hands_on_no_more_than_a_shop_bears(route, site, connected):
    # A minute may end in between.
    site.database.sql(
        "INSERT INTO wp_luxebrain_rates SELECT 'page', 'all', FLOOR(UNIX_TIMESTAMP() / 60) + n, 3000 "
        "FROM (SELECT 0 AS n UNION SELECT 1) AS minutes",
        "wordpress",
    )

    assert route(places="trending").status_code == 429
