"""Our WooCommerce fires what the real one was seen to fire: contracts/woocommerce/storefront/hooks_matrix.json."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.wordpress, pytest.mark.xdist_group("wordpress")]

NOTE = """<?php
add_action( 'all', function ( $hook ) {
    if ( 0 === strpos( $hook, 'woocommerce_' ) || 0 === strpos( $hook, 'render_block_woocommerce/' ) ) {
        $GLOBALS['noted'][ $hook ] = true;
    }
} );
add_action( 'shutdown', function () {
    if ( 'cli' !== PHP_SAPI ) {
        echo '<!-- noted ' . implode( ' ', array_keys( $GLOBALS['noted'] ?? array() ) ) . ' -->';
    }
} );
"""
SINGLE = {"woocommerce_after_single_product_summary", "woocommerce_before_main_content"}
LIST = {"woocommerce_before_shop_loop", "woocommerce_after_shop_loop_item"}


@pytest.fixture
def noted(site, shop, visitor):
    """The hooks that fire while a page is made."""
    file = site.root / "wp-content/mu-plugins/note.php"
    file.write_text(NOTE)
    yield lambda path: set(visitor.open(path).text.split("<!-- noted ")[1].split())
    file.unlink()


@pytest.mark.parametrize("theme", ["twentytwentythree", "plain"])
def test_it_fires_the_hooks_of_product_pages(site, shop, noted, theme):
    site.php("switch_theme($given['theme']);", theme=theme)

    assert noted(shop.product("Linen dress")) >= SINGLE
    assert noted(shop.page("shop")) >= LIST
    assert noted(shop.category("Coats")) >= LIST
    assert ("woocommerce_archive_description" in noted(shop.page("shop"))) is (
        theme == "plain"
    )


@pytest.mark.parametrize("theme", ["twentytwentythree", "plain"])
def test_it_fires_no_classic_hook_where_cart_and_checkout_are_blocks(
    site, shop, noted, theme
):
    site.php("switch_theme($given['theme']);", theme=theme)

    cart = noted(shop.page("cart"))
    checkout = noted(shop.page("checkout"))

    assert "render_block_woocommerce/cart" in cart
    assert "render_block_woocommerce/checkout" in checkout
    assert not {"woocommerce_before_cart", "woocommerce_before_checkout_form"} & (
        cart | checkout
    )


@pytest.mark.parametrize("theme", ["twentytwentythree", "plain"])
def test_it_fires_the_thank_you_hooks(site, shop, noted, theme):
    site.php("switch_theme($given['theme']);", theme=theme)

    fired = noted(f"{shop.page('checkout')}&order-received=99")

    assert {"woocommerce_before_thankyou", "woocommerce_thankyou"} <= fired


def test_it_fires_the_hooks_of_a_classic_cart(site, shop, noted):
    site.php(
        "wp_update_post(array('ID' => get_option('woocommerce_cart_page_id'),"
        " 'post_content' => '[woocommerce_cart]'));"
    )

    fired = noted(shop.page("cart"))

    assert {"woocommerce_before_cart", "woocommerce_cart_is_empty"} & fired
