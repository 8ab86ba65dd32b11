<?php
/**
 * Which page of the shop is this?
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Answers a page's id; -1 when there is none.
 *
 * @param string $page shop, cart, checkout or myaccount.
 */
function wc_get_page_id( $page ) {
	$id = apply_filters( "woocommerce_get_{$page}_page_id", get_option( "woocommerce_{$page}_page_id" ) );
	return $id ? absint( $id ) : -1;
}

/**
 * Answers a page's address.
 *
 * @param string $page shop, cart, checkout or myaccount.
 */
function wc_get_page_permalink( $page ) {
	return 0 < wc_get_page_id( $page ) ? get_permalink( wc_get_page_id( $page ) ) : get_home_url();
}

/**
 * Answers the cart's address.
 */
function wc_get_cart_url() {
	return apply_filters( 'woocommerce_get_cart_url', wc_get_page_permalink( 'cart' ) );
}

/**
 * Answers the checkout's address.
 */
function wc_get_checkout_url() {
	return apply_filters( 'woocommerce_get_checkout_url', wc_get_page_permalink( 'checkout' ) );
}

/**
 * Tells whether it is one product.
 */
function is_product() {
	return is_singular( array( 'product' ) );
}

/**
 * Tells whether it is the shop.
 */
function is_shop() {
	return is_post_type_archive( 'product' ) || is_page( wc_get_page_id( 'shop' ) );
}

/**
 * Tells whether it is a category or a tag of products.
 */
function is_product_taxonomy() {
	return is_tax( get_object_taxonomies( 'product' ) );
}

/**
 * Tells whether it is a category of products.
 *
 * @param string $term Which one.
 */
function is_product_category( $term = '' ) {
	return is_tax( 'product_cat', $term );
}

/**
 * Tells whether it is a page of products.
 */
function is_woocommerce() {
	return apply_filters( 'is_woocommerce', is_shop() || is_product_taxonomy() || is_product() );
}

/**
 * Tells whether it is the cart.
 */
function is_cart() {
	return is_page( wc_get_page_id( 'cart' ) ) || defined( 'WOOCOMMERCE_CART' );
}

/**
 * Tells something of the list that is being drawn.
 *
 * @param string $name What.
 */
function wc_get_loop_prop( $name ) {
	return $GLOBALS['woocommerce_loop'][ $name ] ?? '';
}

/**
 * Tells whether it is the checkout, the thank-you page too.
 */
function is_checkout() {
	return is_page( wc_get_page_id( 'checkout' ) ) || defined( 'WOOCOMMERCE_CHECKOUT' );
}

/**
 * Tells whether it is the account.
 */
function is_account_page() {
	return is_page( wc_get_page_id( 'myaccount' ) );
}

/**
 * Tells whether it is the thank-you page.
 */
function is_order_received_page() {
	global $wp;
	return apply_filters( 'woocommerce_is_order_received_page', is_page( wc_get_page_id( 'checkout' ) ) && isset( $wp->query_vars['order-received'] ) );
}

/**
 * Tells whether it is a page below the checkout or the account.
 *
 * @param string|false $endpoint Which one.
 */
function is_wc_endpoint_url( $endpoint = false ) {
	global $wp;
	return isset( $wp->query_vars[ $endpoint ? $endpoint : 'order-received' ] );
}

/**
 * Tells whether the theme is made of blocks.
 */
function wc_current_theme_is_fse_theme() {
	return wp_is_block_theme();
}
