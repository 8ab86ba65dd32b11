<?php
/**
 * How REST shows a customer.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Bodies as recorded.
 */
class WC_REST_Customers_Controller {

	/**
	 * Answers the body of a customer.
	 *
	 * @param WP_User         $user    User.
	 * @param WP_REST_Request $request Request.
	 */
	public function prepare_item_for_response( $user, $request ) {
		$customer = new WC_Customer( $user->ID );
		$body     = array(
			'id'                 => $customer->get_id(),
			'date_created'       => wc_rest_prepare_date_response( $customer->get_date_created(), false ),
			'date_created_gmt'   => wc_rest_prepare_date_response( $customer->get_date_created() ),
			'date_modified'      => wc_rest_prepare_date_response( $customer->get_date_modified(), false ),
			'date_modified_gmt'  => wc_rest_prepare_date_response( $customer->get_date_modified() ),
			'email'              => $customer->get_email(),
			'first_name'         => $customer->get_first_name(),
			'last_name'          => $customer->get_last_name(),
			'role'               => $customer->get_role(),
			'username'           => $customer->get_username(),
			'billing'            => array(),
			'shipping'           => array(),
			'is_paying_customer' => (bool) get_user_meta( $user->ID, 'paying_customer', true ),
			'avatar_url'         => '',
			'meta_data'          => array(),
		);
		foreach ( array( 'billing', 'shipping' ) as $which ) {
			foreach ( WC_Order_Tables::ADDRESS as $field ) {
				$body[ $which ][ $field ] = $customer->{"get_{$which}_{$field}"}();
			}
		}
		return apply_filters( 'woocommerce_rest_prepare_customer', new WP_REST_Response( $body ), $user, $request );
	}
}
