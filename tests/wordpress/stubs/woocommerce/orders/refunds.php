<?php
/**
 * Giving money back.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

/**
 * Makes a refund.
 *
 * @param array $args amount, reason, order_id, line_items: by line id qty and refund_total.
 * @return WC_Order_Refund|WP_Error
 */
function wc_create_refund( $args = array() ) {
	$order = wc_get_order( $args['order_id'] ?? 0 );
	if ( ! $order ) {
		return new WP_Error( 'error', 'Invalid order ID.' );
	}
	$left = (float) $order->get_total() - $order->get_total_refunded();
	if ( (float) $args['amount'] > $left + 0.0001 ) {
		return new WP_Error( 'error', 'Invalid refund amount.' );
	}
	$refund = new WC_Order_Refund();
	$refund->set_currency( $order->get_currency() );
	$refund->set_amount( wc_format_decimal( $args['amount'], wc_get_price_decimals() ) );
	$refund->set_parent_id( $order->get_id() );
	$refund->set_reason( $args['reason'] ?? '' );
	foreach ( $args['line_items'] ?? array() as $item_id => $given ) {
		$sold = $order->get_items( array( 'line_item', 'shipping', 'fee' ) )[ $item_id ];
		$back = clone $sold;
		$back->set_props(
			array(
				'id'       => 0,
				'quantity' => -1 * (int) ( $given['qty'] ?? 0 ),
				'subtotal' => wc_format_decimal( -1 * (float) $given['refund_total'] ),
				'total'    => wc_format_decimal( -1 * (float) $given['refund_total'] ),
			)
		);
		$back->add_meta_data( '_refunded_item_id', $item_id );
		$refund->add_item( $back );
	}
	do_action( 'woocommerce_create_refund', $refund, $args );
	$refund->save();
	$is_partial = $left - (float) $args['amount'] > 0.0001;
	do_action( $is_partial ? 'woocommerce_order_partially_refunded' : 'woocommerce_order_fully_refunded', $order->get_id(), $refund->get_id() );
	if ( ! $is_partial ) {
		$order->update_status( 'refunded' );
	} else {
		$order->save();
	}
	do_action( 'woocommerce_refund_created', $refund->get_id(), $args );
	do_action( 'woocommerce_order_refunded', $order->get_id(), $refund->get_id() );
	return $refund;
}
