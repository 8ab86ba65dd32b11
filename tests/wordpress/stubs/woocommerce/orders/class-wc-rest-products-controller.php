<?php
/**
 * How REST shows a product.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Bodies as recorded.
 */
class WC_REST_Products_Controller {

	/**
	 * Answers the body of a product.
	 *
	 * @param WC_Product      $product Product.
	 * @param WP_REST_Request $request Request.
	 */
	public function prepare_object_for_response( $product, $request ) {
		$post = get_post( $product->get_id() );
		$body = self::sellable( $product, $post ) + array(
			'name'               => $product->get_name(),
			'slug'               => $post->post_name,
			'type'               => $product->get_type(),
			'status'             => $post->post_status,
			'featured'           => false,
			'catalog_visibility' => $product->get_catalog_visibility(),
			'description'        => $post->post_content,
			'short_description'  => $post->post_excerpt,
			'total_sales'        => (int) $product->get_total_sales(),
			'upsell_ids'         => array_map( 'intval', (array) get_post_meta( $post->ID, '_upsell_ids', true ) ),
			'cross_sell_ids'     => array_map( 'intval', (array) get_post_meta( $post->ID, '_crosssell_ids', true ) ),
			'parent_id'          => $post->post_parent,
			'categories'         => self::terms( $post->ID, 'product_cat' ),
			'brands'             => self::terms( $post->ID, 'product_brand' ),
			'tags'               => self::terms( $post->ID, 'product_tag' ),
			'images'             => array(),
			'attributes'         => array(),
			'variations'         => 'variable' === $product->get_type() ? $product->get_children() : array(),
			'menu_order'         => $post->menu_order,
		);
		return apply_filters( 'woocommerce_rest_prepare_product_object', new WP_REST_Response( $body ), $product, $request );
	}

	/**
	 * Answers what a product and a variation have in common.
	 *
	 * @param WC_Product $product Product or variation.
	 * @param WP_Post    $post    Its post.
	 */
	public static function sellable( $product, $post ) {
		$made    = luxebrain_stub_moment( $post->post_date_gmt );
		$changed = luxebrain_stub_moment( $post->post_modified_gmt );
		$stock   = $product->get_stock_quantity();
		return array(
			'id'                    => $product->get_id(),
			'date_created'          => wc_rest_prepare_date_response( $made, false ),
			'date_created_gmt'      => wc_rest_prepare_date_response( $made ),
			'date_modified'         => wc_rest_prepare_date_response( $changed, false ),
			'date_modified_gmt'     => wc_rest_prepare_date_response( $changed ),
			'permalink'             => $product->get_permalink(),
			'sku'                   => $product->get_sku(),
			'price'                 => (string) $product->get_price(),
			'regular_price'         => (string) $product->get_regular_price(),
			'sale_price'            => (string) $product->get_sale_price(),
			'date_on_sale_from_gmt' => wc_rest_prepare_date_response( luxebrain_stub_moment( $product->get_date_on_sale_from() ) ),
			'date_on_sale_to_gmt'   => wc_rest_prepare_date_response( luxebrain_stub_moment( $product->get_date_on_sale_to() ) ),
			'manage_stock'          => in_array( $product->get_manage_stock(), array( true, 'yes' ), true ),
			'stock_quantity'        => '' === $stock || null === $stock ? null : (int) $stock,
			'stock_status'          => $product->get_stock_status(),
			'meta_data'             => array(),
		);
	}

	/**
	 * Answers terms.
	 *
	 * @param int    $id       Post.
	 * @param string $taxonomy Taxonomy.
	 */
	private static function terms( $id, $taxonomy ) {
		$found = get_the_terms( $id, $taxonomy );
		$terms = array();
		foreach ( is_array( $found ) ? $found : array() as $term ) {
			$terms[] = array(
				'id'   => $term->term_id,
				'name' => $term->name,
				'slug' => $term->slug,
			);
		}
		return $terms;
	}
}
