<?php
/**
 * WooCommerce's functions about orders, amounts and moments. products.php may have some of them already.
 *
 * @package LuxeBrain
 */

defined( 'ABSPATH' ) || exit;

if ( ! function_exists( 'wc_get_price_decimals' ) ) {
	/**
	 * Answers how many decimals the shop's prices have.
	 */
	function wc_get_price_decimals() {
		return absint( get_option( 'woocommerce_price_num_decimals', 2 ) );
	}
}

if ( ! function_exists( 'get_woocommerce_currency' ) ) {
	/**
	 * Answers the shop's currency.
	 */
	function get_woocommerce_currency() {
		return get_option( 'woocommerce_currency', 'EUR' );
	}
}

if ( ! function_exists( 'wc_format_decimal' ) ) {
	/**
	 * Answers a number as text with a point.
	 *
	 * @param mixed     $number   A number.
	 * @param int|false $decimals How many; false leaves them.
	 */
	function wc_format_decimal( $number, $decimals = false ) {
		if ( '' === $number || null === $number ) {
			return '';
		}
		return false === $decimals ? (string) $number : number_format( (float) $number, (int) $decimals, '.', '' );
	}
}

if ( ! function_exists( 'wc_rest_prepare_date_response' ) ) {
	/**
	 * Answers a moment as REST writes it.
	 *
	 * @param DateTimeInterface|null $date Moment.
	 * @param bool                   $utc  In UTC, not in the site's time.
	 */
	function wc_rest_prepare_date_response( $date, $utc = true ) {
		if ( ! $date ) {
			return null;
		}
		$zone = $utc ? new DateTimeZone( 'UTC' ) : wp_timezone();
		return ( new DateTime( '@' . $date->getTimestamp() ) )->setTimezone( $zone )->format( 'Y-m-d\TH:i:s' );
	}
}

/**
 * Answers the statuses of an order, with their prefix.
 */
function wc_get_order_statuses() {
	return apply_filters(
		'wc_order_statuses',
		array(
			'wc-pending'        => 'Pending payment',
			'wc-processing'     => 'Processing',
			'wc-on-hold'        => 'On hold',
			'wc-completed'      => 'Completed',
			'wc-cancelled'      => 'Cancelled',
			'wc-refunded'       => 'Refunded',
			'wc-failed'         => 'Failed',
			'wc-checkout-draft' => 'Draft',
		)
	);
}

/**
 * Answers the statuses in which an order counts as paid.
 */
function wc_get_is_paid_statuses() {
	return apply_filters( 'woocommerce_order_is_paid_statuses', array( 'processing', 'completed' ) );
}

/**
 * Answers an order or a refund.
 *
 * @param mixed $order Order, its id, or false for none.
 * @return WC_Order|WC_Order_Refund|false
 */
function wc_get_order( $order = false ) {
	if ( is_object( $order ) && method_exists( $order, 'get_items' ) ) {
		return $order;
	}
	$type = $order ? WC_Order_Tables::type_of( (int) $order ) : '';
	if ( 'shop_order_refund' === $type ) {
		return new WC_Order_Refund( (int) $order );
	}
	return 'shop_order' === $type ? new WC_Order( (int) $order ) : false;
}

/**
 * Answers orders.
 *
 * @param array $args What to ask for.
 */
function wc_get_orders( $args ) {
	return ( new WC_Order_Query( $args ) )->get_orders();
}

/**
 * Answers a fresh order, saved.
 *
 * @param array $args status, customer_id, created_via.
 */
function wc_create_order( $args = array() ) {
	$order = new WC_Order();
	$order->set_props( array_diff_key( $args, array( 'status' => '' ) ) );
	if ( ! empty( $args['status'] ) ) {
		$order->set_status( $args['status'] );
	}
	$order->save();
	return $order;
}

/**
 * Answers the key of a fresh order.
 */
function wc_generate_order_key() {
	return 'wc_order_' . wp_generate_password( 13, false );
}

/**
 * Answers the order of a key.
 *
 * @param string $key As in an order's address.
 */
function wc_get_order_id_by_order_key( $key ) {
	return WC_Order_Tables::id_of_key( $key );
}

if ( ! function_exists( 'wc_timezone_string' ) ) {
	/**
	 * Answers the site's time zone.
	 */
	function wc_timezone_string() {
		return wp_timezone_string();
	}
}
