<?php
/**
 * Products, their categories, and the functions that find them.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

require_once __DIR__ . '/class-wc-product.php';
require_once __DIR__ . '/class-wc-product-simple.php';
require_once __DIR__ . '/class-wc-product-variable.php';
require_once __DIR__ . '/class-wc-product-variation.php';
require_once __DIR__ . '/prices.php';

add_action( 'init', 'luxebrain_stub_register_products', 5 );

/**
 * Registers what WooCommerce registers, as far as tests ask.
 */
function luxebrain_stub_register_products() {
	$hidden = array( 'public' => false );
	register_taxonomy( 'product_type', 'product', $hidden );
	register_taxonomy( 'product_visibility', 'product', $hidden );
	register_taxonomy(
		'product_cat',
		'product',
		array(
			'hierarchical' => true,
			'label'        => 'Product categories',
			'rewrite'      => array( 'slug' => 'product-category' ),
		)
	);
	register_post_type(
		'product',
		array(
			'public'       => true,
			'label'        => 'Products',
			'has_archive'  => 'shop',
			'show_in_rest' => true,
			'supports'     => array( 'title', 'editor', 'excerpt', 'thumbnail' ),
			'taxonomies'   => array( 'product_cat' ),
		)
	);
	register_post_type( 'product_variation', $hidden );
	add_image_size( 'woocommerce_thumbnail', 300, 300, true );
	add_image_size( 'woocommerce_single', 600 );
}

/**
 * Answers a product of the right class.
 *
 * @param mixed $product Id, post or product; false for the page's.
 * @return WC_Product|false|null
 */
function wc_get_product( $product = false ) {
	if ( $product instanceof WC_Product ) {
		return $product;
	}
	$post = get_post( false === $product ? null : $product );
	if ( ! $post || ! in_array( $post->post_type, array( 'product', 'product_variation' ), true ) ) {
		return false;
	}
	if ( 'product_variation' === $post->post_type ) {
		return new WC_Product_Variation( $post );
	}
	$types = luxebrain_stub_terms( $post->ID, 'product_type', 'name' );
	return in_array( 'variable', $types, true ) ? new WC_Product_Variable( $post ) : new WC_Product_Simple( $post );
}

/**
 * Answers one field of each of a post's terms.
 *
 * @param int    $id       Post.
 * @param string $taxonomy Kind of term.
 * @param string $field    Which field.
 */
function luxebrain_stub_terms( $id, $taxonomy, $field ) {
	$terms = get_the_terms( $id, $taxonomy );
	return is_array( $terms ) ? wp_list_pluck( $terms, $field ) : array();
}

/**
 * Finds products.
 *
 * @param mixed[] $arguments include, limit, page, status, type, return, orderby.
 * @return WC_Product[]|int[]
 */
function wc_get_products( $arguments ) {
	$arguments += array(
		'status'  => array( 'draft', 'pending', 'private', 'publish' ),
		'include' => array(),
		'exclude' => array(),
		'limit'   => (int) get_option( 'posts_per_page' ),
		'page'    => 1,
		'orderby' => 'date',
		'order'   => 'DESC',
		'return'  => 'objects',
	);
	$query      = array(
		'post_type'      => 'product',
		'post_status'    => $arguments['status'],
		'post__in'       => $arguments['include'],
		'post__not_in'   => $arguments['exclude'],
		'posts_per_page' => $arguments['limit'],
		'paged'          => $arguments['page'],
		'no_found_rows'  => true,
		'orderby'        => 'include' === $arguments['orderby'] ? 'post__in' : $arguments['orderby'],
		'order'          => $arguments['order'],
		'fields'         => 'ids',
	);
	$ids        = ( new WP_Query( $query ) )->posts;
	if ( 'ids' === $arguments['return'] ) {
		return $ids;
	}
	_prime_post_caches( $ids );
	return array_filter( array_map( 'wc_get_product', $ids ) );
}

/**
 * Answers the address of the picture for products without one.
 */
function wc_placeholder_img_src() {
	return apply_filters( 'woocommerce_placeholder_img_src', includes_url( 'images/media/default.png' ) );
}

/**
 * Changes the stock and tells everybody.
 *
 * @param WC_Product|int $product   Which one.
 * @param int|null       $quantity  How many.
 * @param string         $operation set, increase or decrease.
 */
function wc_update_product_stock( $product, $quantity = null, $operation = 'set' ) {
	$product = wc_get_product( $product );
	$now     = (int) $product->get_stock_quantity();
	$after   = array(
		'set'      => (int) $quantity,
		'increase' => $now + (int) $quantity,
		'decrease' => $now - (int) $quantity,
	)[ $operation ];
	$product->set_stock_quantity( $after );
	$product->set_stock_status( $after > 0 ? 'instock' : 'outofstock' );
	$product->save();
	do_action( $product->is_type( 'variation' ) ? 'woocommerce_variation_set_stock' : 'woocommerce_product_set_stock', $product );
	return $after;
}
