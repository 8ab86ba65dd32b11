from __future__ import annotations

import json

import pytest

from tests.wordpress.brain import KEY

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

# Six cache plugins by their public doors; each writes down what it is asked to forget.
STAND_INS = r"""<?php
function noted( $who, $what ) {
	file_put_contents( WP_CONTENT_DIR . '/purged.txt', wp_json_encode( array( $who, $what ) ) . "\n", FILE_APPEND );
}
function rocket_clean_post( $id ) { noted( 'WP Rocket post', $id ); }
function rocket_clean_files( $urls ) { foreach ( $urls as $url ) { noted( 'WP Rocket', $url ); } }
function rocket_clean_domain() { noted( 'WP Rocket', 'all' ); }
function w3tc_flush_post( $id ) { noted( 'W3 Total Cache post', $id ); }
function w3tc_flush_url( $url ) { noted( 'W3 Total Cache', $url ); }
function w3tc_flush_posts() { noted( 'W3 Total Cache', 'all' ); }
function wpsc_delete_url_cache( $url ) { noted( 'WP Super Cache', $url ); }
function wp_cache_clear_cache() { noted( 'WP Super Cache', 'all' ); }
function wpfc_clear_post_cache_by_id( $id ) { noted( 'WP Fastest Cache post', $id ); }
function wpfc_clear_all_cache() { noted( 'WP Fastest Cache', 'all' ); }
add_action( 'litespeed_purge_post', function ( $id ) { noted( 'LiteSpeed Cache post', $id ); } );
add_action( 'litespeed_purge_url', function ( $url ) { noted( 'LiteSpeed Cache', $url ); } );
add_action( 'litespeed_purge_all', function () { noted( 'LiteSpeed Cache', 'all' ); } );
add_action( 'cache_enabler_clear_page_cache_by_url', function ( $url ) { noted( 'Cache Enabler', $url ); } );
add_action( 'cache_enabler_clear_site_cache', function () { noted( 'Cache Enabler', 'all' ); } );
"""
BY_URL = {
    "WP Rocket",
    "W3 Total Cache",
    "WP Super Cache",
    "LiteSpeed Cache",
    "Cache Enabler",
}
BY_POST = {
    "WP Rocket post",
    "W3 Total Cache post",
    "WP Fastest Cache post",
    "LiteSpeed Cache post",
}


class Caches:
    def __init__(self, site):
        self.site = site
        self.plugins = site.root / "wp-content/mu-plugins/caches.php"
        self.notes = site.root / "wp-content/purged.txt"

    def purged(self):
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [tuple(json.loads(line)) for line in lines]


@pytest.fixture
def connected(site, shop):
    site.php(
        "update_option('luxebrain_settings', $given);",
        url="http://127.0.0.1:9",
        secret_key=KEY,
    )
    site.php("LuxeBrain\\Prices\\Watch::sweep();")
    return site


@pytest.fixture
def caches(connected):
    caches = Caches(connected)
    caches.plugins.write_text(STAND_INS)
    yield caches
    caches.plugins.unlink()
    caches.notes.unlink(missing_ok=True)


CUT = "$p = wc_get_product( $given['id'] ); $p->set_sale_price( '20' ); $p->save(); $p->set_sale_price( '19' ); $p->save();"


def pages_of(site, shop, name):
    return site.php(
        "return array( home_url( '/' ), wc_get_page_permalink( 'shop' ), get_permalink( $given['id'] ), get_term_link( get_the_terms( $given['id'], 'product_cat' )[0] ) );",
        id=shop.ids[name],
    )


def test_it_empties_each_page_that_shows_the_price_once(connected, shop, caches):
    pages = pages_of(connected, shop, "Linen dress")

    connected.php(CUT, id=shop.ids["Linen dress"])

    purged = caches.purged()
    for who in BY_URL:
        assert sorted(what for whom, what in purged if whom == who) == sorted(pages), (
            who
        )
    for who in BY_POST:
        assert (
            next(what for whom, what in purged if whom == who)
            == shop.ids["Linen dress"]
        ), who


def test_it_empties_the_pages_of_the_category_above(connected, shop, caches):
    above = connected.php(
        "$above = wp_insert_term( 'Clothes', 'product_cat' )['term_id'];"
        "wp_update_term( get_term_by( 'name', 'Dresses', 'product_cat' )->term_id, 'product_cat', array( 'parent' => $above ) );"
        "return get_term_link( $above, 'product_cat' );"
    )

    connected.php(CUT, id=shop.ids["Linen dress"])

    assert ("WP Rocket", above) in caches.purged()


def test_it_empties_the_products_page_for_a_variation(connected, shop, caches):
    child = connected.php(
        "return wc_get_product( $given['id'] )->get_children()[0];",
        id=shop.ids["Cotton shirt"],
    )

    connected.php(CUT, id=child)

    posts = [what for who, what in caches.purged() if who == "WP Fastest Cache post"]
    assert shop.ids["Cotton shirt"] in posts
    assert child not in posts


def test_it_leaves_caches_alone_when_no_price_changed(connected, shop, caches):
    connected.php(
        "$p = wc_get_product( $given['id'] ); $p->set_name( 'Longer' ); $p->save();",
        id=shop.ids["Linen dress"],
    )

    assert caches.purged() == []


def test_it_empties_everything_where_very_many_changed(connected, shop, caches):
    connected.php(
        "LuxeBrain\\Prices\\Caches::purge_products( array_map( function ( $n ) {"
        "return wp_insert_post( array( 'post_type' => 'product', 'post_title' => $n, 'post_status' => 'publish' ) ); }, range( 1, 101 ) ) );"
    )

    assert {what for _, what in caches.purged()} == {"all"}
    assert {who for who, _ in caches.purged()} == BY_URL | {"WP Fastest Cache"}


def test_it_shows_the_price_of_rest_on_the_page_and_in_the_cart_alike(
    connected, shop, caches, visitor
):
    before = visitor.open(shop.product("Linen dress"))
    assert "49.90" in before.text

    # As WooCommerce's controller does: prices set, product saved, in a request of its own.
    connected.php(
        "define( 'REST_REQUEST', true ); $p = wc_get_product( $given['id'] ); $p->set_regular_price( '44.40' ); $p->save();",
        id=shop.ids["Linen dress"],
    )
    line = visitor.http.post(
        "/?rest_route=/wc/store/v1/cart/add-item", json={"id": shop.ids["Linen dress"]}
    ).json()["items"][0]

    assert ("LiteSpeed Cache post", shop.ids["Linen dress"]) in caches.purged()
    page = visitor.open(shop.product("Linen dress"))
    assert "44.40" in page.text
    assert "49.90" not in page.text
    assert line["line_total"] == 44.4


def test_it_works_where_no_cache_plugin_is(connected, shop):
    connected.php(CUT, id=shop.ids["Linen dress"])

    assert connected.complaints() == []


EVERYONE = BY_URL | {"WP Fastest Cache"}
COPY = """
$GLOBALS['wpdb']->insert( 'wp_luxebrain_shelves', array( 'context' => $given['context'], 'language' => 'en', 'places' => 'trending',
    'answer' => wp_json_encode( array( 'shelves' => array( 'trending' => array( 'place' => 'trending', 'title' => '', 'decision' => null,
        'held_out' => false, 'products' => $given['products'] ) ), 'hero' => null ) ) ) );
"""
SHOWN = "as_run_due();"


@pytest.mark.parametrize(
    "code",
    [
        "do_action( 'luxebrain_connected' );",
        "do_action( 'luxebrain_disconnected' );",
        "update_option( 'luxebrain_settings', array( 'place_product_upsell' => '3' ) + get_option( 'luxebrain_settings' ) );",
        "delete_option( 'luxebrain_settings' ); add_option( 'luxebrain_settings', array( 'place_product_upsell' => '3' ) );",
        "require_once ABSPATH . 'wp-admin/includes/plugin.php'; deactivate_plugins( 'luxebrain/luxebrain.php' );",
        "do_action( 'activate_luxebrain/luxebrain.php', false );",
    ],
)
def test_it_empties_everything_where_other_things_stand_on_pages(
    connected, caches, code
):
    connected.php(code)

    assert {what for _, what in caches.purged()} == {"all"}
    assert {who for who, _ in caches.purged()} == EVERYONE


def test_it_leaves_caches_alone_when_settings_stay_as_they_are(connected, caches):
    connected.php("update_option( 'luxebrain_settings', get_option( 'luxebrain_settings' ) );")  # fmt: skip

    assert caches.purged() == []


@pytest.mark.parametrize(
    "change",
    [
        "$p->set_regular_price( '45' ); $p->save();",
        "$p->set_stock_status( 'outofstock' ); $p->save();",
    ],
)
def test_it_empties_the_pages_on_whose_shelves_a_product_stands(
    connected, shop, caches, change
):
    coat, dress, skirt = (
        shop.ids[name] for name in ("Wool coat", "Linen dress", "Pleated skirt")
    )
    connected.php(COPY, context=f"product:{coat}", products=[7, dress, 8])
    connected.php(COPY, context=f"product:{skirt}", products=[int(f"{dress}1"), 9])
    page, other = connected.php(
        "return array_map( 'get_permalink', $given['ids'] );", ids=[coat, skirt]
    )

    connected.php(f"$p = wc_get_product( $given['id'] ); {change}", id=dress)
    in_the_request = caches.purged()
    connected.php(SHOWN)

    assert ("WP Rocket", page) not in in_the_request
    assert ("WP Rocket", page) in caches.purged()
    assert ("WP Rocket", other) not in caches.purged()


def test_it_empties_everything_where_a_product_stands_on_very_many_pages(
    connected, caches
):
    connected.php(
        "for ( $i = 1; $i <= 201; $i++ ) { $GLOBALS['wpdb']->insert( 'wp_luxebrain_shelves',"
        " array( 'context' => \"product:9$i\", 'language' => 'en', 'answer' => '[5]' ) ); }"
        "LuxeBrain\\Shelves\\Shown::purge( array( 5 ) );"
    )

    assert {what for _, what in caches.purged()} == {"all"}


def test_it_tells_wp_fastest_cache_posts_and_everything_where_it_knows_no_address(
    connected, shop, caches
):
    dress = shop.ids["Linen dress"]
    connected.php(
        "LuxeBrain\\Prices\\Caches::purge_urls( array( get_permalink( $given['id'] ) ) );",
        id=dress,
    )
    first = [call for call in caches.purged() if "Fastest" in call[0]]
    connected.php(
        "LuxeBrain\\Prices\\Caches::purge_urls( array( get_term_link( 'dresses', 'product_cat' ) ) );"
    )

    assert first == [("WP Fastest Cache post", dress)]
    assert ("WP Fastest Cache", "all") in caches.purged()


def test_it_empties_pages_of_the_copys_language(connected, shop, caches):
    coat, dress = shop.ids["Wool coat"], shop.ids["Linen dress"]
    connected.php(COPY, context=f"product:{coat}", products=[dress])

    connected.php(
        "$GLOBALS['wpdb']->query( \"UPDATE wp_luxebrain_shelves SET language = 'de'\" );"
        "add_filter( 'wpml_permalink', fn( $url, $language ) => \"$url&lang=$language\", 10, 2 );"
        "LuxeBrain\\Shelves\\Shown::purge( array( $given['id'] ) );",
        id=dress,
    )

    [url] = [what for who, what in caches.purged() if who == "WP Rocket"]
    assert url.endswith("&lang=de")
