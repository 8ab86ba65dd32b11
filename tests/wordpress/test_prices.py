from __future__ import annotations

import re
from html import unescape

import pytest

from tests.wordpress.brain import KEY
from tests.wordpress.photo import jpeg
from tests.wordpress.shelf_brain import PUBLISHABLE, ShelfBrain

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

# Each step: days ago, regular price, sale price ('' for none). What the product was sold for is told at that time.
LIVE = """
$product = wc_get_product( $given['id'] );
foreach ( $given['steps'] as $step ) {
    $product->set_regular_price( $step[1] );
    $product->set_sale_price( $step[2] );
    $product->save();
    LuxeBrain\\Prices\\History::record( array( $product->get_id() ), time() - $step[0] * 86400 );
}
"""
SWEEP = "LuxeBrain\\Prices\\Watch::sweep();"


@pytest.fixture
def connected(site, shop):
    site.php(
        "update_option('luxebrain_settings', $given);",
        url="http://127.0.0.1:9",
        secret_key=KEY,
    )
    # What the fixture saved was saved before there was anybody to look, and long ago.
    made(site, "2020-01-01 00:00:00")
    return site


@pytest.fixture
def connected_brain(site, shop):
    brain = ShelfBrain()
    brain.start()
    site.php(
        "update_option('luxebrain_settings', $given);",
        url=brain.url,
        secret_key=KEY,
        publishable_key=PUBLISHABLE,
    )
    yield brain
    brain.stop()


def made(site, at, only=0):
    """When products were made."""
    who = f"AND ID = {only}" if only else ""
    site.database.sql(
        f"UPDATE wp_posts SET post_date = '{at}', post_date_gmt = '{at}' "
        f"WHERE post_type LIKE 'product%' {who}",
        "wordpress",
    )


def live(site, product, *steps):
    site.php(LIVE, id=product, steps=[list(map(str, step)) for step in steps])


def said(page):
    found = re.findall(
        r'<small class="luxebrain-lowest-price">(.*?)</small>', page.text
    )
    return [unescape(re.sub(r"<[^>]+>", "", line)) for line in found]


def history(site, product):
    rows = site.database.sql(
        f"SELECT price, regular, lowest, is_current FROM wp_luxebrain_prices WHERE product_id = {product} ORDER BY id",
        "wordpress",
    )
    return [tuple(row.split("\t")) for row in rows.splitlines()]


def test_it_says_the_lowest_price_on_a_products_page(connected, shop, visitor):
    live(connected, shop.ids["Linen dress"], (90, "49.90", ""), (2, "49.90", "39.90"))

    assert said(visitor.open(shop.product("Linen dress"))) == [
        "Lowest price of the last 30 days: €49.90"
    ]


@pytest.mark.parametrize(
    ("steps", "lowest"),
    [
        # On sale twice.
        (
            [(90, "100", ""), (20, "100", "80"), (10, "100", ""), (1, "100", "90")],
            "€80.00",
        ),
        # Raised, then cut.
        ([(90, "50", ""), (10, "100", ""), (1, "100", "70")], "€50.00"),
        # In steps: the last cut is a reduction of its own.
        ([(90, "100", ""), (20, "100", "80"), (1, "100", "60")], "€80.00"),
    ],
)
def test_it_says_what_is_true_of_awkward_histories(
    connected, shop, visitor, steps, lowest
):
    live(connected, shop.ids["Linen dress"], *steps)

    assert said(visitor.open(shop.product("Linen dress"))) == [
        f"Lowest price of the last 30 days: {lowest}"
    ]


def test_it_says_nothing_of_a_sale_older_than_what_it_knows(connected, shop, visitor):
    connected.php(SWEEP)

    assert said(visitor.open(shop.product("Wool coat"))) == []


def test_it_says_nothing_where_it_does_not_know_all_of_thirty_days(
    connected, shop, visitor
):
    live(connected, shop.ids["Linen dress"], (9, "100", ""), (1, "100", "80"))

    assert said(visitor.open(shop.product("Linen dress"))) == []


def test_of_what_is_new_it_says_the_lowest_since_it_is_sold(connected, shop, visitor):
    dress = shop.ids["Linen dress"]
    ago = connected.php("return gmdate( 'Y-m-d H:i:s', time() - 9 * 86400 - 60 );")
    made(connected, ago, dress)
    live(connected, dress, (9, "100", ""), (1, "100", "80"))

    assert said(visitor.open(shop.product("Linen dress"))) == [
        "Lowest price of the last 30 days: €100.00"
    ]


def test_the_merchant_reads_of_reductions_without_a_price(connected, shop):
    checks = "return LuxeBrain\\Connection\\Health::checks( LuxeBrain\\Connection\\Status::last() );"
    assert "Reduced prices" not in [one["name"] for one in connected.php(checks)]
    connected.php(SWEEP)

    [found] = [one for one in connected.php(checks) if one["name"] == "Reduced prices"]

    assert found["state"] == "warning"
    assert found["text"].startswith("1 reduced product stands without")


def test_it_says_nothing_where_nothing_is_reduced(connected, shop, visitor):
    live(
        connected,
        shop.ids["Linen dress"],
        (90, "100", ""),
        (20, "100", "80"),
        (10, "100", ""),
    )

    assert said(visitor.open(shop.product("Linen dress"))) == []


def test_a_shelf_that_comes_through_the_shop_says_it_too(
    site, shop, connected_brain, visitor
):
    live(site, shop.ids["Linen dress"], (90, "49.90", ""), (2, "49.90", "39.90"))
    connected_brain.personal = {"trending": [{"product": shop.ids["Linen dress"]}]}

    asked = {"places": "trending", "visitor": "v"}
    answer = visitor.http.post("/?rest_route=/luxebrain/v1/page", data=asked)
    [shelf] = answer.json()["shelves"]

    price = unescape(re.sub(r"<[^>]+>", "", shelf["picks"][0]["price_html"]))
    assert price.endswith("Lowest price of the last 30 days: €49.90")


def test_what_a_picture_finds_has_its_lowest_price(
    site, shop, connected_brain, visitor
):
    live(site, shop.ids["Linen dress"], (90, "49.90", ""), (2, "49.90", "39.90"))
    connected_brain.found = [{"product": shop.ids["Linen dress"]}]

    answer = visitor.http.post(
        "/wp-json/luxebrain/v1/picture", files={"picture": ("picture.jpg", jpeg())}
    )
    [card] = answer.json()["picks"]

    price = unescape(re.sub(r"<[^>]+>", "", card["price_html"]))
    assert price.endswith("Lowest price of the last 30 days: €49.90")


def test_luxebrains_prices_are_not_told_where_the_shop_shows_others(
    site, shop, connected_brain, visitor
):
    until = "2099-01-01T00:00:00Z"
    connected_brain.lines = [
        {"place": "price-line", "code": code, "text": code, "true_until": until}
        for code in ("few_left", "price_lowered")
    ]

    def told():
        asked = {"places": "price-line", "visitor": "v"}
        answer = visitor.http.post("/?rest_route=/luxebrain/v1/page", data=asked)
        return [line["text"] for line in answer.json()["lines"]]

    assert told() == ["few_left", "price_lowered"]
    site.php(
        "update_option( 'woocommerce_calc_taxes', 'yes' ); update_option( 'woocommerce_tax_display_shop', 'incl' );"
    )
    assert told() == ["few_left"]


def test_it_says_it_in_the_merchants_words(connected, shop, visitor):
    live(connected, shop.ids["Linen dress"], (90, "100", ""), (2, "100", "80"))
    connected.php(
        "LuxeBrain\\Settings::store( $given );",
        lowest_price_text="<b>Thirty days</b>: {price} *",
    )

    page = visitor.open(shop.product("Linen dress"))

    assert said(page) == ["<b>Thirty days</b>: €100.00 *"]
    assert "<b>Thirty days" not in page.text


def test_it_says_nothing_where_that_is_switched_off(connected, shop, visitor):
    live(connected, shop.ids["Linen dress"], (90, "100", ""), (2, "100", "80"))
    connected.php("LuxeBrain\\Settings::store( array( 'lowest_price' => false ) );")

    assert said(visitor.open(shop.product("Linen dress"))) == []


def test_it_shows_tax_as_the_shop_does(connected, shop, visitor):
    live(connected, shop.ids["Linen dress"], (90, "100", ""), (2, "100", "80"))
    connected.php(
        "update_option( 'woocommerce_calc_taxes', 'yes' ); update_option( 'woocommerce_prices_include_tax', 'no' ); update_option( 'woocommerce_tax_display_shop', 'incl' );"
        "$p = wc_get_product( $given['id'] ); $p->set_tax_status( 'taxable' ); $p->save();",
        id=shop.ids["Linen dress"],
    )

    assert said(visitor.open(shop.product("Linen dress"))) == [
        "Lowest price of the last 30 days: €120.00"
    ]


def test_it_takes_the_tax_off_as_the_shop_does(connected, shop, visitor):
    connected.php(
        "update_option( 'woocommerce_calc_taxes', 'yes' ); update_option( 'woocommerce_prices_include_tax', 'yes' ); update_option( 'woocommerce_tax_display_shop', 'excl' );"
        "$p = wc_get_product( $given['id'] ); $p->set_tax_status( 'taxable' ); $p->save();",
        id=shop.ids["Linen dress"],
    )
    live(connected, shop.ids["Linen dress"], (90, "120", ""), (2, "120", "60"))

    assert said(visitor.open(shop.product("Linen dress"))) == [
        "Lowest price of the last 30 days: €100.00"
    ]


@pytest.mark.parametrize(
    "change",
    [
        "update_option( 'woocommerce_currency', 'SEK' );",
        "update_option( 'woocommerce_prices_include_tax', 'yes' );",
        # A visitor's own currency; another plugin's discount.
        "add_filter( 'woocommerce_currency', fn() => 'USD' );",
        "add_filter( 'woocommerce_product_get_price', fn( $price ) => (float) $price - 10 );",
    ],
)
def test_it_names_no_amount_in_other_units_than_are_shown(connected, shop, change):
    live(connected, shop.ids["Linen dress"], (90, "100", ""), (2, "100", "80"))
    shown = "return false !== strpos( wc_get_product( $given['id'] )->get_price_html(), 'luxebrain-lowest-price' );"
    assert connected.php(shown, id=shop.ids["Linen dress"]) is True

    assert connected.php(change + shown, id=shop.ids["Linen dress"]) is False


def test_a_new_currency_begins_a_new_history(connected, shop):
    live(connected, shop.ids["Linen dress"], (90, "100", ""), (2, "100", "80"))
    connected.php("update_option( 'woocommerce_currency', 'SEK' );" + SWEEP)

    assert history(connected, shop.ids["Linen dress"])[-1] == (
        "80.0000",
        "100.0000",
        "NULL",
        "1",
    )


def test_it_says_it_of_a_product_whose_variations_are_all_alike(connected, shop):
    shirt = shop.ids["Cotton shirt"]
    children = connected.php(
        "return wc_get_product( $given['id'] )->get_children();", id=shirt
    )
    for child in children:
        live(connected, child, (90, "40", ""), (2, "40", "30"))
    html = (
        "return wp_strip_all_tags( wc_get_product( $given['id'] )->get_price_html() );"
    )

    assert "30 days: €40.00" in unescape(connected.php(html, id=shirt))

    # One was cheaper before: no figure is true of all.
    live(connected, children[0], (60, "40", ""), (20, "40", "20"), (2, "40", "30"))
    assert "30 days" not in connected.php(html, id=shirt)
    # Once it is gone, there is one again.
    connected.php(
        "wc_get_product( $given['id'] )->delete( true ); WC_Product_Variable::sync( $given['shirt'] );",
        id=children[0],
        shirt=shirt,
    )
    assert "30 days: €40.00" in unescape(connected.php(html, id=shirt))


def test_it_says_it_of_the_chosen_variation(connected, shop):
    children = connected.php(
        "return wc_get_product( $given['id'] )->get_children();",
        id=shop.ids["Cotton shirt"],
    )
    live(connected, children[0], (90, "35", ""), (2, "35", "30"))
    live(
        connected,
        children[2],
        (90, "39", ""),
        (20, "39", "20"),
        (10, "39", ""),
        (2, "39", "31"),
    )

    html = connected.php(
        "return array_map( fn( $id ) => wp_strip_all_tags( wc_get_product( $id )->get_price_html() ), $given['ids'] );",
        ids=[*children, shop.ids["Cotton shirt"]],
    )

    assert [re.findall(r"30 days: \D*([\d.]+)", unescape(one)) for one in html] == [
        ["35.00"],
        [],
        ["20.00"],
        [],
    ]


def test_it_looks_up_a_whole_list_at_once(connected, shop):
    for name in ("Linen dress", "Silk blouse", "Denim jacket", "Pleated skirt"):
        live(connected, shop.ids[name], (90, "100", ""), (2, "100", "80"))

    asked = connected.php(
        "define( 'SAVEQUERIES', true );"
        "global $wpdb; $found = array(); $n = 0;"
        "foreach ( wc_get_products( array( 'limit' => 20 ) ) as $product ) { $found[] = $product->get_price_html(); }"
        "foreach ( $wpdb->queries as $query ) { $n += false !== strpos( $query[0], 'luxebrain_prices' ) ? 1 : 0; }"
        "return array( $n, substr_count( implode( '', $found ), 'luxebrain-lowest-price' ) );"
    )

    assert asked == [1, 4]


def test_it_costs_a_list_without_reductions_no_query(connected, shop):
    connected.php(
        "$p = wc_get_product( $given['id'] ); $p->set_sale_price( '' ); $p->save();",
        id=shop.ids["Wool coat"],
    )

    asked = connected.php(
        "define( 'SAVEQUERIES', true );"
        "global $wpdb; $n = 0;"
        "foreach ( wc_get_products( array( 'limit' => 20 ) ) as $product ) { $product->get_price_html(); }"
        "foreach ( $wpdb->queries as $query ) { $n += false !== strpos( $query[0], 'luxebrain_prices' ) ? 1 : 0; }"
        "return $n;"
    )

    assert asked == 0


# How it comes to know.


def test_it_begins_with_every_product_in_the_background(connected, shop, ada):
    ada.open("/wp-admin/")

    connected.php("return as_run_due( time() + 1 );")

    assert history(connected, shop.ids["Linen dress"]) == [
        ("49.9000", "49.9000", "NULL", "1")
    ]
    assert history(connected, shop.ids["Wool coat"]) == [
        ("199.0000", "249.0000", "NULL", "1")
    ]
    assert history(connected, shop.ids["Cotton shirt"]) == []


def test_it_goes_on_where_its_time_was_up(connected, shop):
    connected.php(
        "LuxeBrain\\Prices\\Watch::sweep( $given['after'] );",
        after=shop.ids["Linen dress"],
    )

    assert history(connected, shop.ids["Linen dress"]) == []
    assert len(history(connected, shop.ids["Silk blouse"])) == 1


def test_it_notices_each_saved_price_and_no_other_change(connected, shop):
    connected.php(SWEEP)
    change = "$p = wc_get_product( $given['id'] ); $p->set_name( $given['name'] ); $p->set_sale_price( $given['price'] ); $p->save();"

    connected.php(change, id=shop.ids["Linen dress"], name="Linen dress", price="30")
    connected.php(
        change, id=shop.ids["Linen dress"], name="Linen dress, long", price="30"
    )

    assert history(connected, shop.ids["Linen dress"]) == [
        ("49.9000", "49.9000", "NULL", "0"),
        ("30.0000", "49.9000", "NULL", "1"),
    ]


def test_it_notices_variations(connected, shop):
    connected.php(SWEEP)
    child = connected.php(
        "return wc_get_product( $given['id'] )->get_children()[0];",
        id=shop.ids["Cotton shirt"],
    )

    connected.php(
        "$p = wc_get_product( $given['id'] ); $p->set_sale_price( '25' ); $p->save();",
        id=child,
    )

    assert history(connected, child)[-1] == ("25.0000", "35.0000", "NULL", "1")


def test_it_finds_what_was_written_past_woocommerce(connected, shop):
    connected.php(SWEEP)
    connected.php(
        "update_post_meta( $given['id'], '_sale_price', '20' ); update_post_meta( $given['id'], '_price', '20' );",
        id=shop.ids["Linen dress"],
    )

    connected.php(SWEEP)

    assert history(connected, shop.ids["Linen dress"])[-1] == (
        "20.0000",
        "49.9000",
        "NULL",
        "1",
    )


def test_it_does_not_count_what_was_no_offer(connected, shop):
    draft = shop.add(name="Draft", regular_price="10", status="draft")
    connected.php(SWEEP)

    connected.php(
        "$p = wc_get_product( $given['id'] ); $p->set_status( 'publish' ); $p->set_regular_price( '60' ); $p->save();",
        id=draft,
    )
    connected.php(
        "$p = wc_get_product( $given['id'] ); $p->set_sale_price( '40' ); $p->save();",
        id=draft,
    )

    assert history(connected, draft) == [
        ("NULL", "NULL", "NULL", "0"),
        ("NULL", "10.0000", "NULL", "0"),
        ("60.0000", "60.0000", "NULL", "0"),
        ("40.0000", "60.0000", "60.0000", "1"),
    ]


def test_it_keeps_what_the_next_reduction_is_from_however_old(connected, shop):
    dress = shop.ids["Linen dress"]
    live(
        connected,
        dress,
        (900, "80", ""),
        (800, "100", ""),
        (10, "100", "90"),
    )

    connected.php("LuxeBrain\\Prices\\History::prune( time() );")

    assert [row[0] for row in history(connected, dress)] == ["100.0000", "90.0000"]


def test_it_knows_the_whole_life_of_what_is_made_while_it_looks(connected, shop):
    made_now = shop.add(name="Brand new", regular_price="60")

    assert history(connected, made_now) == [
        ("NULL", "NULL", "NULL", "0"),
        ("60.0000", "60.0000", "NULL", "1"),
    ]


def test_it_forgets_a_deleted_product(connected, shop):
    connected.php(SWEEP)

    connected.php("wp_delete_post( $given['id'], true );", id=shop.ids["Linen dress"])

    assert history(connected, shop.ids["Linen dress"]) == []


def test_it_watches_nothing_before_the_shop_is_connected(site, shop):
    site.php(SWEEP)

    assert history(site, shop.ids["Linen dress"]) == []


def test_it_goes_on_watching_what_is_sold_after_a_shop_has_left(connected, shop):
    live(connected, shop.ids["Linen dress"], (90, "49.90", ""))

    connected.php(
        "LuxeBrain\\Connection\\Disconnect::run();"
        "$product = wc_get_product( $given['id'] ); $product->set_regular_price( '45' ); $product->save();",
        id=shop.ids["Linen dress"],
    )

    assert [row[0] for row in history(connected, shop.ids["Linen dress"])] == [
        "49.9000",
        "45.0000",
    ]
