"""What shoppers see on shelves."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from tests.wordpress.shelf_brain import DECISION
from tests.wordpress.shelf_reader import cards, shelves

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> & Söhne'
AGE = "$GLOBALS['wpdb']->query( 'UPDATE wp_luxebrain_shelves SET made_at = ' . ( time() - $given['seconds'] ) );"


@pytest.fixture
def similar(shop, connected, visitor):
    """A product's page with three similar products."""
    connected.shelves["product-similar"] = [
        shop.ids[name] for name in ("Silk blouse", "Wool coat", "Cotton shirt")
    ]
    path = shop.product("Linen dress")
    visitor.open(path)
    shop.refresh()
    return path


def test_it_shows_what_luxebrain_picked_in_the_shops_own_words(similar, visitor):
    page = visitor.open(similar)

    assert [
        (card["name"], card["price"])
        for card in cards(page.text)
        if card["place"] == "product-similar"
    ] == [
        ("Silk blouse", "€89.00"),
        ("Wool coat", "€249.00 Original price was: €249.00.€199.00Current price is: €199.00."),
        ("Cotton shirt", "€35.00 \N{EN DASH} €39.00"),
    ]  # fmt: skip


def test_it_tells_the_tracker_which_decision_each_card_is_of(similar, visitor, shop):
    page = visitor.open(similar)

    first, second, third = (
        card["luxe"] for card in cards(page.text) if card["place"] == "product-similar"
    )
    assert first == {
        "placement": "product-similar",
        "product": shop.ids["Silk blouse"],
        "products": [shop.ids["Silk blouse"]],
        "position": 1,
        "decision": DECISION.format(1),
    }
    assert (second["position"], third["position"]) == (2, 3)


def test_it_links_each_card_to_the_product(similar, visitor, shop):
    page = visitor.open(similar)

    link = next(card["url"] for card in cards(page.text) if card["name"] == "Wool coat")
    assert "Wool coat" in visitor.http.get(link).text


def test_it_shows_todays_price_and_not_the_one_of_the_copy(
    similar, visitor, shop, site
):
    site.php(
        "$p = wc_get_product($given['id']); $p->set_regular_price('75.00'); $p->save();",
        id=shop.ids["Silk blouse"],
    )

    page = visitor.open(similar)

    assert "€75.00" in next(
        card["price"] for card in cards(page.text) if card["name"] == "Silk blouse"
    )


def test_it_shows_only_what_can_be_seen_and_bought(shop, connected, visitor):
    protected = shop.add(
        name="Behind a password", regular_price="5.00", post_password="x"
    )
    draft = shop.add(name="Draft", regular_price="5.00", status="draft")
    connected.shelves["product-similar"] = [
        shop.ids["Hidden sample"],
        shop.ids["No price yet"],
        shop.ids["Sold-out scarf"],
        protected,
        draft,
        987654,
        shop.ids["Linen dress"],  # The page's own.
        shop.ids["Pleated skirt"],
    ]
    path = shop.product("Linen dress")
    visitor.open(path)
    shop.refresh()

    assert shelves(visitor.open(path).text)["product-similar"] == ["Pleated skirt"]


def test_it_shows_nothing_where_no_pick_can_be_bought(shop, connected, visitor):
    connected.shelves["product-similar"] = [shop.ids["Sold-out scarf"]]
    path = shop.product("Linen dress")
    visitor.open(path)
    shop.refresh()

    assert "product-similar" not in shelves(visitor.open(path).text)


def test_it_escapes_what_a_product_is_called(shop, connected, visitor, site):
    hostile = shop.add(name="Coat", regular_price="5.00")
    # As an import may have written it, past every filter.
    site.php(
        "$GLOBALS['wpdb']->update('wp_posts', array('post_title' => $given['name']), array('ID' => $given['id']));",
        name=HOSTILE,
        id=hostile,
    )
    connected.shelves["product-similar"] = [hostile]
    path = shop.product("Linen dress")
    visitor.open(path)
    shop.refresh()

    page = visitor.open(path).text

    shelf = page[page.index("luxe-shelf__list") :].split("</section>")[0]
    assert "<script" not in shelf
    assert "onerror" not in shelf
    assert '"&gt; &amp; Söhne' in shelf or "&quot;&gt; &amp; Söhne" in shelf


def test_it_asks_nobody_while_a_page_is_built(similar, visitor, connected, shop):
    connected.seen.clear()

    for path in (similar, shop.category("Coats"), shop.page("cart"), "/"):
        visitor.open(path)

    assert connected.seen == []


@pytest.mark.parametrize("trouble", ["down", "unnamed", "slow", "failing", "garbage"])
def test_it_shows_the_last_good_copy_whatever_happens_to_luxebrain(
    similar, visitor, connected, shop, site, trouble
):
    site.php(AGE, seconds=48 * 3600)
    if url := {"down": "http://127.0.0.1:9", "unnamed": "http://x.invalid"}.get(
        trouble
    ):
        site.php(
            "$s = get_option('luxebrain_settings'); global $wpdb;"
            "$s['url'] = $given['url']; $wpdb->update('wp_options',"
            " array('option_value' => serialize($s)), array('option_name' => 'luxebrain_settings'));",
            url=url,
        )
    else:
        connected.status = 500 if trouble == "failing" else 200
        connected.delay = 2.0 if trouble == "slow" else 0.0
        connected.body = "<h1>Bad gateway</h1>"
    visitor.open(similar)
    shop.refresh()

    assert len(shelves(visitor.open(similar).text)["product-similar"]) == 3


def test_it_puts_nothing_about_the_visitor_into_the_page(similar, visitor, ada):
    signed_in = ada.open(similar).text

    page = visitor.open(similar)

    assert "set-cookie" not in page.headers
    shelf = re.compile(r'<section class="luxe-shelf.*?</section>', re.DOTALL)
    assert shelf.findall(signed_in) == shelf.findall(page.text)
    tag = re.search(r"<script[^>]*luxebrain-widget-js[^>]*>", page.text)
    assert tag
    assert not re.search(r"nonce|visitor|token|ada", unescape(tag.group()))


def test_it_has_no_script_in_the_page_and_no_style(similar, visitor):
    page = visitor.open(similar).text

    shelf = page[page.index('<section class="luxe-shelf') :].split("</section>")[0]
    assert "style=" not in shelf
    assert "<script" not in shelf


def test_it_reads_aloud_as_a_list_under_a_heading(similar, visitor):
    page = visitor.open(similar).text

    shelf = page[page.index('<section class="luxe-shelf') :].split("</section>")[0]
    heading = re.search(r'<h2[^>]* id="([^"]+)"', shelf).group(1)
    assert shelf.count(f'aria-labelledby="{heading}"') == 2
    assert '<ul class="luxe-shelf__list" role="list">' in shelf
    assert shelf.count("<li") == 3
    assert set(re.findall(r'<img[^>]* alt="([^"]*)"', shelf)) == {""}


def test_it_loads_nothing_of_shelves_where_none_stands(similar, visitor):
    assert "luxebrain-widget" not in visitor.open("/?s=nothing-at-all").text


def test_it_shows_nothing_when_luxebrain_is_not_connected(similar, visitor, site):
    site.php("update_option('luxebrain_settings', array());")

    page = visitor.open(similar).text

    assert "luxe-shelf" not in page
    assert "luxebrain-widget" not in page


def test_it_costs_few_queries(similar, visitor, site, shop, connected):
    count = """<?php
add_action( 'shutdown', function () {
    echo 'cli' === PHP_SAPI ? '' : '<!-- queries ' . $GLOBALS['wpdb']->num_queries . ' -->';
}, 0 );
"""
    file = site.root / "wp-content/mu-plugins/count.php"

    def queries() -> int:
        visitor.open(similar)
        return int(
            re.search(r"<!-- queries (\d+)", visitor.open(similar).text).group(1)
        )

    file.write_text(count)
    try:
        with_shelf = queries()
        # Two shelves more.
        for place in ("bought-together", "complete-outfit"):
            connected.shelves[place] = [shop.ids["Silk blouse"], shop.ids["Wool coat"]]
        site.php(AGE, seconds=7200)
        visitor.open(similar)
        shop.refresh()
        with_three = queries()
        site.php(
            "$GLOBALS['wpdb']->query( \"UPDATE wp_luxebrain_shelves SET answer = '[]'\" );"
        )
        without = queries()
    finally:
        file.unlink()
    # Which of them are published, they, their terms (two), their meta, the lowest prices of 30 days,
    # and what WooCommerce keeps of the variable one's prices.
    assert (with_shelf - without, with_three - with_shelf) == (7, 0)


def test_it_draws_the_themes_own_template(similar, visitor, site, shop):
    theme = site.root / "wp-content/themes/plain/luxebrain"
    child = site.root / "wp-content/themes/child"
    theme.mkdir()
    (child / "luxebrain").mkdir(parents=True)
    try:
        shop.theme("plain")
        (theme / "card.php").write_text(
            "<?php echo '<li>Parent: ' . esc_html( $args['name'] );"
        )
        assert "<li>Parent: Wool coat" in visitor.open(similar).text

        (child / "style.css").write_text("/*\nTheme Name: Child\nTemplate: plain\n*/")
        (child / "luxebrain/card.php").write_text(
            "<?php echo '<li>Child: ' . esc_html( $args['name'] );"
        )
        shop.theme("child")
        assert "<li>Child: Wool coat" in visitor.open(similar).text

        (child / "luxebrain/card.php").write_text(
            "<?php throw new Exception( 'Broken' );"
        )
        assert "luxe-card__name" in visitor.open(similar).text
    finally:
        shop.theme("twentytwentythree")
        (theme / "card.php").unlink()
        theme.rmdir()
        for file in ("luxebrain/card.php", "style.css"):
            (child / file).unlink(missing_ok=True)
        (child / "luxebrain").rmdir()
        child.rmdir()


def test_it_speaks_the_browsers_money(similar, visitor, site):
    site.php(
        "update_option('woocommerce_currency_pos', 'right_space');"
        "update_option('woocommerce_price_decimal_sep', ',');"
        "update_option('woocommerce_price_thousand_sep', '.');"
    )

    page = visitor.open(similar).text

    told = json.loads(unescape(re.search(r'data-format="([^"]+)"', page).group(1)))
    assert told == {
        "before": "",
        "after": "\N{NO-BREAK SPACE}€",
        "decimals": 2,
        "point": ",",
        "thousands": ".",
        "currency": "EUR",
    }


@pytest.mark.parametrize(
    ("options", "is_direct"),
    [
        ({}, True),
        ({"woocommerce_calc_taxes": "yes", "woocommerce_tax_display_shop": "incl"}, False),
        ({"woocommerce_price_display_suffix": "incl. VAT"}, False),
        (
            {
                "woocommerce_calc_taxes": "yes",
                "woocommerce_prices_include_tax": "yes",
                "woocommerce_tax_display_shop": "incl",
            },
            True,
        ),
    ],
)  # fmt: skip
def test_it_asks_this_shop_for_prices_that_only_it_can_work_out(
    similar, visitor, site, connected, options, is_direct
):
    site.php("array_map('update_option', array_keys($given), $given);", **options)

    page = visitor.open(similar).text

    assert (f'data-url="{connected.url}' in page) is is_direct
