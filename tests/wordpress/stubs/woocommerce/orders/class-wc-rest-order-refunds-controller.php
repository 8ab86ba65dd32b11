<?php
/**
 * How REST shows a refund.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Bodies as recorded; needs to be told the order, and does not repeat it.
 */
class WC_REST_Order_Refunds_Controller {

	/**
	 * Answers the body of a refund.
	 *
	 * @param WC_Order_Refund $refund  Refund.
	 * @param WP_REST_Request $request Request with `order_id`.
	 */
	public function prepare_object_for_response( $refund, $request ) {
		$order = wc_get_order( (int) $request['order_id'] );
		if ( ! $order || $refund->get_parent_id() !== $order->get_id() ) {
			return new WP_Error( 'woocommerce_rest_invalid_order_id', 'Invalid order ID.', array( 'status' => 404 ) );
		}
		$dp    = null === $request['dp'] ? wc_get_price_decimals() : absint( $request['dp'] );
		$money = fn( $amount ) => wc_format_decimal( '' === $amount ? 0 : $amount, $dp );
		$body  = array(
			'id'               => $refund->get_id(),
			'date_created'     => wc_rest_prepare_date_response( $refund->get_date_created(), false ),
			'date_created_gmt' => wc_rest_prepare_date_response( $refund->get_date_created() ),
			'amount'           => $money( $refund->get_amount() ),
			'reason'           => $refund->get_reason(),
			'refunded_by'      => $refund->get_refunded_by(),
			'refunded_payment' => $refund->get_refunded_payment(),
			'meta_data'        => array(),
			'line_items'       => WC_REST_Orders_Controller::lines( $refund, $money ),
			'shipping_lines'   => WC_REST_Orders_Controller::extras( $refund, 'shipping', $money ),
			'tax_lines'        => array(),
			'fee_lines'        => WC_REST_Orders_Controller::extras( $refund, 'fee', $money ),
		);
		return apply_filters( 'woocommerce_rest_prepare_shop_order_refund_object', new WP_REST_Response( $body ), $refund, $request );
	}
}
