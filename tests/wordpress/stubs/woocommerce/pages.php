<?php
/**
 * The shop's pages, firing the hooks that contracts/woocommerce/storefront/hooks_matrix.json saw.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/page-questions.php';
require_once __DIR__ . '/block-pages.php';

add_filter( 'query_vars', 'luxebrain_stub_query_vars' );
add_filter( 'body_class', 'luxebrain_stub_body_class' );
add_filter( 'template_include', 'luxebrain_stub_template' );
add_shortcode( 'woocommerce_cart', 'luxebrain_stub_cart' );
add_shortcode( 'woocommerce_checkout', 'luxebrain_stub_checkout' );

/**
 * Makes the shop's pages: of blocks, as WooCommerce has done since 8.3.
 */
function luxebrain_stub_make_pages() {
	$pages = array(
		'shop'      => array( 'Shop', '' ),
		'cart'      => array( 'Cart', '<!-- wp:woocommerce/cart --><div class="wp-block-woocommerce-cart alignwide is-loading"></div><!-- /wp:woocommerce/cart -->' ),
		'checkout'  => array( 'Checkout', '<!-- wp:woocommerce/checkout --><div class="wp-block-woocommerce-checkout alignwide is-loading"></div><!-- /wp:woocommerce/checkout -->' ),
		'myaccount' => array( 'My account', '<!-- wp:shortcode -->[woocommerce_my_account]<!-- /wp:shortcode -->' ),
	);
	foreach ( $pages as $name => $page ) {
		if ( get_post( (int) get_option( "woocommerce_{$name}_page_id" ) ) ) {
			continue;
		}
		$id = wp_insert_post(
			array(
				'post_type'      => 'page',
				'post_status'    => 'publish',
				'post_title'     => $page[0],
				'post_content'   => $page[1],
				'comment_status' => 'closed',
			)
		);
		update_option( "woocommerce_{$name}_page_id", $id );
	}
}

/**
 * Adds the endpoint of the thank-you page.
 *
 * @param string[] $names Query variables.
 */
function luxebrain_stub_query_vars( $names ) {
	return array_merge( $names, array( 'order-received' ) );
}

/**
 * Adds the body's classes that the recordings have.
 *
 * @param string[] $classes Classes.
 */
function luxebrain_stub_body_class( $classes ) {
	$names = array(
		'woocommerce'                  => is_woocommerce(),
		'woocommerce-shop'             => is_shop(),
		'woocommerce-cart'             => is_cart(),
		'woocommerce-checkout'         => is_checkout(),
		'woocommerce-order-received'   => is_order_received_page(),
		'woocommerce-page'             => is_woocommerce() || is_cart() || is_checkout(),
		'woocommerce-uses-block-theme' => wp_is_block_theme(),
		'woocommerce-no-js'            => is_woocommerce() || is_cart() || is_checkout(),
	);
	return array_merge( $classes, array_keys( array_filter( $names ) ) );
}

/**
 * Takes the plugin's template for products where the theme is classic.
 *
 * @param string $template The theme's file.
 */
function luxebrain_stub_template( $template ) {
	if ( wp_is_block_theme() || ! ( is_product() || is_shop() || is_product_taxonomy() ) ) {
		return $template;
	}
	return __DIR__ . '/templates/woocommerce.php';
}

/**
 * Prints a product's page or a list of products, without header and footer.
 */
function luxebrain_stub_print_products() {
	do_action( 'woocommerce_before_main_content' );
	if ( is_product() ) {
		the_post();
		luxebrain_stub_print_single();
	} else {
		luxebrain_stub_print_archive();
	}
	do_action( 'woocommerce_after_main_content' );
	if ( is_product() || ! wp_is_block_theme() ) {
		do_action( 'woocommerce_sidebar' );
	}
}

/**
 * Prints a product's page.
 */
function luxebrain_stub_print_single() {
	global $product;
	$product = wc_get_product( get_the_ID() ); // phpcs:ignore -- WooCommerce's own global.
	do_action( 'woocommerce_before_single_product' );
	echo '<div id="product-' . absint( get_the_ID() ) . '" class="' . esc_attr( implode( ' ', get_post_class( 'product' ) ) ) . '">';
	do_action( 'woocommerce_before_single_product_summary' );
	echo '<div class="summary entry-summary"><h1 class="product_title entry-title">' . esc_html( get_the_title() ) . '</h1>';
	echo '<p class="price">' . wp_kses_post( $product->get_price_html() ) . '</p>';
	do_action( 'woocommerce_single_product_summary' );
	if ( $product->is_purchasable() && $product->is_in_stock() ) {
		do_action( 'woocommerce_before_add_to_cart_form' );
		echo '<form class="cart" method="post" enctype="multipart/form-data">';
		do_action( 'woocommerce_before_add_to_cart_button' );
		echo '<input type="number" name="quantity" value="1" aria-label="Product quantity"><button type="submit" name="add-to-cart" value="' . absint( get_the_ID() ) . '" class="single_add_to_cart_button button alt">Add to cart</button>';
		do_action( 'woocommerce_after_add_to_cart_button' );
		echo '</form>';
		do_action( 'woocommerce_after_add_to_cart_form' );
	}
	do_action( 'woocommerce_product_meta_end' );
	do_action( 'woocommerce_share' );
	echo '</div>';
	do_action( 'woocommerce_after_single_product_summary' );
	echo '</div>';
	do_action( 'woocommerce_after_single_product' );
}

/**
 * Prints a list of products.
 */
function luxebrain_stub_print_archive() {
	global $product;
	if ( ! wp_is_block_theme() ) {
		echo '<header class="woocommerce-products-header"><h1 class="woocommerce-products-header__title page-title">' . esc_html( is_shop() ? 'Shop' : single_term_title( '', false ) ) . '</h1>';
		do_action( 'woocommerce_archive_description' );
		echo '</header>';
	}
	if ( ! have_posts() ) {
		do_action( 'woocommerce_no_products_found' );
		return;
	}
	do_action( 'woocommerce_before_shop_loop' );
	echo '<ul class="products columns-4">';
	while ( have_posts() ) {
		the_post();
		$product = wc_get_product( get_the_ID() ); // phpcs:ignore -- WooCommerce's own global.
		echo '<li class="' . esc_attr( implode( ' ', get_post_class( 'product' ) ) ) . '">';
		do_action( 'woocommerce_before_shop_loop_item' );
		echo '<a href="' . esc_url( get_permalink() ) . '" class="woocommerce-LoopProduct-link">';
		do_action( 'woocommerce_before_shop_loop_item_title' );
		echo '<h2 class="woocommerce-loop-product__title">' . esc_html( get_the_title() ) . '</h2>';
		do_action( 'woocommerce_after_shop_loop_item_title' );
		echo '<span class="price">' . wp_kses_post( $product->get_price_html() ) . '</span></a>';
		do_action( 'woocommerce_after_shop_loop_item' );
		echo '</li>';
	}
	echo '</ul>';
	do_action( 'woocommerce_after_shop_loop' );
}

/**
 * Answers the classic cart. What lies in it is the cart's own stand-in's.
 */
function luxebrain_stub_cart() {
	ob_start();
	echo '<div class="woocommerce"><div class="woocommerce-notices-wrapper"></div>';
	if ( function_exists( 'WC' ) && isset( WC()->cart ) && WC()->cart->is_empty() ) {
		do_action( 'woocommerce_cart_is_empty' );
	} else {
		do_action( 'woocommerce_before_cart' );
		echo '<form class="woocommerce-cart-form" method="post">';
		do_action( 'woocommerce_before_cart_table' );
		echo '<table class="shop_table cart"><tbody>';
		do_action( 'woocommerce_cart_contents' );
		echo '</tbody></table>';
		do_action( 'woocommerce_after_cart_table' );
		echo '</form><div class="cart-collaterals">';
		do_action( 'woocommerce_cart_collaterals' );
		echo '</div>';
		do_action( 'woocommerce_after_cart' );
	}
	echo '</div>';
	return ob_get_clean();
}

/**
 * Answers the classic checkout, and the thank-you page behind it.
 */
function luxebrain_stub_checkout() {
	ob_start();
	echo '<div class="woocommerce">';
	if ( is_order_received_page() ) {
		luxebrain_stub_print_thanks();
	} else {
		do_action( 'woocommerce_before_checkout_form', null );
		echo '<form name="checkout" method="post" class="checkout woocommerce-checkout">';
		do_action( 'woocommerce_checkout_before_customer_details' );
		do_action( 'woocommerce_review_order_before_payment' );
		echo '</form>';
		do_action( 'woocommerce_after_checkout_form', null );
	}
	echo '</div>';
	return ob_get_clean();
}

/**
 * Prints what follows an order.
 */
function luxebrain_stub_print_thanks() {
	global $wp;
	$order = absint( $wp->query_vars['order-received'] );
	echo '<div class="woocommerce-order">';
	do_action( 'woocommerce_before_thankyou', $order );
	echo '<p class="woocommerce-thankyou-order-received">Thank you. Your order has been received.</p>';
	do_action( 'woocommerce_order_details_after_order_table', $order );
	do_action( 'woocommerce_thankyou', $order );
	echo '</div>';
}
