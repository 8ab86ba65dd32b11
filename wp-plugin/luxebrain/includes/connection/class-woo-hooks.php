<?php
/**
 * The webhooks by which the shop tells LuxeBrain that something changed.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

use LuxeBrain\Settings;

defined( 'ABSPATH' ) || exit;

/**
 * LuxeBrain makes them over REST; here they are counted, held back on a copy of the shop, and taken away.
 */
class Woo_Hooks {

	const PATH = '/api/v1/webhooks/';

	/**
	 * Answers those that deliver to LuxeBrain.
	 *
	 * @param string $url Address of LuxeBrain.
	 * @return array<int, string> Status by number.
	 */
	public static function ours( string $url ): array {
		global $wpdb;
		$table = $wpdb->prefix . 'wc_webhooks';
		if ( '' === $url || $table !== $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) ) ) {
			return array();
		}
		$like = $wpdb->esc_like( $url . self::PATH ) . '%';
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT webhook_id, status FROM {$wpdb->prefix}wc_webhooks WHERE delivery_url LIKE %s", $like ), ARRAY_A );
		return array_column( (array) $rows, 'status', 'webhook_id' );
	}

	/**
	 * Takes them away, through WooCommerce where it is: it remembers them elsewhere, too.
	 *
	 * @param string $url Address of LuxeBrain.
	 */
	public static function remove_all( string $url ): void {
		global $wpdb;
		foreach ( array_keys( self::ours( $url ) ) as $id ) {
			$webhook = function_exists( 'wc_get_webhook' ) ? wc_get_webhook( $id ) : null;
			if ( $webhook ) {
				$webhook->delete( true );
			} else {
				$wpdb->delete( $wpdb->prefix . 'wc_webhooks', array( 'webhook_id' => $id ), array( '%d' ) );
			}
		}
	}

	/**
	 * A copy of the shop does not speak for the shop.
	 *
	 * @param bool        $should_deliver What WooCommerce thinks.
	 * @param \WC_Webhook $webhook        The webhook.
	 */
	public static function hold_back( $should_deliver, $webhook ) {
		if ( ! $should_deliver || ! Settings::is_copy() ) {
			return $should_deliver;
		}
		return 0 !== strpos( (string) $webhook->get_delivery_url(), Settings::all()['url'] . self::PATH );
	}
}
