<?php
/**
 * How REST shows a coupon.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Bodies as recorded.
 */
class WC_REST_Coupons_Controller {

	/**
	 * Answers the body of a coupon.
	 *
	 * @param WC_Coupon       $coupon  Coupon.
	 * @param WP_REST_Request $request Request.
	 */
	public function prepare_object_for_response( $coupon, $request ) {
		$limit = fn( $number ) => $number ? (int) $number : null;
		$body  = array(
			'id'                   => $coupon->get_id(),
			'code'                 => $coupon->get_code(),
			'amount'               => wc_format_decimal( (float) $coupon->get_amount(), 2 ),
			'status'               => $coupon->get_status(),
			'date_created'         => wc_rest_prepare_date_response( $coupon->get_date_created(), false ),
			'date_created_gmt'     => wc_rest_prepare_date_response( $coupon->get_date_created() ),
			'date_modified'        => wc_rest_prepare_date_response( $coupon->get_date_modified(), false ),
			'date_modified_gmt'    => wc_rest_prepare_date_response( $coupon->get_date_modified() ),
			'discount_type'        => $coupon->get_discount_type(),
			'description'          => $coupon->get_description(),
			'date_expires'         => wc_rest_prepare_date_response( $coupon->get_date_expires(), false ),
			'date_expires_gmt'     => wc_rest_prepare_date_response( $coupon->get_date_expires() ),
			'usage_count'          => (int) $coupon->get_usage_count(),
			'individual_use'       => (bool) $coupon->get_individual_use(),
			'usage_limit'          => $limit( $coupon->get_usage_limit() ),
			'usage_limit_per_user' => $limit( $coupon->get_usage_limit_per_user() ),
			'minimum_amount'       => wc_format_decimal( (float) $coupon->get_minimum_amount(), 2 ),
			'maximum_amount'       => wc_format_decimal( (float) $coupon->get_maximum_amount(), 2 ),
			'email_restrictions'   => (array) $coupon->get_email_restrictions(),
			'meta_data'            => array(),
		);
		return apply_filters( 'woocommerce_rest_prepare_shop_coupon_object', new WP_REST_Response( $body ), $coupon, $request );
	}
}
