<?php
/**
 * What is known of the connection beside its keys.
 *
 * @package LuxeBrain
 */

namespace LuxeBrain\Connection;

defined( 'ABSPATH' ) || exit;

/**
 * One option that no shopper's page loads.
 */
class Link {

	const OPTION = 'luxebrain_connection';

	/**
	 * Answers all of it.
	 *
	 * @return array{store: string, store_name: string, woo_key: int, connected_at: int, warnings: string[], woo_keys_tried: int[]}
	 */
	public static function all(): array {
		$stored = get_option( self::OPTION );
		return ( is_array( $stored ) ? $stored : array() ) + array(
			'store'          => '',
			'store_name'     => '',
			'woo_key'        => 0,
			'connected_at'   => 0,
			'warnings'       => array(),
			'woo_keys_tried' => array(),
		);
	}

	/**
	 * Keeps it.
	 *
	 * @param array $link What all() answers.
	 */
	public static function keep( array $link ): void {
		update_option( self::OPTION, $link, false );
	}
}
