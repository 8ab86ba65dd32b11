<?php
/**
 * The shop's pages where they are made of blocks: the templates of a block theme, and the blocks of cart and checkout.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

add_action( 'init', 'luxebrain_stub_register_blocks' );
add_filter( 'get_block_templates', 'luxebrain_stub_add_templates', 10, 3 );
add_filter( 'page_template_hierarchy', 'luxebrain_stub_thanks_template' );

/**
 * Registers the blocks whose rendering others hook into.
 */
function luxebrain_stub_register_blocks() {
	register_block_type( 'woocommerce/cart', array( 'render_callback' => 'luxebrain_stub_render_cart_block' ) );
	register_block_type( 'woocommerce/checkout', array( 'render_callback' => 'luxebrain_stub_render_checkout_block' ) );
	register_block_type( 'woocommerce/legacy-template', array( 'render_callback' => 'luxebrain_stub_render_template' ) );
	register_block_type( 'woocommerce/order-confirmation-additional-information', array( 'render_callback' => 'luxebrain_stub_render_thanks' ) );
}

/**
 * Answers the cart block: it fires no classic hook.
 *
 * @param mixed[] $attributes Of the block.
 * @param string  $content    What the page holds.
 */
function luxebrain_stub_render_cart_block( $attributes, $content ) {
	do_action( 'woocommerce_blocks_cart_enqueue_data' );
	return str_replace( 'class="', 'data-block-name="woocommerce/cart" class="', $content );
}

/**
 * Answers the checkout block: it fires no classic hook, but leads to the classic thank-you page.
 *
 * @param mixed[] $attributes Of the block.
 * @param string  $content    What the page holds.
 */
function luxebrain_stub_render_checkout_block( $attributes, $content ) {
	if ( is_order_received_page() ) {
		return luxebrain_stub_checkout();
	}
	do_action( 'woocommerce_blocks_checkout_enqueue_data' );
	return str_replace( 'class="', 'data-block-name="woocommerce/checkout" class="', $content );
}

/**
 * Answers what a template of products holds.
 */
function luxebrain_stub_render_template() {
	ob_start();
	luxebrain_stub_print_products();
	return '<div class="alignwide">' . ob_get_clean() . '</div>';
}

/**
 * Answers what the thank-you template holds.
 */
function luxebrain_stub_render_thanks() {
	ob_start();
	luxebrain_stub_print_thanks();
	return '<div class="alignwide">' . ob_get_clean() . '</div>';
}

/**
 * Puts the thank-you template first where an order was received.
 *
 * @param string[] $templates Names of templates.
 */
function luxebrain_stub_thanks_template( $templates ) {
	return is_order_received_page() ? array_merge( array( 'order-confirmation' ), $templates ) : $templates;
}

/**
 * Adds WooCommerce's templates to the theme's, as its own BlockTemplatesController does.
 *
 * @param WP_Block_Template[] $found The theme's.
 * @param mixed[]             $query slug__in.
 * @param string              $type  wp_template or wp_template_part.
 */
function luxebrain_stub_add_templates( $found, $query, $type ) {
	if ( 'wp_template' !== $type || ! wp_is_block_theme() ) {
		return $found;
	}
	$blocks = array(
		'single-product'       => 'woocommerce/legacy-template',
		'archive-product'      => 'woocommerce/legacy-template',
		'taxonomy-product_cat' => 'woocommerce/legacy-template',
		'order-confirmation'   => 'woocommerce/order-confirmation-additional-information',
	);
	foreach ( array_intersect_key( $blocks, array_flip( $query['slug__in'] ?? array_keys( $blocks ) ) ) as $slug => $block ) {
		$template                 = new WP_Block_Template();
		$template->id             = "woocommerce/woocommerce//{$slug}";
		$template->theme          = 'woocommerce/woocommerce';
		$template->slug           = $slug;
		$template->source         = 'plugin';
		$template->type           = 'wp_template';
		$template->title          = $slug;
		$template->status         = 'publish';
		$template->has_theme_file = true;
		$template->is_custom      = false;
		$template->content        = luxebrain_stub_template_content( $block );
		$found[]                  = $template;
	}
	return $found;
}

/**
 * Answers a whole template around one block.
 *
 * @param string $block Its name.
 */
function luxebrain_stub_template_content( $block ) {
	$part = '<!-- wp:template-part {"slug":"%s","tagName":"%s","theme":"' . get_stylesheet() . '"} /-->';
	return sprintf( $part, 'header', 'header' )
		. '<!-- wp:group {"tagName":"main","layout":{"type":"constrained"}} --><main class="wp-block-group">'
		. "<!-- wp:{$block} /-->"
		. '</main><!-- /wp:group -->'
		. sprintf( $part, 'footer', 'footer' );
}
