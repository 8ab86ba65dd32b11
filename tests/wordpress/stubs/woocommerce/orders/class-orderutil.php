<?php
/**
 * Where orders live.
 *
 * @package LuxeBrain
 */

namespace Automattic\WooCommerce\Utilities;

defined( 'ABSPATH' ) || exit;

/**
 * WooCommerce's public answers about HPOS.
 */
class OrderUtil {

	/**
	 * Tells whether orders are in tables of their own.
	 */
	public static function custom_orders_table_usage_is_enabled(): bool {
		return 'no' !== get_option( 'woocommerce_custom_orders_table_enabled', 'yes' );
	}

	/**
	 * Answers the table of orders.
	 */
	public static function get_table_for_orders() {
		global $wpdb;
		return self::custom_orders_table_usage_is_enabled() ? "{$wpdb->prefix}wc_orders" : $wpdb->posts;
	}

	/**
	 * Answers the table of what else is known of orders.
	 */
	public static function get_table_for_order_meta() {
		global $wpdb;
		return self::custom_orders_table_usage_is_enabled() ? "{$wpdb->prefix}wc_orders_meta" : $wpdb->postmeta;
	}

	/**
	 * Tells whether an id is an order's, of one of some types.
	 *
	 * @param int|object      $order Order or its id.
	 * @param string|string[] $types Types.
	 */
	public static function is_order( $order, $types = array() ) {
		$type = \WC_Order_Tables::type_of( is_object( $order ) ? $order->get_id() : (int) $order );
		return '' !== $type && ( ! $types || in_array( $type, (array) $types, true ) );
	}

	/**
	 * Answers the type of an order.
	 *
	 * @param int|object $order Order or its id.
	 */
	public static function get_order_type( $order ) {
		return \WC_Order_Tables::type_of( is_object( $order ) ? $order->get_id() : (int) $order );
	}
}
