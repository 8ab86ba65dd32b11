"""Shelves that a merchant places: shortcodes and blocks."""

from __future__ import annotations

import json
import re

import pytest

from tests.wordpress.shelf_reader import cards, shelves, titles

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

HERO = {
    "place": "home-hero",
    "heading": "Linen & silk",
    "text": "For the first warm days.",
    "image": "https://cdn.example/hero.jpg",
    "url": "https://shop.example/?a=1&b=2",
    "label": "See it",
    "decision": "0197a000-0000-7000-8000-000000000001",
}
# The ending of the shortcode, and the placement that it stands for.
SHELVES = {
    "home_picks": "home-picks",
    "category_top": "category-top",
    "similar": "product-similar",
    "bought_together": "bought-together",
    "complete_outfit": "complete-outfit",
    "upsell": "upsell",
    "cart_cross_sell": "cart-cross-sell",
    "recently_viewed": "recently-viewed",
    "trending": "trending",
    "new_for_you": "new-for-you",
    "thank_you": "thank-you",
}
ALL = ["recommendations", "hero", "price_line", "visual_search", *SHELVES]
DRAW_BLOCK = "/wp-json/wp/v2/block-renderer/luxebrain/{}?context=edit&{}"


@pytest.fixture
def written(site, shop, connected, visitor):
    """Writes a page, lets the background work, and opens it."""

    def open_page(content):
        number = site.php(
            # As an administrator, whose text WordPress leaves as it is.
            "kses_remove_filters(); return wp_insert_post(array('post_type' => 'page', 'post_status' => 'publish',"
            " 'post_title' => 'Written', 'post_content' => wp_slash($given['content'])));",
            content=content,
        )
        visitor.open(f"/?page_id={number}")
        shop.refresh()
        return visitor.open(f"/?page_id={number}").text

    return open_page


@pytest.mark.parametrize("ending", SHELVES)
def test_it_draws_a_shelf_for_each_shortcode(ending, written, shop, connected):
    connected.shelves[SHELVES[ending]] = [
        shop.ids["Silk blouse"],
        shop.ids["Wool coat"],
    ]

    page = written(f"[luxebrain_{ending}]")

    assert shelves(page) == {SHELVES[ending]: ["Silk blouse", "Wool coat"]}


@pytest.mark.parametrize("ending", SHELVES)
def test_it_draws_a_shelf_for_each_block(ending, written, shop, connected):
    connected.shelves[SHELVES[ending]] = [
        shop.ids["Silk blouse"],
        shop.ids["Wool coat"],
    ]

    page = written(f"<!-- wp:luxebrain/{ending.replace('_', '-')} /-->")

    assert shelves(page) == {SHELVES[ending]: ["Silk blouse", "Wool coat"]}


def test_products_stand_where_no_banner_fits(written, shop, connected):
    connected.shelves["home-hero"] = [shop.ids["Silk blouse"], shop.ids["Wool coat"]]

    page = written("[luxebrain_hero]")

    assert shelves(page) == {"home-hero": ["Silk blouse", "Wool coat"]}


def test_a_banner_stands_before_its_products(written, shop, connected):
    connected.shelves["home-hero"] = [shop.ids["Silk blouse"]]
    connected.hero = HERO

    page = written("[luxebrain_hero]")

    assert "luxe-hero__heading" in page
    assert shelves(page) == {}


@pytest.mark.parametrize(
    ("set_to", "wanted", "room"), [(3, "", 3), (3, ' limit="5"', 5), (None, "", 8)]
)
def test_it_reserves_as_much_room_as_will_be_filled(
    written, shop, connected, set_to, wanted, room
):
    connected.shelves["new-for-you"] = []
    if set_to:
        connected.limits["new-for-you"] = set_to

    page = written(f"[luxebrain_new_for_you{wanted}]")

    assert page.count('<li class="luxe-card"') == room


def test_it_draws_nothing_where_no_page_is_built(written, site, shop, connected):
    """A description for search engines, an excerpt, an answer of the REST API."""
    connected.shelves["trending"] = [shop.ids["Silk blouse"]]
    assert shelves(written("[luxebrain_trending]"))
    site.php("$GLOBALS['wpdb']->query('DELETE FROM wp_luxebrain_shelves');")
    ask = (
        "$told = array(); $draw = function () use ( &$told ) {"
        " $told[] = LuxeBrain\\Shelves\\Shelf::draw( 'trending' ); };"
        "add_action( 'wp_head', $draw, 1 ); do_action( 'wp_head' ); remove_action( 'wp_head', $draw, 1 );"
        "add_filter( 'get_the_excerpt', function ( $text ) use ( $draw ) { $draw(); return $text; } );"
        "apply_filters( 'get_the_excerpt', '', null );"
        "define( 'REST_REQUEST', true ); $draw(); do_action( 'shutdown' ); return $told;"
    )

    assert site.php(ask) == ["", "", ""]
    assert (
        site.database.sql("SELECT context FROM wp_luxebrain_shelves", "wordpress") == ""
    )


def test_it_obeys_placement_limit_and_title(written, shop, connected):
    connected.shelves["trending"] = [shop.ids["Silk blouse"], shop.ids["Wool coat"]]

    page = written(
        '[luxebrain_recommendations placement="trending" limit="1" title="Hot & <b>new</b>"]'
    )

    assert shelves(page) == {"trending": ["Silk blouse"]}
    assert titles(page) == {"trending": "Hot & <b>new</b>"}


def test_it_obeys_what_a_block_was_given(written, shop, connected):
    connected.shelves["trending"] = [shop.ids["Silk blouse"], shop.ids["Wool coat"]]
    given = {
        "placement": "trending",
        "limit": 1,
        "title": "<script>alert(1)</script>",
        "align": "wide",
        "backgroundColor": "primary",
        "style": {"spacing": {"padding": {"top": "3rem"}}},
    }

    # As the editor writes it.
    attributes = json.dumps(given).replace("<", "\\u003c").replace(">", "\\u003e")
    page = written(f"<!-- wp:luxebrain/recommendations {attributes} /-->")

    assert shelves(page) == {"trending": ["Silk blouse"]}
    assert titles(page) == {"trending": "<script>alert(1)</script>"}
    assert "<script>alert(1)" not in page
    [wrapper] = re.findall(r"<section [^>]*luxe-shelf[^>]*>", page)
    for part in ("alignwide", "has-primary-background-color", "padding-top:3rem"):
        assert part in wrapper


def test_it_shows_luxebrains_title_unless_the_merchant_wrote_one(
    written, shop, connected
):
    connected.shelves["trending"] = [shop.ids["Silk blouse"]]
    connected.titles["trending"] = "Diese Woche beliebt & gut"

    assert titles(written("[luxebrain_trending]")) == {
        "trending": "Diese Woche beliebt & gut"
    }


def test_it_shows_what_goes_with_another_product(written, shop, connected):
    connected.shelves["product-similar"] = [shop.ids["Silk blouse"]]

    page = written(f'[luxebrain_similar product="{shop.ids["Wool coat"]}"]')

    assert [card["name"] for card in cards(page)] == ["Silk blouse"]
    assert connected.asked[0]["pages"][0]["product"] == shop.ids["Wool coat"]
    assert "data-luxe-place" not in page  # The visitor's own answer is about the page.


@pytest.mark.parametrize("content", ["[luxebrain_hero]", "<!-- wp:luxebrain/hero /-->"])
def test_it_draws_the_banner(content, written, connected):
    connected.hero = HERO

    page = written(content)

    assert "Linen &amp; silk" in page
    assert 'src="https://cdn.example/hero.jpg"' in page
    assert 'href="https://shop.example/?a=1&#038;b=2"' in page


def test_it_leads_from_the_banner_into_the_shop(written, connected, site):
    connected.hero = {**HERO, "url": "/sale"}

    assert f'href="{site.url}/sale"' in written("[luxebrain_hero]")


@pytest.mark.parametrize("ending", [one for one in ALL if one != "visual_search"])
def test_it_draws_nothing_where_there_is_nothing(ending, written):
    page = written(
        f"[luxebrain_{ending}]<!-- wp:luxebrain/{ending.replace('_', '-')} /-->"
    )

    assert "[luxebrain_" not in page
    assert not shelves(page)
    assert "luxe-hero" not in page


@pytest.mark.parametrize("placement", ["nonsense", "", "<script>", "../hero"])
def test_it_draws_nothing_for_a_placement_that_is_none(placement, written, connected):
    page = written(f"[luxebrain_recommendations placement='{placement}']")

    assert not shelves(page)
    assert connected.asked == []


def test_it_is_a_block_for_each_shortcode(site, shop):
    blocks = site.php(
        "return array_values(array_filter(array_keys("
        "WP_Block_Type_Registry::get_instance()->get_all_registered()),"
        " fn($n) => 0 === strpos($n, 'luxebrain/')));"
    )
    codes = site.php(
        "return array_values(array_filter(array_keys($GLOBALS['shortcode_tags']),"
        " fn($n) => 0 === strpos($n, 'luxebrain_')));"
    )

    assert sorted(blocks) == sorted(
        "luxebrain/" + code.removeprefix("luxebrain_").replace("_", "-")
        for code in codes
    )
    assert sorted(codes) == sorted(f"luxebrain_{ending}" for ending in ALL)


def test_the_editor_knows_each_block(site, shop):
    script = (site.root / "wp-content/plugins/luxebrain/assets/editor.js").read_text()

    told = re.search(r"const names = \[(.*?)\]", script, re.DOTALL).group(1)

    assert sorted(re.findall(r'"([a-z-]+)"', told)) == sorted(
        ending.replace("_", "-") for ending in ALL
    )


def test_the_editor_shows_the_shops_own_products_before_the_first_answer(
    site, shop, connected, ada
):
    nonce = re.search(
        r'createNonceMiddleware\( "([0-9a-f]+)"',
        ada.open("/wp-admin/post-new.php").text,
    ).group(1)

    drawn = ada.http.get(
        DRAW_BLOCK.format("trending", "attributes[limit]=3"),
        headers={"X-WP-Nonce": nonce},
    ).json()["rendered"]

    assert len(cards(drawn)) == 3
    assert "data-luxe-place" not in drawn


def test_nobody_else_is_shown_a_preview(site, shop, connected, visitor):
    assert visitor.open(DRAW_BLOCK.format("trending", "")).status_code == 401
