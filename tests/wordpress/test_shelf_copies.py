"""The last good answers: fetched in the background, kept, forgotten."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from tests.wordpress.shelf_brain import COPIES
from tests.wordpress.shelf_reader import shelves
from tests.wordpress.site import PHP, STUBS

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

ROWS = """
return $GLOBALS['wpdb']->get_results(
    'SELECT context, language, places, made_at > 0 AS is_made, wanted FROM wp_luxebrain_shelves ORDER BY context', ARRAY_A );
"""
AGE = "$GLOBALS['wpdb']->query( 'UPDATE wp_luxebrain_shelves SET made_at = made_at - ' . $given['seconds'] );"
WANT = """
for ( $i = 1; $i <= {}; $i++ ) {{ $GLOBALS['wpdb']->query( "INSERT INTO wp_luxebrain_shelves
 (context, language, places, answer, wanted) VALUES ('product:$i', 'en', 'trending', '', 1)" ); }}
"""
PURGED = """
$urls = array();
add_action( 'luxebrain_purge_urls', function ( $given ) use ( &$urls ) { $urls = array_merge( $urls, $given ); }, 1 );
do_action( 'luxebrain_refresh_shelves' );
return $urls;
"""
PLACES = "price-line,bought-together,complete-outfit,product-similar,recently-viewed"


@pytest.fixture
def path(shop, connected):
    connected.shelves["product-similar"] = [shop.ids["Silk blouse"]]
    return shop.product("Linen dress")


def rows(site):
    return [
        {**row, "is_made": int(row["is_made"]), "wanted": int(row["wanted"])}
        for row in site.php(ROWS)
    ]


def test_it_notes_what_a_page_lacked(path, site, visitor, shop):
    visitor.open(path)

    assert rows(site) == [
        {
            "context": f"product:{shop.ids['Linen dress']}",
            "language": "en",
            "places": PLACES,
            "is_made": 0,
            "wanted": 1,
        }
    ]


def test_it_fetches_it_in_the_background(path, site, visitor, shop, connected):
    visitor.open(path)
    visitor.open(shop.category("Coats"))

    shop.refresh()

    term = site.php("return get_term_by('name', 'Coats', 'product_cat')->term_id;")
    assert connected.asked == [
        {
            "pages": [
                {"places": ["category-top"], "category": term, "limit": 12},
                {
                    "places": PLACES.split(","),
                    "product": shop.ids["Linen dress"],
                    "limit": 12,
                },
            ],
            "language": "en",
        }
    ]
    assert [(row["is_made"], row["wanted"]) for row in rows(site)] == [(1, 0), (1, 0)]


def test_it_asks_for_nothing_twice(path, visitor, shop, connected):
    visitor.open(path)
    shop.refresh()
    visitor.open(path)
    shop.refresh()

    assert len(connected.asked) == 1


def test_it_asks_again_for_what_is_old_and_shows_it_meanwhile(
    path, site, visitor, shop, connected
):
    visitor.open(path)
    shop.refresh()
    site.php(AGE, seconds=3700)

    page = visitor.open(path)
    shop.refresh()

    assert shelves(page.text)["product-similar"] == ["Silk blouse"]
    assert len(connected.asked) == 2


def test_it_asks_for_no_more_than_eight_pages_at_once(shop, site, connected):
    site.php(WANT.format(20))

    shop.refresh()

    assert [len(told["pages"]) for told in connected.asked] == [8, 8, 4]


def test_it_has_time_in_the_background(shop, site, connected):
    site.php(WANT.format(1))
    connected.delay = 5  # Longer than a shopper's question may take.

    shop.refresh()

    assert [row["is_made"] for row in rows(site)] == [1]


def test_it_finds_the_one_page_that_is_too_much_for_an_answer(shop, site, connected):
    site.php(WANT.format(12))
    connected.huge = {3}

    shop.refresh()

    assert [row["context"] for row in rows(site) if row["wanted"]] == ["product:3"]
    told = len(connected.asked)
    site.php(
        "$GLOBALS['wpdb']->query('UPDATE wp_luxebrain_shelves SET claimed_at = claimed_at - 121');"
    )
    shop.refresh()
    assert len(connected.asked) == told  # It is not asked for again at once.


@pytest.mark.parametrize("trouble", ["slow", "huge"])
def test_a_slow_or_too_large_copy_pauses_nothing_else(shop, site, connected, trouble):
    site.php(WANT.format(1))
    setattr(connected, trouble, {1})

    shop.refresh()

    assert site.php("return LuxeBrain\\Breaker::is_open();") is False
    assert site.php("return get_transient('luxebrain_failures');") is False


def test_it_asks_again_soon_where_nothing_could_be_had(shop, site, connected):
    site.php(WANT.format(2))
    connected.status = 502
    shop.refresh()
    connected.status = 200
    site.php(
        "$GLOBALS['wpdb']->query('UPDATE wp_luxebrain_shelves SET claimed_at = claimed_at - 121');"
    )

    shop.refresh()

    assert [row["is_made"] for row in rows(site)] == [1, 1]


def test_it_asks_for_each_language_by_itself(shop, site, connected):
    site.php(
        "foreach ( array( 'de', 'en' ) as $l ) { $GLOBALS['wpdb']->query( \"INSERT INTO wp_luxebrain_shelves"
        " (context, language, places, answer, wanted) VALUES ('shop', '$l', 'trending', '', 1)\" ); }"
    )

    shop.refresh()

    assert sorted(told["language"] for told in connected.asked) == ["de", "en"]


def test_two_workers_do_not_fetch_the_same(shop, site, connected):
    site.php(
        "for ( $i = 1; $i <= 40; $i++ ) { $GLOBALS['wpdb']->query( \"INSERT INTO wp_luxebrain_shelves"
        " (context, language, places, answer, wanted) VALUES ('product:$i', 'en', 'trending', '', 1)\" ); }"
    )
    connected.delay = 1
    told = json.dumps(
        {"code": "do_action('luxebrain_refresh_shelves');", "given": []}
    ).encode()
    workers = [
        subprocess.Popen(
            [*PHP, str(STUBS / "run.php"), str(site.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    for worker in workers:
        worker.stdin.write(told)
        worker.stdin.close()
    for worker in workers:
        worker.wait()

    asked = [page["product"] for told in connected.asked for page in told["pages"]]
    assert sorted(asked) == list(range(1, 41))


def test_it_takes_up_what_a_killed_worker_left(path, site, visitor, shop, connected):
    visitor.open(path)
    site.php(
        "LuxeBrain\\Shelves\\Copies::claim( 25 );"  # And then nothing more.
    )
    shop.refresh()
    at_once = len(connected.asked)
    site.php(
        "$GLOBALS['wpdb']->query('UPDATE wp_luxebrain_shelves SET claimed_at = claimed_at - 121');"
    )

    shop.refresh()

    assert (at_once, len(connected.asked)) == (0, 1)


def test_it_has_page_caches_forget_a_page_that_gets_its_first_shelf(
    path, site, visitor, shop
):
    visitor.open(path)
    visitor.open("/?post_type=product")

    first = site.php(PURGED)
    site.php(AGE, seconds=3700)
    visitor.open(path)
    second = site.php(PURGED)

    link = site.php("return get_permalink($given['id']);", id=shop.ids["Linen dress"])
    assert (first, second) == ([link], [])


@pytest.mark.parametrize(
    "answer",
    [
        "<!DOCTYPE html><title>Maintenance</title>",
        "[]",
        '{"pages": []}',
        '{"pages": "all"}',
        '{"pages": [{"shelves": "none"}]}',
        '{"pages": [{"shelves": [{"place": "unheard-of", "picks": []}]}]}',
        '{"pages": [{"shelves": [{"place": "product-similar", "title": "<script>alert(1)</script>", "picks": []}]}]}',
        '{"pages": [{"shelves": [{"place": "product-similar", "decision": "1 OR 1=1", "picks": []}]}]}',
        '{"pages": [{"shelves": [{"place": "product-similar", "picks": [{"product": "15"}]}]}]}',
        '{"pages": [{"shelves": [{"place": "product-similar", "picks": [{"product": -1}]}]}]}',
        '{"pages": [{"shelves": [{"place": "product-similar", "picks": [{"product": 15, "url": "javascript:alert(1)"}]}]}]}',
        '{"pages": [{"shelves": [], "hero": {"heading": "Sale", "url": "javascript:alert(1)"}}]}',
        '{"pages": [{"shelves": [], "hero": {"heading": ["Sale"]}}]}',
        '{"pages": [{"shelves": [], "lines": [{"product": 15, "text": "Only 3", "true_until": "whenever"}]}]}',
        '{"pages": [{"shelves": [{"place": "product-similar", "picks": [' + ",".join(['{"product": 1}'] * 25) + "]}]}]}",
    ],
)  # fmt: skip
def test_it_keeps_the_last_good_answer_when_another_is_not_to_be_trusted(
    path, site, visitor, shop, connected, answer
):
    visitor.open(path)
    shop.refresh()
    site.php(AGE, seconds=3700)
    visitor.open(path)
    connected.body = answer

    shop.refresh()

    assert shelves(visitor.open(path).text)["product-similar"] == ["Silk blouse"]
    assert [row["wanted"] for row in rows(site)] == [1]


@pytest.mark.parametrize("image", ["http://cdn.example/x.jpg", "//cdn", 7, None])
def test_one_bad_picture_costs_no_more_than_itself(
    path, site, visitor, shop, connected, image
):
    connected.body = json.dumps(
        {
            "pages": [
                {
                    "shelves": [
                        {
                            "place": "product-similar",
                            "picks": [
                                {"product": shop.ids["Wool coat"], "image": image},
                                {"product": shop.ids["Silk blouse"], "image": ""},
                            ],
                        }
                    ],
                    "hero": {"heading": "Linen weeks", "image": image},
                }
            ]
        }
    )
    visitor.open(path)

    shop.refresh()

    assert shelves(visitor.open(path).text)["product-similar"] == [
        "Wool coat",
        "Silk blouse",
    ]
    kept = site.php(
        "return json_decode( $GLOBALS['wpdb']->get_var( 'SELECT answer FROM wp_luxebrain_shelves' ), true );"
    )
    assert (kept["hero"]["heading"], kept["hero"]["image"]) == ("Linen weeks", "")


def test_it_forgets_what_nobody_asked_for_longest(shop, site, connected):
    site.php(
        "for ( $i = 1; $i <= 5; $i++ ) { $GLOBALS['wpdb']->query( \"INSERT INTO wp_luxebrain_shelves"
        " (context, language, places, answer, asked_at) VALUES ('product:$i', 'en', 'trending', '', $i)\" ); }"
    )

    site.php(
        "add_filter('luxebrain_most_copies', fn() => 2); do_action('luxebrain_refresh_shelves');"
    )

    assert [row["context"] for row in rows(site)] == ["product:4", "product:5"]


def test_it_forgets_everything_of_another_luxebrain(path, site, visitor, shop):
    visitor.open(path)
    shop.refresh()

    site.php(
        "update_option('luxebrain_settings', array('url' => 'https://other.example') + get_option('luxebrain_settings'));"
    )

    assert rows(site) == []


def test_it_fetches_nothing_when_it_is_not_connected(
    path, site, visitor, shop, connected
):
    visitor.open(path)
    site.php("update_option('luxebrain_settings', array());")

    shop.refresh()

    assert connected.seen == []


def test_it_says_nothing_where_its_table_is_missing(path, site, visitor, shop):
    site.php("LuxeBrain\\Tables::drop_all();")
    try:
        page = visitor.open(path)
    finally:
        site.php("LuxeBrain\\Tables::make();")

    assert page.status_code == 200
    assert not [line for line in site.complaints() if "luxebrain_shelves" in line]


def test_it_signs_what_it_asks(path, visitor, shop, connected):
    visitor.open(path)
    shop.refresh()

    assert connected.seen == [f"POST {COPIES}"]
    assert len(connected.asked) == 1  # Only what was signed is answered.


def test_a_kept_page_claims_nothing_under_the_price(path, visitor, shop, connected):
    connected.lines = [
        {"place": "price-line", "text": "Only 3 left", "true_until": "2030-01-01T00:00:00Z"}
    ]  # fmt: skip
    visitor.open(path)
    shop.refresh()

    page = visitor.open(path).text

    assert "Only 3 left" not in page
    [room] = re.findall(
        r"<div [^>]*data-luxe-place=\"price-line\"[^>]*>(.*?)</div>", page
    )
    assert room == ""
    assert 'aria-live="off"' in page


def test_it_shows_as_many_as_are_wanted_though_some_are_sold_out(
    site, visitor, shop, connected
):
    many = [shop.add(name=f"Dress {n}", regular_price="20.00") for n in range(14)]
    connected.shelves["product-similar"] = many
    path = shop.product("Linen dress")
    visitor.open(path)
    shop.refresh()
    site.php(
        "foreach ( $given['ids'] as $id ) { $p = wc_get_product( $id ); $p->set_stock_status( 'outofstock' ); $p->save(); }",
        ids=many[:3],
    )

    shown = shelves(visitor.open(path).text)["product-similar"]

    assert shown == [f"Dress {n}" for n in range(3, 11)]


def test_it_asks_for_as_many_as_a_shortcode_wants(site, visitor, shop, connected):
    many = [shop.add(name=f"Dress {n}", regular_price="20.00") for n in range(14)]
    connected.shelves["trending"] = many
    number = site.php(
        "return wp_insert_post( array( 'post_type' => 'page', 'post_status' => 'publish', 'post_title' => 'All',"
        " 'post_content' => '[luxebrain_trending limit=\"3\"]' ) );"
    )
    connected.limits["trending"] = 5
    visitor.open(f"/?page_id={number}")
    shop.refresh()
    site.php(
        "wp_update_post( array( 'ID' => $given['id'], 'post_content' => '[luxebrain_trending limit=\"13\"]' ) );",
        id=number,
    )
    visitor.open(f"/?page_id={number}")
    shop.refresh()

    shown = shelves(visitor.open(f"/?page_id={number}").text)["trending"]

    told = [told["pages"][0] for told in connected.asked]
    assert [(page["places"], page["limit"]) for page in told] == [
        (["trending:7"], 7),
        (["trending:17"], 17),
    ]
    assert len(shown) == 13
