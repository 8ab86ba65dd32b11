<?php
/**
 * How REST shows a variation.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Bodies as recorded.
 */
class WC_REST_Product_Variations_Controller {

	/**
	 * Answers the body of a variation.
	 *
	 * @param WC_Product_Variation $variation Variation.
	 * @param WP_REST_Request      $request   Request.
	 */
	public function prepare_object_for_response( $variation, $request ) {
		$post = get_post( $variation->get_id() );
		$body = WC_REST_Products_Controller::sellable( $variation, $post ) + array(
			'type'        => 'variation',
			'status'      => $post->post_status,
			'description' => $post->post_content,
			'image'       => null,
			'attributes'  => self::attributes( $variation ),
			'menu_order'  => $post->menu_order,
			'name'        => $variation->get_name(),
			'parent_id'   => $post->post_parent,
		);
		return apply_filters( 'woocommerce_rest_prepare_product_variation_object', new WP_REST_Response( $body ), $variation, $request );
	}

	/**
	 * Answers its choices.
	 *
	 * @param WC_Product_Variation $variation Variation.
	 */
	private static function attributes( $variation ) {
		$found = array();
		foreach ( (array) $variation->get_attributes() as $name => $option ) {
			if ( is_string( $option ) && '' !== $option ) {
				$found[] = array(
					'id'     => 0,
					'name'   => ucfirst( preg_replace( '/^pa_/', '', $name ) ),
					'slug'   => $name,
					'option' => $option,
				);
			}
		}
		return $found;
	}
}
